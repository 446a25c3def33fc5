/**
 * Inputs that were once read wrongly, each the smallest form of something met
 * in real files (tests/data/cases/), with what blkparse 1.2, fio 3.33 and the
 * kernel's own definitions make of them.
 */
import { assertEquals } from "@std/assert";
import { traceRows } from "./trace_rows.ts";

const CASES = new URL("../../data/cases/", import.meta.url);

async function read(name: string) {
  const { rows, tally, warnings } = await traceRows(
    await Deno.readFile(new URL(name, CASES)),
    { name },
  );
  const { reads, writes, others, bytes, skipped } = tally;
  return {
    ios: { reads, writes, others, bytes },
    offsets: rows.map((row) => row[1]),
    times: rows.map((row) => row[3]),
    skipped,
    codes: warnings.map(({ code }) => code),
  };
}

Deno.test("remap-other-device: only lines that become I/Os name a device", async () => {
  const found = await read("remap-other-device.blkparse.txt");
  assertEquals(found.ios, { reads: 0, writes: 1, others: 0, bytes: 4096 });
  assertEquals(found.offsets, [4096 * 512]);
  assertEquals(found.codes, []);
});

Deno.test("before-first: text and binary form agree on an event before the first", async () => {
  const text = await read("before-first.blkparse.txt");
  const binary = await read("before-first.blktrace.0");
  assertEquals(text.ios, { reads: 3, writes: 0, others: 0, bytes: 12288 });
  assertEquals(binary.ios, text.ios);
  assertEquals(binary.offsets, text.offsets);
  assertEquals(text.times, [0, -4000, 500]);
  // In the file the event has its place by arrival, 4,000 ns too late.
  const [first = NaN] = binary.times;
  assertEquals(binary.times.map((time = NaN) => time - first), text.times);
});

Deno.test("zoned: plugged, unplugged and managed zones are left out by name", async () => {
  const found = await read("zoned.blkparse.txt");
  assertEquals(found.ios, { reads: 0, writes: 2, others: 0, bytes: 8192 });
  assertEquals(found.skipped, { "ZP event": 1, "ZU event": 1, "ZM event": 1 });
});

Deno.test("v8: records of protocol 8", async () => {
  const found = await read("v8.blktrace.0");
  assertEquals(found.ios, { reads: 1, writes: 2, others: 0, bytes: 16384 });
});

Deno.test("cut: what was read before a killed tracer's last record is kept", async () => {
  const found = await read("cut.blktrace.0");
  assertEquals([found.ios.reads, found.ios.writes], [1, 1]);
  assertEquals(found.codes, ["cut-trace"]);
});

Deno.test("complete-only: the C events are the I/Os, with a warning", async () => {
  const found = await read("complete-only.blkparse.txt");
  assertEquals(found.ios, { reads: 1, writes: 1, others: 0, bytes: 8192 });
  assertEquals(found.codes, ["completed-events"]);
});

Deno.test("spc: not MSR", async () => {
  const found = await read("spc.csv");
  assertEquals(found.ios, { reads: 1, writes: 1, others: 0, bytes: 16384 });
  assertEquals(found.offsets, [20941264 * 512, 20939840 * 512]);
  // 0.554041 - 0.551706 s.
  assertEquals(found.times, [0, 2335000]);
});
