import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { Placement } from "../../../sim/workload/placement.ts";
import {
  placementOptions,
  placementSummary,
} from "../../../sim/workload/placement_options.ts";
import { parsePlacement } from "../../../sim/workload/parse_placement.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../../sim/workload/window.ts";

const parse = (lines: readonly string[]) =>
  parsePlacement("x", lines.join("\n"), "00");

/** Places I/Os and gives the pieces of each, from the start of memory. */
function placed(
  lines: readonly string[],
  ios: readonly (readonly [op: number, sector: number, bytes: number])[],
): string[] {
  const memoryMap = defaultMemoryMap(true);
  const placement = new Placement({ recorded: parse(lines) }, {
    seed: 1,
    memoryMap,
  });
  const window: IoWindow = createWindow({ ios: 16, pieces: 64 });
  return ios.map(([op, sector, bytes]) => {
    const io = window.counts[0] as number;
    window.op[io] = op;
    window.sectorLo[io] = sector | 0;
    window.sectorHi[io] = Math.floor(sector / 2 ** 32);
    const first = window.counts[1] as number;
    const most = placement.mostPieces(bytes, window);
    placement.addBuffer(window, bytes);
    const end = window.counts[1] as number;
    assertEquals(most, end - first);
    window.counts[0] = io + 1;
    return Array.from({ length: end - first }, (_, i) => {
      const at = (window.physLo[first + i] as number) >>> 0;
      const bar = (window.provider[first + i] as number) > 0 ? "p2p " : "";
      return `${bar}${at.toString(16)}+${window.pieceBytes[first + i]}`;
    }).join(" ");
  });
}

const { read, write } = WINDOW_OP;

Deno.test("neighbours stay neighbours, others do not become any, and places in a page stay", () => {
  // Pages 5, 6 and 9 of memory become pages 0, 1 and 3 of the pool, which
  // begins at 4 GiB, whose low 32 bits are 0.
  assertEquals(
    placed([
      "1 R 8 8192 0x5200 3584",
      "1 R 8 8192 0x9000 4096",
      "1 R 8 8192 0x6000 512",
      "2 W 8 4096 0x6000 4096",
    ], [[read, 8, 8192], [write, 8, 4096]]),
    ["200+3584 3000+4096 1000+512", "1000+4096"],
  );
});

Deno.test("runs that are one in memory stay one, over pages", () => {
  assertEquals(placed(["1 R 0 65536 0x7fff000 65536"], [[read, 0, 65536]]), [
    "0+65536",
  ]);
});

Deno.test("I/Os of one place get their runs in the order recorded, and then again", () => {
  const lines = ["1 R 0 4096 0x1000 4096", "1 R 0 4096 0x5000 4096"];
  const io = [read, 0, 4096] as const;
  assertEquals(placed(lines, [io, io, io]), ["0+4096", "2000+4096", "0+4096"]);
});

Deno.test("an I/O takes the runs of the bios that it was cut into, or a part of a longer one", () => {
  assertEquals(
    placed([
      "1 R 0 8192 0x1000 8192",
      "2 R 16 4096 0x9000 4096",
    ], [[read, 0, 12288], [read, 0, 4608]]),
    ["0+8192 3000+4096", "0+4608"],
  );
});

Deno.test("what is left of a longer I/O is where the lab's next part of it lies", () => {
  assertEquals(
    placed([
      "1 R 0 12288 0x1000 8192",
      "1 R 0 12288 0x9000 4096",
    ], [[read, 0, 4096], [read, 8, 8192], [read, 0, 12288]]),
    ["0+4096", "1000+4096 3000+4096", "0+8192 3000+4096"],
  );
});

