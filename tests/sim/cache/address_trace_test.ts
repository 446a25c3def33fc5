/** Readers of address traces: what they take, and what they refuse and where. */
import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import {
  ADDRESS_TRACE_ENTRIES,
  type AddressTraceFormat,
} from "../../../sim/cache/address_formats.ts";
import { readAddressTrace } from "../../../sim/cache/address_trace.ts";
import { BinaryTraceWriter } from "../../../sim/cache/binary_trace.ts";
import {
  createReferenceBatch,
  type ReferenceBatch,
} from "../../../sim/cache/reference.ts";
import { loadTrace } from "./oracle_trace.ts";

type Reference = readonly [kind: string, address: bigint, size: number];

/** A stream of bytes in chunks of a given length. */
async function* chunksOf(bytes: Uint8Array, length = 7) {
  for (let at = 0; at < bytes.length; at += length) {
    yield await Promise.resolve(bytes.subarray(at, at + length));
  }
}

async function readAll(
  input: string | Uint8Array,
  options: { chunk?: number; format?: AddressTraceFormat } = {},
): Promise<Reference[]> {
  const bytes = typeof input === "string"
    ? new TextEncoder().encode(input)
    : input;
  const { chunk, ...known } = options;
  const trace = await readAddressTrace("t", chunksOf(bytes, chunk), known);
  const all: Reference[] = [];
  for await (const batch of trace.batches) {
    for (let at = 0; at < batch.length; at++) {
      const meta = batch.sizeAndKind[at] ?? 0;
      all.push([
        "rwim"[meta & 3] ?? "",
        BigInt((batch.addressHi[at] ?? 0) >>> 0) << 32n |
        BigInt((batch.addressLo[at] ?? 0) >>> 0),
        meta >>> 2,
      ]);
    }
  }
  return all;
}

Deno.test("readAddressTrace() reads lackey text with valgrind's messages", async () => {
  const text = "==7== Lackey\n\nI  0401ab70,3\n S 1fff000d08,8\nSB 0401ab70\n" +
    " L 0401b771,16\n M ffffffffffffffff,1\n==7== \n";
  assertEquals(await readAll(text), [
    ["i", 0x401ab70n, 3],
    ["w", 0x1fff000d08n, 8],
    ["r", 0x401b771n, 16],
    ["m", 0xffff_ffff_ffff_ffffn, 1],
  ]);
});

Deno.test("readAddressTrace() counts the lines that it passes over", async () => {
  const bytes = new TextEncoder().encode("==7== a\nI  10,3\n\n");
  const trace = await readAddressTrace("t", chunksOf(bytes));
  for await (const batch of trace.batches) assertEquals(batch.length, 1);
  assertEquals(trace.skippedLines(), 2);
});

Deno.test("readAddressTrace() reads din sizes as hexadecimal", async () => {
  assertEquals(await readAll("r 10 10\nw 0x1F 0xa\ni 0 a\n"), [
    ["r", 16n, 16],
    ["w", 31n, 10],
    ["i", 0n, 10],
  ]);
});

Deno.test("readAddressTrace() reads classic din as Dinero -informat d", async () => {
  // 4 bytes at the address rounded down to 4; the rest of a line is ignored.
  const text = "0 1003\r\n1\t2000 8  \r\n 2  3001 any text\n0x1 7\n00 0xb\n" +
    "0 1fff000d0f\n";
  for (const chunk of [3, 1 << 10]) {
    assertEquals(await readAll(text, { chunk }), [
      ["r", 0x1000n, 4],
      ["w", 0x2000n, 4],
      ["i", 0x3000n, 4],
      ["w", 4n, 4],
      ["r", 8n, 4],
      ["r", 0x1fff000d0cn, 4],
    ]);
  }
  const trace = await readAddressTrace(
    "t",
    chunksOf(new TextEncoder().encode(text + "0 1fff000d0c\n".repeat(9))),
  );
  for await (const batch of trace.batches) assertEquals(batch.length, 15);
  assertEquals(trace.remarks(), {
    "classic addresses rounded down to 4 bytes": 5,
    "lines with a comment behind the reference": 2,
  });
});

