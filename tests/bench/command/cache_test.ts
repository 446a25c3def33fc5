/** `lab cache` as a user sees it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../../bench/lab.ts";
import { captured } from "../captured.ts";

const DATA = new URL("../../data/cache/", import.meta.url).pathname;
const LS = `${DATA}ls-100k.idin.gz`;
const SPLIT = [
  ...["--level", "L1I:32KiB:8:64", "--level", "L1D:32KiB:8:64"],
  ...["--level", "L2:1MiB:16:64"],
];

async function lab(...args: string[]) {
  return await labWith(new AbortController().signal, ...args);
}

async function labWith(signal: AbortSignal, ...args: string[]) {
  const { status, out, err } = await captured(
    (context) => main(["cache", ...args], context),
    signal,
  );
  return { status, out, error: err };
}

Deno.test("lab cache --json tells the counts of dinero.tsv", async () => {
  const { status, out } = await lab(LS, ...SPLIT, "--json", "-");
  const result = JSON.parse(out);
  assertEquals(status, 0);
  assertEquals(result.schemaVersion, 1);
  assertEquals(result.references.reads, 16427);
  const [l1i, l1d, l2] = result.levels;
  // ls-100k, A, WB+WA LRU, I+D, pre and flushed.
  const row = (await Deno.readTextFile(`${DATA}dinero.tsv`)).split("\n")
    .filter((line) => line.startsWith("ls-100k\t") && line.includes("\tA "))
    .filter((line) => line.includes("\tI+D\tpre\t"))
    .map((line) => line.split("\t"));
  const of = (name: string) => row.find((cells) => cells[6] === name)?.slice(7);
  assertEquals(of("l1-icache")?.slice(4, 6).map(Number), [
    l1i.instructionAccesses,
    l1i.instructionMisses,
  ]);
  assertEquals(of("l1-dcache")?.slice(0, 4).map(Number), [
    l1d.readAccesses,
    l1d.readMisses,
    l1d.writeAccesses,
    l1d.writeMisses,
  ]);
  assertEquals(Number(of("l1-dcache")?.[8]), l1d.writebacks * 64);
  assertEquals(Number(of("l2-ucache")?.[0]), l2.readAccesses);
  assert(result.afterCopyBack.levels[1].writebacks > l1d.writebacks);
});

Deno.test("lab cache prints a table of at most 80 columns", async () => {
  const { status, out } = await lab(LS, "--cpu", "zen4");
  assertEquals(status, 0);
  assertStringIncludes(out, "before the final copy-back");
  assertStringIncludes(out, "modelled stall cycles");
  for (const line of out.split("\n")) assert(line.length <= 80, line);
});

Deno.test("lab cache --save writes a trace that counts the same", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const copy = `${folder}/copy`;
    const first = await lab(LS, ...SPLIT, "--save", copy, "--json", "-");
    const second = await lab(copy, ...SPLIT, "--json", "-");
    const [a, b] = [JSON.parse(first.out), JSON.parse(second.out)];
    assertEquals(b.format, "binary");
    assertEquals(b.levels, a.levels);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("lab cache interrupted tells the counts so far and ends with 130", async () => {
  const abort = new AbortController();
  abort.abort();
  const { status, out } = await labWith(abort.signal, LS, ...SPLIT);
  assertEquals(status, 130);
  assertStringIncludes(out, "Interrupted: the counts so far");
});

const wrong: [string, string[], string][] = [
  ["no caches", [LS], "found no caches"],
  ["a bad level", [LS, "--level", "L1:32KiB:0:64"], "character 10"],
  ["a missing file", ["/no/such", ...SPLIT], "no such file"],
  ["a directory", [DATA, ...SPLIT], "a directory"],
  ["an unknown CPU", [LS, "--cpu", "zen5"], 'nearest: "zen4"'],
  ["an unknown mode", [LS, ...SPLIT, "--mode", "dinro"], 'nearest: "dinero"'],
  ["an unknown policy", [LS, ...SPLIT, "--policy", "lfu"], "lru, fifo"],
  ["the wrong format", [LS, ...SPLIT, "--format", "lackey"], "line 1, column"],
  ["--cpu with --level", [LS, ...SPLIT, "--cpu", "z16"], "Cannot combine"],
];
for (const [what, args, message] of wrong) {
  Deno.test(`lab cache refuses ${what} in one line`, async () => {
    const { status, out, error } = await lab(...args);
    assertEquals(status, 2);
    assertEquals(out, "");
    assertStringIncludes(error, message);
    assertEquals(error.trimEnd().split("\n").length, 1);
  });
}

Deno.test("lab cache refuses an empty trace", async () => {
  const path = await Deno.makeTempFile();
  try {
    const { status, error } = await lab(path, ...SPLIT);
    assertEquals(status, 2);
    assertStringIncludes(error, "no reference");
  } finally {
    await Deno.remove(path);
  }
});
