import { assertEquals, assertNotEquals } from "@std/assert";
import { AddressLines } from "../../../sim/cache/address_lines.ts";
import { createReferenceBatch } from "../../../sim/cache/reference.ts";
import { createRoomyBatch } from "../../../sim/cache/text_room.ts";

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
  { capacity = 8, filled = 0, kinds = kindOf, isRoomy = true } = {},
) {
  const batch = isRoomy
    ? createRoomyBatch(capacity)
    : createReferenceBatch(capacity);
  const lines = new AddressLines(format, kinds, batch);
  const bytes = lines.text;
  new TextEncoder().encodeInto(text, bytes);
  const input = { bytes, at: 0, end: text.length, isLast: true };
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

for (const isRoomy of [true, false]) {
  const where = isRoomy ? "in place" : "by copying";
  Deno.test(`AddressLines.take() fills a batch from its length on, and no further, ${where}`, () => {
    const { count, at, length, lo } = taken("din", "r 10 1\n".repeat(9), {
      capacity: 5,
      filled: 3,
      isRoomy,
    });
    assertEquals({ count, at, length, lo }, {
      ...{ count: 2, at: 14, length: 5, lo: [16, 16] },
    });
  });

  Deno.test(`AddressLines.take() takes four lines at a time, as many as there are, ${where}`, () => {
    // The 72 bytes that four lines are looked for in are there 9 times.
    const line = " L 1fff000d08,8\n";
    for (let count = 1; count < 45; count++) {
      for (const filled of [0, 1, 2, 3]) {
        const { lo, hi, meta, ...rest } = taken("lackey", line.repeat(count), {
          capacity: 40,
          filled,
          isRoomy,
        });
        const most = Math.min(count, 40 - filled);
        assertEquals(rest, {
          ...{ count: most, at: most * line.length, length: filled + most },
          rounded: 0,
        });
        assertEquals(lo, new Array(most).fill(0xff000d08 | 0));
        assertEquals(hi, new Array(most).fill(0x1f));
        assertEquals(meta, new Array(most).fill(8 << 2));
      }
    }
  });
}

Deno.test("AddressLines.take() takes addresses and sizes of any usual length, beside any others", () => {
  // 1 to 15 digits, and sizes of one digit and two: each beside each.
  const parts = Array.from(
    { length: 15 },
    (_, at) => "123456789abcdef".slice(at),
  )
    .flatMap((address) =>
      ["1", "9", "10", "99"].map((size) => ({ address, size }))
    );
  for (let step = 1; step < 8; step++) {
    const chosen = Array.from(
      { length: parts.length * 2 },
      (_, at) => parts[at * step % parts.length] ?? { address: "", size: "" },
    );
    const formats = [
      ["lackey", " M ", ",", 10],
      ["din", "w ", " ", 16],
    ] as const;
    for (const [format, head, separator, base] of formats) {
      const text = chosen.map(({ address, size }) =>
        `${head}${address}${separator}${size}\n`
      ).join("");
      const { count, lo, hi, meta } = taken(format, text, { capacity: 200 });
      assertEquals(count, chosen.length);
      const kind = format === "lackey" ? 3 : 1;
      chosen.forEach(({ address, size }, at) => {
        const value = BigInt(`0x${address}`);
        assertEquals(
          [lo[at], hi[at], meta[at]],
          [
            Number(BigInt.asIntN(32, value)),
            Number(value >> 32n),
            parseInt(size, base) << 2 | kind,
          ],
        );
      });
    }
  }
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
  new TextEncoder().encodeInto("w 20 4\n", lines.text);
  const bytes = new TextEncoder().encode("r 10 1\n");
  const input = { bytes, at: 0, end: bytes.length, isLast: true };
  const batch = createReferenceBatch(4);
  assertEquals([lines.take(input, batch), input.at, batch.length], [0, 0, 0]);
});

Deno.test("AddressLines.take() reads the last bytes of the text, and none behind them", () => {
  const batch = createRoomyBatch(8);
  const lines = new AddressLines("lackey", kindOf, batch);
  const bytes = lines.text;
  const line = " L 10,8\n";
  // What stands behind the end would be lines, too.
  new TextEncoder().encodeInto(line.repeat(20), bytes);
  for (const count of [1, 2, 9]) {
    const end = count * line.length;
    const at = bytes.length - end;
    new TextEncoder().encodeInto(line.repeat(count), bytes.subarray(at));
    for (const input of [{ at: 0, end }, { at, end: bytes.length }]) {
      batch.length = 0;
      const whole = { bytes, isLast: true, ...input };
      const most = Math.min(count, 8);
      assertEquals(
        [lines.take(whole, batch), whole.at],
        [most, input.at + most * line.length],
      );
      assertEquals([batch.addressLo[0], batch.sizeAndKind[0]], [16, 8 << 2]);
    }
  }
});

Deno.test("AddressLines share no memory, until it is left to others", () => {
  const batch = createRoomyBatch(8);
  const first = new AddressLines("lackey", kindOf, batch);
  const second = new AddressLines("din", kindOf, batch);
  assertEquals(first.text.buffer, batch.addressLo.buffer);
  assertNotEquals(second.text.buffer, batch.addressLo.buffer);
  for (
    const [lines, text] of [[second, "w 20 4\n"], [first, " L 10,8\n"]] as const
  ) {
    new TextEncoder().encodeInto(text, lines.text);
    const input = { bytes: lines.text, at: 0, end: text.length, isLast: true };
    assertEquals(lines.take(input, batch), 1);
  }
  assertEquals([...batch.addressLo.subarray(0, 2)], [0x20, 16]);
  first.close();
  const third = new AddressLines("din", kindOf, batch);
  assertEquals(third.text.buffer, batch.addressLo.buffer);
});
