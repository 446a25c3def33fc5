import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  ADDRESS_TRACE_ENTRIES,
  addressTraceFormats,
} from "../../../sim/cache/address_formats.ts";
import { isFioJobFile } from "../../../sim/workload/fio_job.ts";
import { readTrace, readTraceFile } from "../../../sim/workload/read_trace.ts";
import {
  detectFormat,
  findTraceFormat,
  TRACE_FORMATS,
} from "../../../sim/workload/trace_formats.ts";
import { openStream } from "../../../sim/text/headed_stream.ts";
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

/** The samples of all formats, with the format that each is of. */
const SAMPLES = TRACE_FORMATS.flatMap(({ name, samples }) =>
  samples.map((sample) => ({
    name,
    bytes: typeof sample === "string"
      ? new TextEncoder().encode(sample)
      : sample,
  }))
);

/** Everything that takes a workload by its content: traces and job files. */
const DETECTORS = [
  { name: "fio job file", detect: isFioJobFile },
  ...TRACE_FORMATS,
];

function detected(bytes: Uint8Array): string[] {
  const head = bytes.subarray(0, 4096);
  return DETECTORS.filter(({ detect }) => detect(head)).map(({ name }) => name);
}

Deno.test("every trace format has a word, samples, and where they come from", () => {
  assertEquals(
    new Set(TRACE_FORMATS.map(({ id }) => id)).size,
    TRACE_FORMATS.length,
  );
  for (const { id, samples, origin, source } of TRACE_FORMATS) {
    assert(/^[a-z]+$/.test(id), id);
    assert(samples.length > 0 && origin !== "" && source !== "", id);
    assertEquals(findTraceFormat(id).id, id);
  }
});

Deno.test("detectFormat() tells each sample: one format takes it, and one alone", () => {
  for (const { name, bytes } of SAMPLES) {
    assertEquals(detected(bytes), [name], new TextDecoder().decode(bytes));
    assertEquals(detectFormat(bytes)?.name, name);
  }
});

Deno.test("detectFormat() tells each sample from its first line and behind a mark", async () => {
  for (const { name, bytes } of SAMPLES) {
    if (bytes.includes(0)) continue; // binary
    const text = new TextDecoder().decode(bytes);
    const marked = await readTrace(
      "x",
      new Blob(["\ufeff" + text]).stream(),
    );
    assertEquals(marked.format.name, name);
    await marked.close();
    const crlf = text.replaceAll(/\r?\n/g, "\r\n");
    assertEquals(detected(new TextEncoder().encode(crlf)), [name], text);
    const lines = new TextEncoder().encode("\n \n" + text);
    assertEquals(detected(lines), [name], text);
  }
});

Deno.test("detectFormat() takes no address trace and no other sample of the lab", () => {
  for (const { name, samples } of ADDRESS_TRACE_ENTRIES) {
    for (const sample of samples) {
      const bytes = typeof sample === "string"
        ? new TextEncoder().encode(sample)
        : sample;
      assertEquals(detected(bytes), [], name);
      assertEquals(addressTraceFormats(bytes), [name] as string[], name);
    }
  }
  for (const { bytes, name } of SAMPLES) {
    // Whatever stands behind "0 4892" is a comment to Dinero.
    const expected = name === "FIU trace" ? /^(din)?$/ : /^$/;
    assertMatch(addressTraceFormats(bytes).join(), expected, name);
  }
});

Deno.test("every sample is read whole, in pieces of any size, to the same I/Os", async () => {
  for (const { name, bytes } of SAMPLES) {
    const whole = await traceRows(bytes);
    assertEquals(whole.format, name);
    assert(whole.rows.length > 0, name);
    for (const chunkBytes of [1, 13]) {
      assertEquals(await traceRows(bytes, { chunkBytes }), whole, name);
    }
  }
});

