import { assertEquals, assertThrows } from "@std/assert";
import {
  parseQuantity,
  QuantityError,
  type QuantityRange,
} from "../../../sim/text/quantity.ts";

const SIZE: QuantityRange = { kind: "size", least: 0 };
const COUNT: QuantityRange = { kind: "count", least: 0 };
const TIME: QuantityRange = { kind: "time", least: 0, fraction: true };

Deno.test("parseQuantity() reads sizes as fio and dd write them", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["4096", 4096],
    ["4096B", 4096],
    ["4k", 4096],
    ["4K", 4096],
    ["4ki", 4096],
    ["4KiB", 4096],
    ["4kib", 4096],
    ["64M", 2 ** 26],
    ["64m", 2 ** 26],
    ["64MiB", 2 ** 26],
    ["1g", 2 ** 30],
    ["1Gi", 2 ** 30],
    ["2T", 2 ** 41],
    ["1P", 2 ** 50],
    ["1e3", 1000],
    ["1E6", 1e6],
    ["2e3k", 2000 * 1024],
    ["0.5k", 512],
    [".5M", 2 ** 19],
    ["1.5GiB", 1.5 * 2 ** 30],
    ["0x1000", 4096],
    ["0X10", 16],
    ["007", 7],
  ];
  for (const [text, value] of cases) {
    assertEquals(parseQuantity(text, SIZE), value, text);
  }
});

Deno.test("parseQuantity() reads counts with the same suffixes", () => {
  const cases: [string, number][] = [
    ["32", 32],
    ["32k", 32768],
    ["1Mi", 2 ** 20],
    ["1e3", 1000],
    ["2.5e2", 250],
    ["0x20", 32],
  ];
  for (const [text, value] of cases) {
    assertEquals(parseQuantity(text, COUNT), value, text);
  }
  assertThrows(() => parseQuantity("32KiB", COUNT), QuantityError);
  assertThrows(() => parseQuantity("32B", COUNT), QuantityError);
});

Deno.test("parseQuantity() reads times, in seconds if they have no unit", () => {
  const cases: [string, number][] = [
    ["30", 30],
    ["0.5", 0.5],
    ["500ms", 0.5],
    ["2m", 120],
    ["1h", 3600],
    ["30S", 30],
    ["250us", 0.00025],
    ["250µs", 0.00025],
    ["1e2", 100],
  ];
  for (const [text, value] of cases) {
    assertEquals(parseQuantity(text, TIME), value, text);
  }
  const whole = { kind: "time", least: 0, unit: "ns" } as const;
  assertEquals(parseQuantity("2.5us", whole), 2500);
  assertEquals(parseQuantity("0.1ms", whole), 100_000);
  assertEquals(parseQuantity("1.1us", whole), 1100);
  assertEquals(parseQuantity("7", whole), 7);
});

Deno.test("parseQuantity() reads percentages with and without a sign", () => {
  const percent = {
    kind: "percent",
    least: 0,
    most: 100,
    fraction: true,
  } as const;
  assertEquals(parseQuantity("5", percent), 5);
  assertEquals(parseQuantity("0.5%", percent), 0.5);
  assertThrows(() => parseQuantity("101%", percent), QuantityError);
  assertThrows(() => parseQuantity("5k", percent), QuantityError);
});

Deno.test("parseQuantity() refuses what two tools read differently", () => {
  const cases: [string, string][] = [
    // dd: kB is 1000; fio: kB is k, 1024.
    ["4kB", 'found "4kB", which is 4000 to dd and 4096 to fio'],
    ["4kB", "expected 4KiB (4096) or 4000"],
    ["64MB", "expected 64MiB (67108864) or 64000000"],
    ["1gb", "which is 1000000000 to dd and 1073741824 to fio"],
    ["8b", "bytes to fio and blocks of 512 bytes to dd, expected 8, or 4096"],
  ];
  for (const [text, words] of cases) {
    const error = assertThrows(
      () => parseQuantity(text, SIZE),
      QuantityError,
      words,
    );
    assertEquals(error.isAmbiguous, true);
  }
});

Deno.test("parseQuantity() refuses what is no number", () => {
  for (
    const text of [
      "",
      " ",
      "k",
      "-1",
      "+1",
      "4 k",
      "4k ",
      "4kk",
      "4kx",
      "1,000",
      "1_000",
      "1.5.2",
      "1e",
      "1e400",
      "1e-3",
      "0x",
      "0x10k",
      "NaN",
      "Infinity",
      "٤",
      "2x512",
      "4w",
      "9".repeat(400),
      "99999P",
    ]
  ) {
    const error = assertThrows(() => parseQuantity(text, SIZE), RangeError);
    assertEquals(error.message.length < 240, true, text.slice(0, 20));
  }
});

Deno.test("parseQuantity() keeps to its range and to whole numbers", () => {
  const range = { kind: "count", least: 1, most: 256 } as const;
  for (const text of ["0", "257", "1k"]) {
    assertThrows(
      () => parseQuantity(text, range),
      QuantityError,
      `found "${text}", expected a whole number from 1 to 256`,
    );
  }
  assertThrows(
    () => parseQuantity("0.5", range),
    QuantityError,
    'found "0.5", expected a whole number from 1 to 256',
  );
  assertThrows(
    () => parseQuantity("1.5", range),
    QuantityError,
    'found "1.5", expected a whole number from 1 to 256',
  );
  assertThrows(
    () => parseQuantity("0.3k", SIZE),
    QuantityError,
    'found "0.3k", which is 307.2, expected a size such as',
  );
});

Deno.test("parseQuantity() names the end that a number lies beyond", () => {
  const seed = (text: string) =>
    parseQuantity(text, { kind: "count", least: 0 });
  assertEquals(seed("9007199254740991"), 2 ** 53 - 1);
  for (
    const [text, expected] of [
      ["-1", "a whole number from 0, such as 4096, 4k or 1e3"],
      [
        "9007199254740992",
        "a whole number from 0 to 9007199254740991, such as",
      ],
      ["1e300", "a whole number from 0 to 9007199254740991, such as"],
    ] as const
  ) {
    assertThrows(
      () => seed(text),
      RangeError,
      `found "${text}", expected ${expected}`,
    );
  }
  assertEquals(
    assertThrows(
      () => parseQuantity("x", { kind: "count", least: 1, most: 1024 }),
      QuantityError,
    ).message.split(", such as").length,
    1,
  );
  assertThrows(
    () => parseQuantity("8388608G", { kind: "size", least: 1 }),
    RangeError,
    "expected a size from 1 to 9007199254740991 bytes, such as",
  );
});
