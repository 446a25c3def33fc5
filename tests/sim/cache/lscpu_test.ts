import { assertEquals, assertThrows } from "@std/assert";
import { parseCpu } from "../../../sim/cache/cpu.ts";
import { isLscpu, readLscpu } from "../../../sim/cache/lscpu.ts";

const SAMPLE = await Deno.readTextFile(
  new URL("../../data/lspci/lscpu.json", import.meta.url),
);

/** One cache of `lscpu -C --json`, with changes. */
function caches(...changes: Record<string, unknown>[]): string {
  const cache = {
    "name": "L1d",
    "one-size": "32K",
    "all-size": "64K",
    "ways": 8,
    "type": "Data",
    "level": 1,
    "sets": 64,
    "phy-line": 1,
    "coherency-size": 64,
  };
  return JSON.stringify(
    { caches: changes.map((change) => ({ ...cache, ...change })) },
    null,
    3,
  );
}

function geometry(text: string): string[] {
  return readLscpu("cpu.json", text).levels.map((level) =>
    [level.name, level.sizeBytes, level.ways, level.lineBytes, level.holds]
      .join(" ")
  );
}

Deno.test("readLscpu() reads what lscpu printed", () => {
  assertEquals(isLscpu(SAMPLE), true);
  assertEquals(geometry(SAMPLE), [
    "L1i 65536 2 64 instruction",
    "L1d 65536 2 64 data",
    "L2 524288 16 64 ",
    "L3 16777216 16 64 ",
  ]);
  const cpu = readLscpu("cpu.json", SAMPLE);
  // What it gives is a CPU file itself.
  assertEquals(parseCpu("again.json", JSON.stringify(cpu)), cpu);
  assertEquals(isLscpu(JSON.stringify(cpu)), false);
  assertEquals(
    cpu.levels.every(({ latency }) => latency.basis === "assumed"),
    true,
  );
});

Deno.test("readLscpu() takes rounded sizes, text numbers and odd sets", () => {
  assertEquals(
    geometry(caches(
      // 10 ways of 2048 sets: lscpu writes 1.3M for 1.25 MiB.
      {
        name: "L2",
        level: 2,
        type: "Unified",
        "one-size": "1.3M",
        ways: 10,
        sets: 2048,
      },
      // 12 ways of 49152 = 3 x 2^14 sets: 36 ways of 2^14.
      {
        name: "L3",
        level: "3",
        type: "Unified",
        "one-size": "36M",
        ways: "12",
        sets: "49152",
      },
      { "one-size": 32768 },
      { name: "L2i", level: 2, type: "Instruction", sets: null },
    )),
    [
      "L1d 32768 8 64 data",
      "L2 1310720 10 64 ",
      "L3 37748736 36 64 ",
    ],
  );
  const { notes } = readLscpu(
    "cpu.json",
    caches(
      {},
      { name: "L2i", level: 2, type: "Instruction" },
      {
        name: "L3",
        level: 3,
        type: "Unified",
        "one-size": "36M",
        ways: 12,
        sets: 49152,
      },
    ),
  );
  assertEquals(notes.slice(3), [
    "L2i is left out: an instruction cache below the first level.",
    "L3 is modelled with 36 ways, not 12: the model's sets are a power of two.",
  ]);
});

Deno.test("readLscpu() points at the line and column of a mistake", () => {
  const cases: [text: string, expected: string][] = [
    [
      '{ "caches": [] }',
      'Cannot read lscpu caches "cpu.json": line 1, column 13: caches: found ' +
      "[], expected at least one cache",
    ],
    [
      caches({ ways: 0 }),
      'Cannot read lscpu caches "cpu.json": line 7, column 18: caches.0.ways: ' +
      "found 0, expected a count from 1 on",
    ],
    [
      caches({ ways: null }),
      'Cannot read lscpu caches "cpu.json": line 7, column 18: caches.0.ways: ' +
      "found null, expected a count from 1 on",
    ],
    [
      caches({ "one-size": "32 KB" }),
      'Cannot read lscpu caches "cpu.json": line 5, column 22: ' +
      'caches.0.one-size: found "32 KB", expected a size like "32K"',
    ],
    [
      caches({ sets: 128 }),
      'Cannot read lscpu caches "cpu.json": line 5, column 22: caches.0: found ' +
      "a size of 32768 bytes and 8 ways of 128 sets of 64 bytes, expected both " +
      "to agree",
    ],
    [
      caches({ "coherency-size": 48 }),
      'Cannot read lscpu caches "cpu.json": line 5, column 22: caches.0: found ' +
      "a size of 32768 bytes and 8 ways of 64 sets of 48 bytes, expected both " +
      "to agree",
    ],
    [
      caches({}, { name: "L1x" }),
      'Cannot build cache "L1x": a second data first level, expected one data ' +
      "and one instruction level",
    ],
    [
      '{"caches": [',
      'Cannot read lscpu caches "cpu.json": line 1, column 13: found the end ' +
      "of the text (truncated?), expected a value",
    ],
  ];
  for (const [text, expected] of cases) {
    const { message } = assertThrows(() => readLscpu("cpu.json", text), Error);
    assertEquals(message, expected);
  }
});