Deno.test("readAddressTrace() reads extended din as Dinero -informat D", async () => {
  // p2d writes a comment behind the size (xdinfmt.c ignores it).
  const text = "r 1000 4\td0\n  w 0x1010 0x8 \tanything\r\ni 1020 4\t\n";
  const trace = await readAddressTrace(
    "t",
    chunksOf(new TextEncoder().encode(text)),
  );
  assertEquals(await readAll(text), [
    ["r", 0x1000n, 4],
    ["w", 0x1010n, 8],
    ["i", 0x1020n, 4],
  ]);
  for await (const batch of trace.batches) assertEquals(batch.length, 3);
  assertEquals(trace.remarks(), {
    "lines with a comment behind the reference": 2,
  });
});

Deno.test("readAddressTrace() reads lackey lines with other blanks", async () => {
  assertEquals(
    await readAll(" L 10,4 \n S 18,4\t\r\nL 20,8\nI 30,3\n\tM  40,1\n \t\n"),
    [
      ["r", 16n, 4],
      ["w", 24n, 4],
      ["r", 32n, 8],
      ["i", 48n, 3],
      ["m", 64n, 1],
    ],
  );
});

for (const chunk of [1, 3, 1 << 20]) {
  Deno.test(`readAddressTrace() does not mind chunks of ${chunk} bytes`, async () => {
    assertEquals(await readAll("r 1 1\nw 22 2\ni 333 3", { chunk }), [
      ["r", 1n, 1],
      ["w", 0x22n, 2],
      ["i", 0x333n, 3],
    ]);
  });
}

const malformed: [string, string, string][] = [
  ["I  10,3\n L zz,8\n", "line 2, column 4", '"zz,8"'],
  ["I  10,3\n L 10;8\n", "line 2, column 6", '";8"'],
  ["I  10,0\n", "line 1, column 7", "a size from 1"],
  ["I  10,3x\n", "line 1, column 8", "end of the line"],
  ["I  10,3\n X 10,3\n", "line 2, column 1", "I, L, S or M"],
  ["I  12345678901234567,3\n", "line 1, column 4", "16 hexadecimal"],
  ["I  10,3\n L 10,999999999999\n", "line 2, column 7", "a size from 1"],
  ["r 10 8\nx 10 8\n", "line 2, column 1", "r, w, i, 0, 1 or 2"],
  ["r 10 8\nm 10 8\n", "line 2, column 1", "(m, c, v, 3, 4, 5) are not"],
  ["r 10 8\n4 10\n", "line 2, column 1", "(m, c, v, 3, 4, 5) are not"],
  ["r 10 8\nr 10\n", "line 2, column 5", "a size from 1"],
  ["r 10 8\n0 10,3\n", "line 2, column 5", '",3"'],
  ["r 10 8\nr zz 8\n", "line 2, column 3", '"zz 8"'],
  ["r 10 8\nr 10 0\n", "line 2, column 6", "hexadecimal"],
  ["r 10 8x 9\n", "line 1, column 7", '"x 9"'],
  ["hello\n", "line 1, column 1", "one of lackey, din, binary"],
  ["", "line 1, column 1", "no reference"],
];
for (const [text, where, what] of malformed) {
  Deno.test(`readAddressTrace() refuses ${JSON.stringify(text)} at ${where}`, async () => {
    const error = await assertRejects(() => readAll(text), SyntaxError, where);
    assertEquals(error.message.includes(what), true, error.message);
    assertEquals(error.message.startsWith('Cannot read trace "t": '), true);
  });
}

