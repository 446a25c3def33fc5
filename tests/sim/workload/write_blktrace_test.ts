import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type BlktraceLetter,
  BlktraceWriter,
  EVENT_NS,
} from "../../../sim/workload/write_blktrace.ts";
import { traceRows } from "./trace_rows.ts";

const READ = { sectorLo: 8, sectorHi: 0, sizeBytes: 4096, opf: 0, extra: 0 };

/** Writes events and gives the file. */
function written(
  events: readonly (readonly [BlktraceLetter, Partial<typeof READ>])[],
): Uint8Array {
  const bytes: number[] = [];
  const writer = new BlktraceWriter((part) => bytes.push(...part));
  for (const [letter, data] of events) {
    writer.event(letter, { ...READ, ...data });
  }
  writer.finish();
  return new Uint8Array(bytes);
}

/** Two process notifications of 48 + 16 bytes come first. */
const HEAD_BYTES = 2 * 64;

Deno.test("BlktraceWriter gives events the action words of a real kernel", () => {
  // From the first records of a trace of an NVMe disk (takeoverjp/
  // blktrace_viewer, testdata/sample.blktrace.0, BSD-3-Clause): readahead, which
  // is bit 19 of bi_opf.
  const readahead = { opf: 1 << 19 };
  const events: [BlktraceLetter, Partial<typeof READ>, number][] = [
    ["Q", readahead, 0x08110001],
    ["G", readahead, 0x08110004],
    ["P", {}, 0x00110009],
    ["U", {}, 0x0011000a],
    ["D", readahead, 0x09410007],
    ["C", readahead, 0x09810008],
  ];
  for (const [letter, data, action] of events) {
    const view = new DataView(written([[letter, data]]).buffer, HEAD_BYTES);
    assertEquals(view.getUint32(28, true), action, letter);
  }
});

Deno.test("BlktraceWriter lays a record out as struct blk_io_trace", () => {
  const bytes = written([
    ["X", { sectorLo: -1, sectorHi: 1, extra: 2 ** 33 + 8, opf: 1 }],
    ["C", { extra: 5, opf: 1 }],
  ]);
  const view = new DataView(bytes.buffer, HEAD_BYTES);
  assertEquals(view.getUint32(0, true), 0x65617407);
  assertEquals(view.getUint32(4, true), 1); // sequence
  assertEquals(view.getBigUint64(8, true), BigInt(EVENT_NS.X));
  assertEquals(view.getBigUint64(16, true), 0x1ffffffffn);
  assertEquals(view.getUint32(24, true), 4096);
  assertEquals(view.getUint32(28, true), 0x0002000d); // X of a write
  assertEquals(view.getUint32(32, true), 1000); // pid
  assertEquals(view.getUint32(36, true), 259 << 20);
  assertEquals(view.getUint16(46, true), 8);
  // The remainder's first sector, big-endian.
  assertEquals(view.getBigUint64(48, false), 2n ** 33n + 8n);
  const completion = new DataView(bytes.buffer, HEAD_BYTES + 56);
  assertEquals(completion.getUint32(4, true), 2);
  assertEquals(completion.getInt16(44, true), -5); // -EIO
  assertEquals(completion.getUint32(32, true), 0); // the idle task
  assertEquals(completion.byteLength, 48);
});

Deno.test("BlktraceWriter is read back as it was, over many parts", async () => {
  const io = fc.record({
    sectorLo: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    sizeBytes: fc.integer({ min: 1, max: 2 ** 14 }).map((n) => n * 512),
    opf: fc.constantFrom(0, 1, 3, 1 | 1 << 11 | 1 << 17),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(io, { minLength: 1 }), async (ios) => {
      // 60 records of 48 bytes for each pass 65536 bytes soon.
      const events = ios.flatMap((data) => [
        ["Q", data] as const,
        ...Array.from({ length: 59 }, () => ["G", data] as const),
      ]);
      const { rows, tally } = await traceRows(written(events));
      assertEquals(
        rows.map((row) => row.slice(0, 3)),
        ios.map(({ sectorLo, sizeBytes, opf }) => [
          opf & 3,
          sectorLo * 512,
          sizeBytes,
        ]),
      );
      // Every I/O takes one Q and 59 G on the clock.
      const step = EVENT_NS.Q + 59 * EVENT_NS.G;
      assertEquals(rows.map((row) => row[3]), ios.map((_, i) => i * step));
      assertEquals(tally.skipped, {
        "notify record": 2,
        "G event": 59 * ios.length,
      });
    }),
    { numRuns: 30 },
  );
});
