import { assertEquals } from "@std/assert";
import { AddressLines } from "../../../sim/cache/address_lines.ts";
import { createReferenceBatch } from "../../../sim/cache/reference.ts";

/** Letters of any kinds: what they mean is the parsers' to say. */
const KINDS: Readonly<Record<string, number>> = {
  "r ": 0,
  "w ": 1,
  "0 ": 4,
  " L": 0,
  " M": 3,
};
const kindOf = (first: number, second: number) =>
  KINDS[String.fromCharCode(first, second)] ?? -1;

/** What is taken of a text: how many, up to where, and the columns. */
function taken(
  format: "lackey" | "din",
  text: string,
  { capacity = 8, filled = 0, kinds = kindOf } = {},
) {
  const lines = new AddressLines(format, kinds);
  const bytes = lines.allocate(text.length);
  new TextEncoder().encodeInto(text, bytes);
  const input = { bytes, at: 0, end: text.length, isLast: true };
  const batch = createReferenceBatch(capacity);
  batch.length = filled;
  const count = lines.take(input, batch);
  return {
    count,
    at: input.at,
    length: batch.length,
    lo: [...batch.addressLo.subarray(filled, filled + count)],
    hi: [...batch.addressHi.subarray(filled, filled + count)],
    meta: [...batch.sizeAndKind.subarray(filled, filled + count)],
    rounded: lines.rounded,
  };
}

Deno.test("AddressLines.take() takes usual lines of lackey, up to another one", () => {
  assertEquals(taken("lackey", " L 1fff000d08,8\n M 0401ab7F,16\n==7== \n"), {
    ...{ count: 2, at: 31, length: 2 },
    lo: [0xff000d08 | 0, 0x0401ab7f],
    hi: [0x1f, 0],
    meta: [8 << 2, 16 << 2 | 3],
    rounded: 0,
  });
});

Deno.test("AddressLines of one format have the kinds that each was given", () => {
  const text = " L 10,4\n";
  assertEquals(taken("lackey", text).meta, [4 << 2]);
  // Whoever came first does not decide for the others.
  const others = { kinds: () => 1 };
  assertEquals(taken("lackey", text, others).meta, [4 << 2 | 1]);
  assertEquals(taken("lackey", text).meta, [4 << 2]);
});

Deno.test("AddressLines.take() takes both forms of Dinero's lines", () => {
  assertEquals(taken("din", "w 1fff000d08 1f\n0 41\n0 40\nr 40 0\n"), {
    ...{ count: 3, at: 26, length: 3 },
    // 0x41 is rounded down to a word.
    lo: [0xff000d08 | 0, 0x40, 0x40],
    hi: [0x1f, 0, 0],
    meta: [31 << 2 | 1, 4 << 2, 4 << 2],
    rounded: 1,
  });
});

Deno.test("AddressLines.take() fills a batch from its length on, and no further", () => {
  const { count, at, length, lo } = taken("din", "r 10 1\n".repeat(9), {
    capacity: 5,
    filled: 3,
  });
  assertEquals({ count, at, length, lo }, {
    ...{ count: 2, at: 14, length: 5, lo: [16, 16] },
  });
});

Deno.test("AddressLines.take() leaves longer addresses and sizes to others", () => {
  for (
    const text of [
      ...[" L 1234567890123456,8\n", " L ,8\n", " L 10,100\n", " L 10,0\n"],
      ...[" L 10,00\n", " L 1g,8\n", " L 10 8\n", " Lx10,8\n", " X 10,8\n"],
      " L 10,8\r\n",
    ]
  ) assertEquals(taken("lackey", text).count, 0, text);
  for (
    const text of [
      ...["r 1234567890123456 8\n", "r  8\n", "r 10 100\n", "r 10 0\n"],
      ...["r 10 00\n", "r 1g 8\n", "r 10,8\n", "x 10 8\n", "0 10 \n"],
    ]
  ) assertEquals(taken("din", text).count, 0, text);
});

Deno.test("AddressLines.take() takes nothing from other memory", () => {
  const lines = new AddressLines("din", kindOf);
  // A usual line is where it would be looked for.
  new TextEncoder().encodeInto("w 20 4\n", lines.allocate(64));
  const bytes = new TextEncoder().encode("r 10 1\n");
  const input = { bytes, at: 0, end: bytes.length, isLast: true };
  const batch = createReferenceBatch(4);
  assertEquals([lines.take(input, batch), input.at, batch.length], [0, 0, 0]);
});

Deno.test("AddressLines.take() reads the last bytes of memory, which grows for them", () => {
  const lines = new AddressLines("lackey", kindOf);
  // From 0x20000 to the end of the 16 pages of 64 KiB that there are at first:
  // an address is loaded as 16 bytes, of which 5 are in the last line.
  const bytes = lines.allocate(16 * 0x10000 - 0x20000);
  const line = " L 10,8\n";
  const at = bytes.length - line.length;
  new TextEncoder().encodeInto(line, bytes.subarray(at));
  const input = { bytes, at, end: bytes.length, isLast: true };
  const batch = createReferenceBatch(1);
  assertEquals([lines.take(input, batch), input.at], [1, bytes.length]);
  assertEquals([batch.addressLo[0], batch.sizeAndKind[0]], [16, 8 << 2]);
});