Deno.test("readAddressTrace() refuses a text without line feeds in constant memory", async () => {
  const endless = new Uint8Array(1 << 18).fill(0x20);
  endless.set([0x72, 0x20]); // "r "
  await assertRejects(
    () => readAll(endless, { chunk: 4096 }),
    SyntaxError,
    "no line feed",
  );
});

const references = fc.array(
  fc.record({
    kind: fc.nat(3),
    lo: fc.integer(),
    hi: fc.oneof(fc.constant(0), fc.constant(0x1f), fc.integer()),
    size: fc.oneof(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 1 << 28 }),
    ),
  }),
  { minLength: 1, maxLength: 60 },
);

Deno.test("BinaryTraceWriter.encode() and the reader are inverse", async () => {
  await fc.assert(
    fc.asyncProperty(references, fc.nat(20), async (all, chunk) => {
      const batch = createReferenceBatch(all.length);
      all.forEach(({ kind, lo, hi, size }, at) => {
        batch.addressLo[at] = lo;
        batch.addressHi[at] = hi;
        batch.sizeAndKind[at] = size << 2 | kind;
      });
      batch.length = all.length;
      const bytes = new BinaryTraceWriter().encode(batch);
      assertEquals(
        await readAll(bytes, { chunk: chunk + 1 }),
        all.map(({ kind, lo, hi, size }) => [
          "rwim"[kind] ?? "",
          BigInt(hi >>> 0) << 32n | BigInt(lo >>> 0),
          size,
        ]),
      );
      // Cut anywhere behind the signature and a record, it is refused.
      await assertRejects(
        () => readAll(bytes.subarray(0, bytes.length - 1)),
        SyntaxError,
      );
    }),
    { numRuns: 200, seed: 20190626 },
  );
});

Deno.test("BinaryTraceWriter.encode() writes the bytes that are documented", () => {
  const batch = createReferenceBatch(3);
  batch.addressLo.set([0x10, 0x13, 0x8]);
  batch.sizeAndKind.set([3 << 2 | 2, 64 << 2 | 2, 8 << 2 | 1]);
  batch.length = 3;
  // Instruction at 16, 3 bytes: predicted 0, zigzag(16) = 32. Then one where
  // predicted, of 64 bytes: size field. A write at 8: data stream, zigzag 16.
  assertEquals(
    [...new BinaryTraceWriter().encode(batch)],
    [
      ...[0x89, 0x42, 0x56, 0x41, 0x54, 0x0d, 0x0a, 0x01],
      ...[3 << 2 | 2, 32],
      ...[2, 64, 0],
      ...[8 << 2 | 1, 16],
    ],
  );
});

