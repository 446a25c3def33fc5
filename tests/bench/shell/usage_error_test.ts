import { assertEquals } from "@std/assert";
import { usageError } from "../../../bench/shell/usage_error.ts";
import { lab } from "../lab_in_process.ts";

/** Command lines that are wrong, and what is said of them. */
const WRONG: readonly (readonly [readonly string[], string])[] = [
  [
    ["compare", "a.json"],
    "Cannot run lab compare: found no after.json, expected one (see --help)",
  ],
  [["run", "--rounds"], "Cannot use --rounds: found no value, expected <n>"],
  [
    ["run", "--layot", "phyr"],
    "Cannot use --layot: found no such option (nearest: --layout), expected " +
    "one that lab run --help lists",
  ],
  [
    ["run", "--qqqqqqqqq"],
    "Cannot use --qqqqqqqqq: found no such option, expected one that lab run " +
    "--help lists",
  ],
  [
    ["layouts", "phyr"],
    "Cannot run lab layouts: found phyr as arguments, expected none",
  ],
  [
    ["topology", "a", "b"],
    "Cannot run lab topology: found a, b as arguments, expected 1 of them",
  ],
  [
    ["run", "--rounds", "x"],
    'Cannot use --rounds: found "x", expected a whole number from 0 to 10000, ' +
    "such as 4096, 4k or 1e3",
  ],
  [
    ["run", "--layout", "phyr,,phys_len"],
    'Cannot use --layout: found an empty name in "phyr,,phys_len", expected ' +
    "names between commas",
  ],
  // A reader of names says all of it by itself.
  [
    ["explain", "--abi", "lp63"],
    'Cannot find ABI "lp63" (nearest: "lp64"), expected one of: lp64, ' +
    "lp64_be, ilp32, ilp32_pae, ilp32_lpae, ilp32_be",
  ],
  [
    ["check", "oracle", "--counts", "x"],
    'Cannot use --counts: found "x", expected one of: auto, perf, valgrind, ' +
    "qemu",
  ],
];

Deno.test("a command line that is wrong is told in the words of the lab", async () => {
  for (const [words, said] of WRONG) {
    const { status, out, err } = await lab(words);
    assertEquals([status, out], [2, ""], words.join(" "));
    assertEquals(err.replace(/^lab( check oracle)?: /, ""), `${said}\n`);
  }
});

Deno.test("usageError() knows what else commander says", () => {
  const said = (text: string) => usageError(`error: ${text}\n`, "lab x");

  assertEquals(
    said("required option '--kernel <bzImage>' not specified"),
    "Cannot run lab x: found no --kernel <bzImage>, expected it (see --help)",
  );
  assertEquals(
    said("option '--btf <file>' cannot be used with option '--pahole <file>'"),
    "Cannot use --btf with --pahole: found both, expected one of them",
  );
  assertEquals(
    said("command-argument value 'x' is invalid for argument 'n'. Expected 1."),
    'Cannot use n: found "x", expected 1',
  );
  // What a newer commander may say is not lost.
  assertEquals(said("something else"), "something else");
});