Deno.test("one format alone takes each file of the test data, and it is the right one", async () => {
  const expected: Record<string, string> = {
    "before-first.blkparse.txt": "blkparse text",
    "before-first.blktrace.0": "binary blktrace",
    "complete-only.blkparse.txt": "blkparse text",
    "cut.blktrace.0": "binary blktrace",
    "remap-other-device.blkparse.txt": "blkparse text",
    "spc.csv": "SPC trace",
    "v8.blktrace.0": "binary blktrace",
    "zoned.blkparse.txt": "blkparse text",
  };
  const folder = new URL("../../data/cases/", import.meta.url);
  let found = 0;
  for await (const { name } of Deno.readDir(folder)) {
    const bytes = await Deno.readFile(new URL(name, folder));
    const formats = detected(bytes);
    if (name.endsWith(".fio")) assertEquals(formats, ["fio job file"], name);
    else {
      assertEquals(formats, name in expected ? [expected[name]] : [], name);
      if (name in expected) found++;
    }
  }
  assertEquals(found, Object.keys(expected).length);
  const cache = new URL("../../data/cache/", import.meta.url);
  for await (const { name } of Deno.readDir(cache)) {
    const { head, chunks } = await openStream(
      name,
      (await Deno.open(new URL(name, cache))).readable,
    );
    await chunks.return();
    assertEquals(detected(head), [], name);
    if (!name.endsWith(".gz")) continue;
    const format = name.includes("din") ? "din" : "binary";
    assertEquals(addressTraceFormats(head), [format], name);
  }
});

Deno.test("readTrace() takes a format that it is told, whatever the content", async () => {
  // Without its third column, MSR's line could be anybody's.
  const text = "938513000 4 264719034 16 0\n";
  const format = findTraceFormat("mqsim");
  const { rows } = await traceRows(text, { format });
  assertEquals(rows, [[1, 264719034 * 512, 8192, 938513000]]);
  await assertRejects(
    () => traceRows(text, { format: findTraceFormat("spc") }),
    SyntaxError,
    "Cannot read SPC trace",
  );
  assertThrows(
    () => findTraceFormat("msrc"),
    RangeError,
    'Cannot find trace format "msrc", expected one of: blktrace, iolog, ' +
      "blkparse",
  );
});

Deno.test("readTrace() refuses to choose events where there are none", async () => {
  await assertRejects(
    () => traceRows(LOG, { name: "x.iolog", events: "D" }),
    RangeError,
    'Cannot take the D events of "x.iolog": found fio iolog, which holds I/Os',
  );
});

Deno.test("readTrace() refuses a choice of events that there is not", async () => {
  await assertRejects(
    () => traceRows(LOG, { events: "X" as "Q" }),
    RangeError,
    'Cannot read a trace: found events "X", expected one of: Q, D, C, auto',
  );
});

Deno.test("readTrace() names what other programs have written, and how to read it", async () => {
  const ascii = (text: string) => [...new TextEncoder().encode(text)];
  const cases: [number[], string][] = [
    [[0xff, 0xfe, 0x66, 0], "found text in UTF-16, expected UTF-8 (iconv"],
    [[0xfe, 0xff, 0, 0x66], "found text in UTF-16, expected UTF-8 (iconv"],
    [
      ascii("fio version 3 iolog\r0 d read 0 4096\r"),
      "found lines that end with only a carriage return",
    ],
    [[0x28, 0xb5, 0x2f, 0xfd, 4], "found data compressed by zstd, expected gz"],
    [[0xfd, ...ascii("7zXZ\0")], "found data compressed by xz"],
    [ascii("BZh91AY"), "found data compressed by bzip2"],
    [ascii("PK\x03\x04"), "found a zip archive"],
    [[0x17, 8, 0x44, ...ascii("tracing6")], "a binary trace of trace-cmd, exp"],
    [ascii("PERFILE2"), "expected its text (perf script -i FILE)"],
  ];
  for (const [bytes, message] of cases) {
    await assertRejects(
      () => traceRows(new Uint8Array(bytes), { name: "x" }),
      SyntaxError,
      message,
    );
  }
});

Deno.test("readTrace() takes off a byte order mark, in pieces and in gzip", async () => {
  const marked = new TextEncoder().encode("\ufeff" + LOG);
  for (const bytes of [marked, await gzip(marked)]) {
    for (const chunkBytes of [1, 2, 1 << 16]) {
      const { rows } = await traceRows(bytes, { chunkBytes });
      assertEquals(rows.length, 5000);
    }
  }
  await assertRejects(
    () => traceRows("\ufeff"),
    SyntaxError,
    "found an empty file",
  );
});
