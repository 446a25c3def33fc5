import { assertEquals, assertRejects } from "@std/assert";
import { IoTrace, readIoTraces } from "../../../bench/kernel/trace_reader.ts";
import { TraceWriter } from "./trace_writer.ts";

async function* pieces(bytes: Uint8Array, length: number) {
  for (let at = 0; at < bytes.length; at += length) {
    yield bytes.subarray(at, at + length);
  }
}

function sample(): Uint8Array {
  const trace = new TraceWriter();
  trace.begin(3);
  trace.run(0x7fff_8100_0000, 1);
  trace.store(0x0880_0000_0010, 0x0880_0000_1000);
  trace.run(0x7fff_8100_0005);
  trace.load(0x0880_0000_0020, 2);
  trace.store(0x0880_0000_0030, -1 - 7, 1);
  trace.end(3);
  trace.finish();
  return trace.bytes();
}

Deno.test("readTrace() gives the same events however the bytes are cut", async () => {
  const bytes = sample();
  for (const length of [1, 3, 4, 7, 13, bytes.length]) {
    const seen: unknown[] = [];
    const ended = await readIoTraces(
      pieces(bytes, length),
      (trace, argument) => {
        seen.push(
          (argument & 0xfff) >> 4,
          [...trace.kinds.subarray(0, trace.count)],
          [...trace.addresses.subarray(0, trace.count)],
          [...trace.details.subarray(0, trace.count)],
          [...trace.values.subarray(0, trace.count)],
        );
      },
    );
    assertEquals(ended, { ios: 1, finished: true });
    assertEquals(seen, [
      3,
      [0, 2, 0, 1, 2],
      [
        0x7fff_8100_0000,
        0x0880_0000_0010,
        0x7fff_8100_0005,
        0x0880_0000_0020,
        0x0880_0000_0030,
      ],
      // class of a call, 8 bytes; other, 4 bytes, 2 bytes
      [1, 8, 0, 4, 2],
      [0, 0x0880_0000_1000, 0, 0, -8],
    ]);
  }
});

Deno.test("readTrace() says that a trace ends before the guest does", async () => {
  const bytes = sample();
  const ended = await readIoTraces(
    pieces(bytes.subarray(0, bytes.length - 20), 64),
    () => new IoTrace(),
  );
  assertEquals(ended.finished, false);
});

Deno.test("readTrace() refuses what is no trace", async () => {
  const bytes = new Uint8Array(64).fill(0xff);
  await assertRejects(
    () => readIoTraces(pieces(bytes, 64), () => {}),
    SyntaxError,
    "Cannot read the trace, word 0: a record of kind 7, expected 0 to 4",
  );
});
