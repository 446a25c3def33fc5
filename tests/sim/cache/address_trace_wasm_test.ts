/** Lines that WebAssembly takes are read as the careful way reads them. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  ADDRESS_TRACE_ENTRIES,
  type AddressTraceFormat,
} from "../../../sim/cache/address_formats.ts";
import { readAddressTrace } from "../../../sim/cache/address_trace.ts";
import {
  createReferenceBatch,
  type ReferenceBatch,
} from "../../../sim/cache/reference.ts";
import { readAll } from "./read_references.ts";

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
