import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { readTraceFile } from "../../../sim/workload/read_trace.ts";
import {
  detectFormat,
  TRACE_FORMATS,
} from "../../../sim/workload/trace_formats.ts";
import { chunked, readsOrRefuses, traceRows } from "./trace_rows.ts";

const LOG = "fio version 3 iolog\n" + "1 d read 4096 4096\n".repeat(5000);

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = ReadableStream.from(
    chunked(bytes, 4096) as AsyncIterable<BufferSource>,
  ).pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test("readTrace() reads gzip by its content", async () => {
  const bytes = await gzip(new TextEncoder().encode(LOG));
  const { rows } = await traceRows(bytes, { name: "x.txt", chunkBytes: 7 });
  assertEquals(rows.length, 5000);
});

Deno.test("readTrace() names a truncated or damaged gzip", async () => {
  const bytes = await gzip(new TextEncoder().encode(LOG));
  const flipped = bytes.slice();
  flipped[bytes.length - 6] = (flipped[bytes.length - 6] ?? 0) ^ 0xff; // CRC
  const junk = new Uint8Array([...bytes, 1, 2, 3]);
  for (
    const wrong of [
      bytes.subarray(0, bytes.length - 9),
      bytes.subarray(0, 5),
      flipped,
      junk,
    ]
  ) {
    await assertRejects(
      () => traceRows(wrong, { name: "x.gz" }),
      SyntaxError,
      'Cannot decompress "x.gz": found damaged or truncated data',
    );
  }
});

Deno.test("readTrace() refuses what is no trace and lists the formats", async () => {
  await assertRejects(
    () => traceRows("hello world\n"),
    SyntaxError,
    'Cannot read trace "x": line 1, column 1: found "hello world", expected ' +
      "one of binary blktrace, fio iolog, blkparse text, MSR Cambridge csv",
  );
  await assertRejects(
    () => traceRows(""),
    SyntaxError,
    "found an empty file, expected one of",
  );
  await assertRejects(
    () => traceRows(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0x1b, 0x5b])),
    SyntaxError,
    'found "\\x7fELF\\x00\\x1b["', // nothing that steers a terminal
  );
});

Deno.test("readTrace() reads or refuses any bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      async (bytes) => await readsOrRefuses(bytes),
    ),
    { numRuns: 300 },
  );
});

Deno.test("readTraceFile() names a missing file and a directory", async () => {
  await assertRejects(
    () => readTraceFile("no/such.iolog"),
    Deno.errors.NotFound,
    'Cannot read "no/such.iolog": found no such file',
  );
  await assertRejects(
    () => readTraceFile("."),
    Deno.errors.IsADirectory,
    'Cannot read ".": found a directory, expected a file',
  );
});

Deno.test("readTraceFile() closes the file however reading ends", {
  sanitizeResources: true,
}, async () => {
  // The test runner fails a test that leaves a file open.
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, await gzip(new TextEncoder().encode(LOG)));
    for await (const batch of (await readTraceFile(path)).batches) {
      assert(batch.count > 0);
      break; // the consumer has seen enough
    }
    await (await readTraceFile(path)).close(); // never read
    await Deno.writeTextFile(path, LOG + "wrong\n" + LOG);
    const { batches } = await readTraceFile(path);
    await assertRejects(async () => {
      for await (const batch of batches) assert(batch.count > 0);
    }, SyntaxError);
    await Deno.writeTextFile(path, "what");
    await assertRejects(() => readTraceFile(path), SyntaxError);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("detectFormat() finds each format and only that", () => {
  const heads = {
    "binary blktrace": new Uint8Array([7, 0x74, 0x61, 0x65]),
    "fio iolog": "fio version 2 iolog\n",
    "blkparse text":
      "259,0    1   1  0.000000000 21279  A  RA 8 + 8 <- (1,2) 9\n",
    "MSR Cambridge csv": "128166385295514663,hm,0,Write,9056014336,2048,2833\n",
    "MQSim trace": "938513000 4 264719034 16 0\n",
  };
  assertEquals(Object.keys(heads), TRACE_FORMATS.map(({ name }) => name));
  for (const [name, head] of Object.entries(heads)) {
    const bytes = typeof head === "string"
      ? new TextEncoder().encode(head)
      : head;
    assertEquals(detectFormat(bytes)?.name, name);
    const matching = TRACE_FORMATS.filter((format) => format.detect(bytes));
    assertEquals(matching.length, 1, name);
  }
});
