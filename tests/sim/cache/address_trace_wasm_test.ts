/** Lines that WebAssembly takes are read as the careful way reads them. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  ADDRESS_TRACE_ENTRIES,
  type AddressTraceFormat,
} from "../../../sim/cache/address_formats.ts";
import { readAddressTrace } from "../../../sim/cache/address_trace.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import {
  createReferenceBatch,
  type ReferenceBatch,
} from "../../../sim/cache/reference.ts";
import { createRoomyBatch } from "../../../sim/cache/text_room.ts";
import { chunksOf, readAll } from "./read_references.ts";

/** What was read of a text, or its error. */
async function outcome(
  text: string,
  format: AddressTraceFormat,
  { chunk = 1 << 20, batch }: { chunk?: number; batch?: ReferenceBatch } = {},
) {
  try {
    const chunks = chunksOf(new TextEncoder().encode(text), chunk);
    const found: number[] = [];
    const reading = await readAddressTrace("t", chunks, {
      format,
      ...(batch !== undefined && { batch }),
    });
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

/** Room that parsers have one after the other: a new one has a MiB of its own. */
const ROOMY = createRoomyBatch(64);
/** What is read carefully, beside no room. */
const PLAIN = createReferenceBatch(1024);

/** The same, line by line: the text is not where WebAssembly takes it from. */
function carefully(text: string, format: AddressTraceFormat) {
  const entry = ADDRESS_TRACE_ENTRIES.find(({ name }) => name === format);
  const parser = entry?.create("t", ROOMY);
  const bytes = new TextEncoder().encode(text);
  const batch = PLAIN;
  batch.length = 0;
  try {
    parser?.parse({ bytes, at: 0, end: bytes.length, isLast: true }, batch);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  } finally {
    parser?.close?.();
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
          assertEquals(
            await outcome(text, format, { batch: ROOMY }),
            carefully(text, format),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
}

/** Batches of all kinds: with room, of a hierarchy, and without. */
const BATCHES = {
  default: () => undefined,
  "a hierarchy's": () =>
    createHierarchy({
      levels: [{ name: "L1", sizeBytes: 4096, ways: 4, lineBytes: 64 }],
    }).createBatch(64),
  plain: () => createReferenceBatch(64),
} as const;

for (const [kind, makeBatch] of Object.entries(BATCHES)) {
  for (const format of ["lackey", "din"] as const) {
    Deno.test(`usual lines of ${format} with others between, in chunks, into ${kind} batch`, async () => {
      const hexadecimal = fc.integer({ min: 0, max: 0xffff_ffff });
      const usual = fc.tuple(
        fc.constantFrom(
          ...(format === "lackey"
            ? ["I  ", " L ", " S ", " M "]
            : ["r ", "w ", "i ", "r ", "0 ", "W "]),
        ),
        fc.tuple(fc.constantFrom("", "", "1f", "7ffd"), hexadecimal)
          .map(([high, low]) => high + low.toString(16).padStart(8, "0")),
        fc.constantFrom(..."1234888889").map((digit) =>
          format === "lackey" ? `,${digit}\n` : ` ${digit}\n`
        ),
      ).map((parts) => parts.join(""));
      const other = fc.constantFrom(
        ...(format === "lackey"
          ? [" L 1fff000d08,16\n", " S 10,32 \n", "==7== a\n", "SB 0401ab70\n"]
          : ["r 1fff000d08 10\n", "w 0x10 20\td0\n", "1 41\n", "  \n"]),
        ...["\n", "\r\n", "I  0401ab70,3\r\n", "i 401ab70 3\r\n", "X\n"],
        ..." L 12345678901234567,8\n",
      );
      const line = fc.oneof(
        { weight: 30, arbitrary: usual },
        { weight: 1, arbitrary: other },
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(line, { minLength: 1, maxLength: 200 }),
          fc.integer({ min: 1, max: 300 }),
          fc.boolean(),
          async (lines, chunk, isEnded) => {
            const text = lines.join("");
            // Of the last line, its end may be missing.
            const given = isEnded ? text : text.slice(0, -1);
            if (given === "") return;
            const batch = makeBatch();
            assertEquals(
              await outcome(given, format, {
                chunk,
                ...(batch !== undefined && { batch }),
              }),
              carefully(given.endsWith("\n") ? given : `${given}\n`, format),
            );
          },
        ),
        { numRuns: 200 },
      );
    });
  }
}

Deno.test("two readers of one batch take turns", async () => {
  const batch = createHierarchy({
    levels: [{ name: "L1", sizeBytes: 4096, ways: 4, lineBytes: 64 }],
  }).createBatch(16);
  const texts = {
    lackey: " L 1fff000d08,8\n".repeat(100),
    din: "w 7ffd401ab70 4\n".repeat(100),
  };
  const readings = await Promise.all(
    (["lackey", "din"] as const).map(async (format) => ({
      format,
      found: [] as number[],
      reading: await readAddressTrace(
        "t",
        chunksOf(new TextEncoder().encode(texts[format]), 500),
        { format, batch },
      ),
    })),
  );
  let isOver = false;
  while (!isOver) {
    isOver = true;
    for (const { reading, found } of readings) {
      batch.length = 0;
      const { done } = await reading.batches.next();
      if (done) continue;
      isOver = false;
      found.push(...wordsOf(batch));
    }
  }
  for (const { format, found } of readings) {
    assertEquals(
      { found, skippedLines: 0, remarks: {} },
      carefully(texts[format], format),
    );
  }
});

Deno.test("each byte of a usual line may be any other one", async () => {
  const lines = {
    lackey: ["I  0401ab70,3\n", " S 1fff000d08,8\n", " L 1fff000d08,16\n"],
    din: ["r 1fff000d08 8\n", "i 401ab70 1f\n", "0 401ab71\n"],
  } as const;
  const batch = ROOMY;
  for (const format of ["lackey", "din"] as const) {
    for (const line of lines[format]) {
      // One line by itself, and each of four that are looked at together.
      const behind = line.repeat(8);
      const places = [
        ["", line],
        ...[0, 1, 2, 3].map((count) => [line.repeat(count), behind]),
      ];
      for (let at = 0; at < line.length; at++) {
        for (
          const other of "\0\t\n\r +,-/019:;?@AFGILMRSWZ_`afgiklmrswz{\x7f\xe9"
        ) {
          // What comes behind it is not what it is read as.
          const changed = line.slice(0, at) + other + line.slice(at + 1);
          for (const [before, after] of places) {
            const text = before + changed + after;
            assertEquals(
              await outcome(text, format, { batch }),
              carefully(text, format),
              JSON.stringify(text),
            );
          }
        }
      }
    }
  }
});

Deno.test("a line goes on where no more line feeds are looked for", async () => {
  // Four lines are looked for in 72 bytes: what stands there is no line feed.
  const batch = ROOMY;
  const digits = "123456789abcdef";
  for (
    const [head, separator, format] of [[" L ", ",", "lackey"], [
      "r ",
      " ",
      "din",
    ]] as const
  ) {
    for (const size of ["8", "16"]) {
      for (let before = 8; before <= 15; before++) {
        const line = `${head}${digits.slice(0, before)}${separator}${size}\n`;
        for (let last = 1; last <= 13; last++) {
          for (const end of ["8 ", "87", "16 ", "167"]) {
            const text = line.repeat(3) +
              `${head}${digits.slice(0, last)}${separator}${end}\n` +
              line.repeat(6);
            assertEquals(
              await outcome(text, format, { batch }),
              carefully(text, format),
              JSON.stringify(text),
            );
          }
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
