import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import fc from "fast-check";
import {
  EVENT_SELECTIONS,
  type EventSelection,
} from "../../../sim/workload/event_choice.ts";
import { readTraceFile } from "../../../sim/workload/read_trace.ts";
import { ACTION, blktraceFile, type TestRecord } from "./blktrace_records.ts";
import { readsOrRefuses, traceRows } from "./trace_rows.ts";

const RECORDS: TestRecord[] = [
  { action: ACTION.notify, payload: 13 },
  { action: ACTION.queueRead, timeNs: 2 ** 40, sector: 2 ** 33, bytes: 4096 },
  { action: ACTION.issueRead, timeNs: 2 ** 40 + 5, sector: 8, bytes: 4096 },
  { action: ACTION.queueWrite, timeNs: 2 ** 40 + 9, sector: 16, bytes: 512 },
  { action: ACTION.queueFlush, timeNs: 2 ** 40 + 10 },
  {
    action: ACTION.queueDiscard,
    timeNs: 2 ** 40 + 11,
    sector: 0,
    bytes: 1 << 20,
  },
  { action: ACTION.completeRead, timeNs: 2 ** 40 + 20 },
];

Deno.test("blktrace reads both byte orders and payloads", async () => {
  for (const isLittleEndian of [true, false]) {
    const { format, rows, tally } = await traceRows(
      blktraceFile(RECORDS, isLittleEndian),
      { chunkBytes: 50 }, // no record lies in one chunk
    );
    assertEquals(format, "binary blktrace");
    assertEquals(rows, [
      [0, 2 ** 42, 4096, 0],
      [1, 8192, 512, 9],
      [2, 0, 0, 10],
      [3, 0, 1 << 20, 11],
    ]);
    assertEquals(tally.lines, 7);
    assertEquals(tally.skipped, {
      "notify record": 1,
      "D event": 1,
      "C event": 1,
    });
  }
});

Deno.test("blktrace takes the D events where there is no Q", async () => {
  const { rows, tally, warnings } = await traceRows(blktraceFile([
    { action: ACTION.issueRead, timeNs: 7, sector: 8, bytes: 512 },
    { action: ACTION.issuePassthrough, bytes: 36 },
  ]));
  assertEquals(rows, [[0, 4096, 512, 0]]);
  assertEquals(tally.skipped, { "passthrough command": 1 });
  assertEquals(warnings.map((warning) => warning.code), ["issued-events"]);
});