Deno.test("readAddressTrace() reads ls whole, with lackey's own totals", async () => {
  const trace = await loadTrace("ls.trace.gz");
  const kinds = [0, 0, 0, 0];
  for (let at = 0; at < trace.length; at++) {
    const kind = (trace.sizeAndKind[at] ?? 0) & 3;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  // L, S, I and M lines of the lackey text.
  assertEquals(kinds, [620458, 340917, 2361398, 6750]);
});

Deno.test("readAddressTrace() ends where its signal aborts, without an error", async () => {
  const abort = new AbortController();
  async function* endless() {
    yield new TextEncoder().encode("r 10 8\n".repeat(1000));
    abort.abort(); // once these are read and more is asked for
    await new Promise(() => {}); // nothing more, ever
  }
  const trace = await readAddressTrace("t", endless(), {
    signal: abort.signal,
  });
  let references = 0;
  for await (const batch of trace.batches) references += batch.length;
  assertEquals(references, 1000);
});

/** What was read of a text, or its error. */
async function outcome(text: string, format: AddressTraceFormat) {
  try {
    const stream = new Response(text).body as ReadableStream<Uint8Array>;
    const found: number[] = [];
    const reading = await readAddressTrace("t", stream, { format });
    for await (const batch of reading.batches) found.push(...wordsOf(batch));
    const { skippedLines, remarks } = reading;
    return { found, skippedLines: skippedLines(), remarks: remarks() };
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function wordsOf(batch: ReferenceBatch): number[] {
  const { addressLo, addressHi, sizeAndKind, length } = batch;
  return Array.from({ length }, (_, at) => [
    addressLo[at] ?? NaN,
    addressHi[at] ?? NaN,
    sizeAndKind[at] ?? NaN,
  ]).flat();
}

/** The same, line by line: the text is not where WebAssembly takes it from. */
function carefully(text: string, format: AddressTraceFormat) {
  const entry = ADDRESS_TRACE_ENTRIES.find(({ name }) => name === format);
  const parser = entry?.create("t");
  const bytes = new TextEncoder().encode(text);
  const batch = createReferenceBatch(64);
  try {
    parser?.parse({ bytes, at: 0, end: bytes.length, isLast: true }, batch);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
  const { skippedLines, remarks } = parser ?? {};
  return { found: wordsOf(batch), skippedLines, remarks };
}

for (const format of ["lackey", "din"] as const) {
  Deno.test(`WebAssembly reads ${format} as the careful way does`, async () => {
    const digits = fc.array(
      fc.constantFrom(..."0123456789abcdefABCDEF"),
      { minLength: 0, maxLength: 18 },
    ).map((list) => list.join(""));
    const size = fc.constantFrom(
      ...["0", "1", "8", "9", "a", "f", "16", "", "-1", "00", "10", "99", "1f"],
      ...["f1", "g", ":", "/", "1:", "100"],
    );
    const line = format === "lackey"
      ? fc.tuple(
        fc.constantFrom("I  ", " L ", " S ", " M ", " X ", "I ", "II ", "  L"),
        digits,
        fc.constantFrom(",", ",", ",", " ", ""),
        size,
        fc.constantFrom("\n", "\n", "\r\n", " \n"),
      )
      : fc.tuple(
        fc.constantFrom("r ", "w ", "i ", "0 ", "1 ", "1\t", "2  ", "x ", "r"),
        fc.tuple(fc.constantFrom("", "", "0x"), digits).map((t) => t.join("")),
        fc.constantFrom(" ", " ", " ", "  ", ","),
        size,
        fc.constantFrom("\n", "\n", "\r\n", " \n", " d0\n"),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.array<string[]>(line, { maxLength: 9 }),
        async (lines) => {
          const text = lines.flat().join("") + (lines.length > 0 ? "" : "\n");
          assertEquals(await outcome(text, format), carefully(text, format));
        },
      ),
      { numRuns: 1000 },
    );
  });
}

Deno.test("each byte of a usual line may be any other one", async () => {
  const lines = {
    lackey: ["I  0401ab70,3\n", " L 1fff000d08,16\n"],
    din: ["r 1fff000d08 8\n", "i 401ab70 1f\n", "0 401ab71\n"],
  } as const;
  for (const format of ["lackey", "din"] as const) {
    for (const line of lines[format]) {
      for (let at = 0; at < line.length; at++) {
        for (const other of "\0\t\n\r +,-/019:@AFGILMRSWZ`afgiklmrswz{\x7f") {
          // What comes behind it is not what it is read as.
          const text = line.slice(0, at) + other + line.slice(at + 1) + line;
          assertEquals(
            await outcome(text, format),
            carefully(text, format),
            JSON.stringify(text),
          );
        }
      }
    }
  }
});

Deno.test("a chunk of any length is parsed, 64 KiB at a time", async () => {
  const line = " L 1fff000d08,8\n";
  for (const bytes of [100, 1 << 16, 1 << 20]) {
    const count = Math.ceil(bytes / line.length);
    const text = new TextEncoder().encode(line.repeat(count));
    const found = await readAll(text, { chunk: bytes, format: "lackey" });
    assertEquals(found.length, count);
    assertEquals(
      found.every(([kind, address, size]) =>
        kind === "r" && address === 0x1fff000d08n && size === 8
      ),
      true,
    );
  }
});
