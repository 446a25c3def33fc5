import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  roffArgument,
  roffFilled,
  roffLine,
  roffLiteral,
} from "../../../bench/command_line/roff_text.ts";
import { commands } from "../../../bench/command/registry.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { isInstalled } from "./shell_rig.ts";

const CHECKS = ["oracle", "fuzz", "soak", "study"];
const NAMES = commands.map(({ name }) => name);

/** The page as a reader of roff has it, escapes undone. */
function plain(roff: string): string {
  return roff.replaceAll(/\\f[BIR]/g, "").replaceAll("\\-", "-");
}

Deno.test("roffLine() leaves nothing that roff would act on", () => {
  assertEquals(roffLine(".TH a-b"), "\\&.TH a\\-b");
  assertEquals(roffLine("'br \\fB~^`"), "\\(aqbr \\efB\\(ti\\(ha\\(ga");
  assertEquals(roffLine("2 µs"), "2 \\[u00B5]s");
  assertEquals(roffArgument('a "b"'), '"a \\(dqb\\(dq"');
  assertEquals(roffLiteral("a\n\n.b").split("\n").slice(2, 5), [
    "a",
    "\\&",
    "\\&.b",
  ]);
  assertEquals(roffFilled("a  b\n.c"), ["a b .c"]);
});

Deno.test("lab man has every command with every option that its help lists", async () => {
  const { status, out, err } = await lab(["man"]);
  assertEquals([status, err], [0, ""]);
  const sections = new Map(
    plain(out).split(/^\.SH /m).map((text) => {
      const end = text.indexOf("\n");
      return [text.slice(0, end).replaceAll('"', ""), text.slice(end)];
    }),
  );
  const asked = [
    ...NAMES.map((name) => [name]),
    ...CHECKS.map((name) => ["check", name]),
  ];
  assert(asked.length > 16);
  for (const words of asked) {
    const section = sections.get(`LAB ${words.join(" ").toUpperCase()}`) ?? "";
    const help = (await lab([...words, "--help"])).out;
    const listed = [...help.matchAll(/^ {2}(-\S.*?)(?: {2,}|$)/gm)]
      .map(([, flags = ""]) => flags.replaceAll(/[<>]/g, ""))
      // Notes begin like options: "--faults FILE: JSON, ..."
      .filter((flags) => !flags.includes(": "));
    assert(listed.length > 0, words.join());
    for (const flags of listed) {
      // "-h, --help", "--struct file[:name]"
      assertStringIncludes(section, `\n.TP\n${flags}\n`, words.join(" "));
    }
  }
  assertStringIncludes(out, "\n.TP\n\\fB130\\fR\nInterrupted");
  assert(!/undefined|\[object|file:\/\//.test(out));
});

Deno.test("lab man COMMAND prints one page, and refuses what is no command", async () => {
  const { out } = await lab(["man", "check", "soak"]);
  assertStringIncludes(out, '.TH "LAB\\-CHECK\\-SOAK" 1 ""');
  assertStringIncludes(plain(out), "\n.TP\n--ios n\n");
  assert(!out.includes("blktrace"));
  const wrong = await lab(["man", "rum"]);
  assertEquals([wrong.status, wrong.out], [2, ""]);
  assertStringIncludes(wrong.err, 'Cannot find command "rum" (nearest: "run")');
  const shell = await lab(["completions", "bsh"]);
  assertEquals([shell.status, shell.out], [2, ""]);
  assertStringIncludes(shell.err, '(nearest: "bash")');
});

async function told(program: string, args: readonly string[], page: string) {
  let text = "";
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/lab.1`, page);
    const { stdout, stderr } = await new Deno.Command(program, {
      args: [...args, "lab.1"],
      cwd: folder,
    }).output();
    text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes))
      .join("");
  });
  return text;
}

Deno.test({
  name: "mandoc has no remark on the page (where mandoc is installed)",
  // It has no --version.
  ignore: !isInstalled("mandoc", ["/dev/null"]),
  fn: async () => {
    const text = await told(
      "mandoc",
      ["-Tlint", "-Wstyle"],
      (await lab(["man"])).out,
    );
    const lines = text.split("\n").filter((line) =>
      // The same version is the same page, on every day.
      line !== "" && !line.includes('missing date, using "": TH')
    );
    assertEquals(lines, []);
  },
});

Deno.test({
  name: "groff has no warning, and sets the page in 80 columns (if installed)",
  ignore: !isInstalled("groff"),
  fn: async () => {
    const args = ["-ww", "-man", "-Tascii", "-P-cbou", "-rLL=80n"];
    const text = await told("groff", args, (await lab(["man"])).out);
    assert(!/warning|error/i.test(text.slice(0, 200)), text.slice(0, 200));
    assertStringIncludes(text, "LAB RUN");
    assertEquals(text.split("\n").filter((line) => line.length > 80), []);
  },
});