Deno.test("blktrace merges the files of all CPUs by time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const queue = (timeNs: number, sector: number): TestRecord => ({
      action: ACTION.queueRead,
      timeNs,
      sector,
      bytes: 512,
    });
    const files: [string, Uint8Array][] = [
      ["t.blktrace.0", new Uint8Array(0)], // a CPU without I/O
      ["t.blktrace.2", blktraceFile([queue(10, 0), queue(30, 2)])],
      ["t.blktrace.10", blktraceFile([queue(20, 1), queue(30, 3)], false)],
      ["other.blktrace.1", blktraceFile([queue(1, 99)])],
    ];
    for (const [name, bytes] of files) {
      await Deno.writeFile(join(folder, name), bytes);
    }
    for (const name of ["t.blktrace.0", "t.blktrace.10"]) {
      const trace = await readTraceFile(join(folder, name));
      const offsets: number[] = [];
      for await (const batch of trace.batches) {
        offsets.push(...batch.offsetBytes.subarray(0, batch.count));
      }
      // Equal times: the lower CPU first.
      assertEquals(offsets, [0, 512, 1024, 1536]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("blktrace names record, byte and what was expected", async () => {
  const good = { action: ACTION.queueRead, bytes: 512 };
  const cases: [Uint8Array, string][] = [
    [
      blktraceFile([good, { ...good, magic: 0x12345678 }]),
      "record 2, byte 48: found 0x12345678, expected the magic 0x65617407 or ",
    ],
    [
      blktraceFile([{ ...good, magic: 0x65617406 }]),
      "record 1, byte 0: found version 6, expected version 7 or 8",
    ],
    [
      blktraceFile([good, { action: 77 }]),
      "found action 77, expected one of 1 to 20",
    ],
    [
      blktraceFile([{ ...good, sector: 2 ** 50 }]),
      "expected an I/O that ends below 2^53 bytes",
    ],
  ];
  for (const [bytes, message] of cases) {
    await assertRejects(() => traceRows(bytes), SyntaxError, message);
  }
});

Deno.test("blktrace keeps what stands before a record that is cut off", async () => {
  const good = { action: ACTION.queueRead, bytes: 512 };
  const long = blktraceFile([good, { ...good, payload: 9 }]);
  const cases: [Uint8Array, number, number, number][] = [
    // file, I/Os, byte at which the last record begins, bytes of it
    [blktraceFile([good, good]).subarray(0, 90), 1, 48, 42],
    [blktraceFile([good, good]).subarray(0, 49), 1, 48, 1],
    // Without its payload blkparse drops a record as well.
    [long.subarray(0, long.length - 1), 1, 48, 56],
    [long.subarray(0, 96), 1, 48, 48],
    [blktraceFile([good]).subarray(0, 40), 0, 0, 40],
  ];
  for (const [bytes, ios, byte, left] of cases) {
    for (const chunkBytes of [7, 1 << 16]) {
      const { rows, tally, warnings } = await traceRows(bytes, { chunkBytes });
      assertEquals(rows.length, ios);
      assertEquals(tally.skipped, { "record that is cut off": 1 });
      assertEquals(warnings.map(({ code }) => code), ["cut-trace"]);
      assertEquals(
        warnings[0]?.message,
        `"x" ends inside a record: ${left} bytes from byte ${byte} on are ` +
          "left out",
      );
    }
  }
  const cut = blktraceFile([good, { ...good, magic: 0x12345678 }]);
  await assertRejects(
    () => traceRows(cut.subarray(0, 60)),
    SyntaxError,
    "record 2, byte 48: found 0x12345678",
  );
});

Deno.test("blktrace reads protocol 8, both byte orders, mixed with 7", async () => {
  const wide: TestRecord[] = [
    { action: ACTION.queueWrite, zone: 1, sector: 8, bytes: 4096 }, // append
    { action: 1 << 20 | 18, sector: 8, bytes: 4096 }, // ZP
    { action: 1 << 20 | 19, sector: 8, bytes: 4096, payload: 8 }, // ZU
    { action: 20, sector: 0, bytes: 1 << 28 }, // ZM
    { action: ACTION.queueWrite, zone: 2, sector: 0, bytes: 1 << 28 }, // reset
    { action: ACTION.queueWrite, zone: 1 << 6, bytes: 4096 }, // write-zeroes
    { action: ACTION.queueRead, sector: 16, bytes: 512, payload: 70 },
  ];
  for (const isLittleEndian of [true, false]) {
    const bytes = new Uint8Array([
      ...blktraceFile(wide, isLittleEndian, 8),
      ...blktraceFile(
        [{ action: ACTION.queueRead, bytes: 512 }],
        isLittleEndian,
      ),
    ]);
    for (const chunkBytes of [1, 61, 1 << 16]) {
      const { rows, tally } = await traceRows(bytes, { chunkBytes });
      assertEquals(rows.map((row) => row.slice(0, 3)), [
        [1, 4096, 4096],
        [0, 8192, 512],
        [0, 0, 512],
      ]);
      assertEquals(tally.skipped, {
        ...{ "ZP event": 1, "ZU event": 1, "ZM event": 1 },
        ...{ "zone operation": 1, "write-zeroes": 1 },
      });
    }
  }
});

Deno.test("blktrace takes only I/Os for devices", async () => {
  const { rows, warnings } = await traceRows(blktraceFile([
    { action: 1 << 20 | 15, sector: 8, bytes: 512, device: 253 << 20 }, // A
    { action: ACTION.issueRead, sector: 8, bytes: 512, device: 252 << 20 },
    { action: ACTION.queueRead, sector: 8, bytes: 512, device: 8 << 20 },
  ]));
  // The D event waits until the Q event shows that it is left out.
  assertEquals(rows.map((row) => row[1]), [4096]);
  assertEquals(warnings, []);
});

Deno.test("blktrace reads or refuses any bytes behind the magic", async () => {
  const head = blktraceFile([{ action: ACTION.queueRead, bytes: 512 }]);
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 100 }),
      fc.integer({ min: 4, max: 48 }),
      async (tail, keep) =>
        await readsOrRefuses(
          new Uint8Array([...head.subarray(0, keep), ...tail]),
        ),
    ),
    { numRuns: 300 },
  );
});