Deno.test("lines of I/Os in flight at once may stand between each other; lost ones are counted", () => {
  const recording = parse([
    "# a remark",
    "Attaching 1 probe...",
    "a R 0 8192 0x1000 4096",
    "b R 64 8192 0x3000 4096 # of b",
    "a R 0 8192 0x7000 4096",
    "b R 128 4096 0x9000 4096", // the second line of b was lost
    "c W 0 4096 0x1000 512", // and the others of c
    "",
    "Lost 7 events",
  ]);
  assertEquals(
    [recording.ios, recording.runs, recording.cutIos],
    [2, 3, 2],
  );
  assertEquals(
    placementSummary(placementOptions({ recorded: recording })),
    // Pages 1, 7 and 9, with gaps between.
    "as recorded in x: 3 runs of 2 I/Os, in 20 KiB, 2 cut I/Os left out, no P2P",
  );
});

Deno.test("P2P memory lies in a BAR, and makes the I/O a mixed one", () => {
  const lines = [
    "1 R 0 8192 0x1000 4096",
    "1 R 0 8192 0x3c0000005000 4096 p2p",
    "2 R 16 4096 0x2000 4096",
  ];
  assertEquals(placed(lines, [[read, 0, 8192]]), ["0+4096 p2p 0+4096"]);
  const { mixedIoShare, poolBytes } = placementOptions({
    recorded: parse(lines),
  });
  assertEquals([mixedIoShare, poolBytes], [0.5, 8192]);
  assertThrows(
    () =>
      new Placement({ recorded: parse(lines) }, {
        seed: 1,
        memoryMap: defaultMemoryMap(false),
      }),
    RangeError,
    "expected no more than the machine has; it has no provider",
  );
});

Deno.test("what was not recorded is refused with what there is", () => {
  const lines = ["1 R 8 4096 0x1000 4096"];
  for (
    const [io, message] of [
      [
        [write, 8, 4096],
        "a write of 4096 bytes at sector 8: found no such I/O",
      ],
      [[read, 0, 4096], "a read of 4096 bytes at sector 0: found no such I/O"],
      [[read, 8, 8192], "at sector 8: found 4096 bytes of it among the 1 of x"],
    ] as const
  ) assertThrows(() => placed(lines, [io]), RangeError, message);
});

Deno.test("parsePlacement() says which line is wrong", () => {
  const CASES: [string, string][] = [
    ["1 R 8 4096 0x1000", "expected id op sector bytes phys length"],
    ["1 Q 8 4096 0x1000 4096", 'line 2, column 3: found "Q", expected R or W'],
    ["1 R x 4096 0x1000 4096", "line 2, column 5: found sector x"],
    ["  1  R 8 4096\t0x1000 q", "column 15: found address 0x1000 and length q"],
    ["1 R -8 4096 0x1000 4096", "found sector -8"],
    ["1 R 8 4095 0x1000 4095", "found 4095 bytes, expected a multiple of 512"],
    ["1 R 8 0 0x1000 0", "found 0 bytes"],
    ["1 R 8 4096 0x1000 0", "found a run of 0 bytes, expected 1 to 4096"],
    ["1 R 8 4096 0x1000 8192", "found a run of 8192 bytes"],
    ["1 R 8 4096 0xfffffffffffff 4096", "expected less than 2^52"],
    ["1 R 8 4096 NaN 4096", "found address NaN"],
    ["1 R 8 4096 1e3 4096", "found address 1e3"],
    ["1 R 8 4096 0x1000 4096 host", 'found "host", expected p2p or nothing'],
  ];
  for (const [line, message] of CASES) {
    const error = assertThrows(() => parse(["# head", line]), SyntaxError);
    assertStringIncludes(
      error.message,
      'Cannot read placement "x": line 2, column ',
    );
    assertStringIncludes(error.message, message);
  }
  assertThrows(() => parse(["# head"]), RangeError, "no whole I/O in 1 line,");
  const run = parse(["1 R 8 4096 0x1000 4096"]);
  assertThrows(
    () => placementOptions({ recorded: run, folioOrder: 9 }),
    RangeError,
    "found folioOrder beside a recording",
  );
  // As a result file has it: without the runs.
  assertThrows(
    () => placementOptions({ recorded: JSON.parse(JSON.stringify(run)) }),
    TypeError,
    "expected a recording with its runs, as parsePlacement() gives it",
  );
});