/** Any records that a kernel might write, of two devices, perhaps cut off. */
const anyTrace = fc.tuple(
  fc.array(
    fc.record({
      what: fc.constantFrom(1, 7, 8, 2, 4, 12, 13, 9, 10, 15),
      // Read or write, flush, sync, readahead, meta, discard, FUA, passthrough.
      direction: fc.constantFrom(1, 2),
      flags: fc.subarray([4, 8, 1 << 11, 1 << 12, 1 << 13, 1 << 15, 1 << 9]),
      sector: fc.oneof(fc.constant(0), fc.nat(1e6), fc.constant(2 ** 40)),
      sectors: fc.oneof(fc.constant(0), fc.nat(64)),
      device: fc.constantFrom(8 << 20, 8 << 20 | 16),
      waitNs: fc.integer({ min: 1, max: 1000 }),
    }),
    { minLength: 2, maxLength: 30 },
  ),
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
).map(([records, cutBytes]) => {
  let timeNs = 1e12;
  const bytes = blktraceFile(records.map((record): TestRecord => {
    timeNs += record.waitNs;
    const category = record.flags.reduce((all, flag) => all | flag, 0) |
      record.direction | (STAGE.get(record.what) ?? 1 << 4);
    return {
      action: (category << 16 | record.what) >>> 0,
      timeNs,
      sector: record.sector,
      bytes: record.sectors * 512,
      device: record.device,
      payload: PAYLOAD.get(record.what) ?? 0,
    };
  }));
  return bytes.subarray(0, bytes.length - cutBytes);
});
/** BLK_TC_ISSUE and BLK_TC_COMPLETE; all others are BLK_TC_QUEUE. */
const STAGE = new Map([[7, 1 << 6], [8, 1 << 7]]);
/** Payloads of a split, an unplug and a remap. */
const PAYLOAD = new Map([[13, 8], [10, 8], [15, 16]]);

Deno.test({
  name: "blktrace agrees with what blkparse prints of the same trace",
  ignore: !hasBlkparse(),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await fc.assert(
        fc.asyncProperty(anyTrace, async (bytes) => {
          await Deno.writeFile(join(folder, "t.blktrace.0"), bytes);
          const { stdout } = await new Deno.Command("blkparse", {
            args: ["-i", "t"],
            cwd: folder,
            stderr: "null",
          }).output();
          for (const events of EVENT_SELECTIONS) {
            assertEquals(
              await placesOf(bytes, events),
              await placesOf(stdout, events),
            );
          }
        }),
        { numRuns: 40, seed: 20261129 },
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** I/Os without their times, and warnings; or that it was refused. */
async function placesOf(trace: Uint8Array, events: EventSelection) {
  try {
    const { rows, warnings } = await traceRows(trace, { events });
    return {
      rows: rows.map((row) => row.slice(0, 3)),
      // blkparse says nothing of a cut in its text.
      codes: warnings.map(({ code }) => code).filter((c) => c !== "cut-trace"),
    };
  } catch (error) {
    assert(error instanceof SyntaxError);
    return error.message.replace(/.* expected /, "");
  }
}

Deno.test("blktrace agrees with the text that blkparse 1.3 prints of protocol 8", async () => {
  // fill_rwbs() of blktrace's protocol 8: zones before reads and writes.
  const cases: [number, string][] = [
    [1, "ZA"],
    [2, "ZR"],
    [4, "ZRA"],
    [8, "ZF"],
    [16, "ZO"],
    [32, "ZC"],
    [0, "W"],
  ];
  for (const [zone, rwbs] of cases) {
    const events = [[1, "Q", "queue"], [7, "D", "issue"], [8, "C", "complete"]];
    const records = events.map(([what], index): TestRecord => ({
      action: (1 << 1) << 16 | Number(what),
      zone,
      timeNs: index,
      sector: 8,
      bytes: 4096,
    }));
    const text = events.map(([, letter], index) =>
      `8,0 0 ${index} 0.00000000${index} 1 ${letter} ${rwbs} 8 + 8 [0]\n`
    ).join("");
    for (const events of EVENT_SELECTIONS) {
      const binary = await traceRows(blktraceFile(records, true, 8), { events })
        .catch((error) => error.message.replace(/.* expected /, ""));
      const printed = await traceRows(text, { events })
        .catch((error) => error.message.replace(/.* expected /, ""));
      assertEquals(
        binary.rows?.length ?? binary,
        printed.rows?.length ?? printed,
      );
      assertEquals(binary.tally?.skipped, printed.tally?.skipped);
    }
  }
});

function hasBlkparse(): boolean {
  try {
    return new Deno.Command("blkparse", {
      args: ["-V"],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}
