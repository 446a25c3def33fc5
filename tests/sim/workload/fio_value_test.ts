import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type FioUnits,
  parseDirections,
  parseRange,
  parseSize,
  parseSizeOrPercent,
  parseSplit,
} from "../../../sim/workload/fio_value.ts";

const units = (kbBase = 1024): FioUnits => ({ kbBase, odd: new Map() });

Deno.test("parseSize() reads units as fio 3.33 does", () => {
  // [text, bytes with kb_base=1024, with 1000]; fio --write_iolog.
  const cases: [string, number, number][] = [
    ["4096", 4096, 4096],
    ["512b", 512, 512],
    ["4k", 4096, 4000],
    ["4K", 4096, 4000],
    ["4kB", 4096, 4000],
    ["4KiB", 4000, 4096],
    ["4kib", 4000, 4096],
    ["4ki", 4096, 4000], // as k, other than the HOWTO says
    ["1m", 2 ** 20, 1e6],
    ["1GiB", 1e9, 2 ** 30],
    ["2t", 2 ** 41, 2e12],
    ["1p", 2 ** 50, 1e15],
    ["0x10", 16, 16],
    ["0x10k", 16, 16],
    [" 4k", 4, 4],
    ["-8k", -8192, -8000],
    ["(1+2)*4k", 12288, 12288],
  ];
  for (const [text, binary, decimal] of cases) {
    assertEquals(parseSize(text, units()), binary, text);
    assertEquals(parseSize(text, units(1000)), decimal, text);
  }
  for (const text of ["", "k", "4x", "4kx", "1.5k", "4 k", "9p9", "99999p"]) {
    assertEquals(parseSize(text, units()), null, text);
  }
});

Deno.test("parseSize() notes what is not what it looks like", () => {
  const read = units();
  for (const text of ["4ki", " 4k", "0x1k", "4k", "4kib", " 4", "0x10"]) {
    parseSize(text, read);
  }
  assertEquals([...read.odd], [["4ki", 4096], [" 4k", 4], ["0x1k", 1]]);
});

Deno.test("parseSizeOrPercent() takes at most 100 %", () => {
  const read = (text: string) => parseSizeOrPercent(text, units());
  assertEquals(read("50%"), { percent: 50 });
  assertEquals(read("100%"), { percent: 100 });
  assertEquals(read("101%"), null);
  assertEquals(read("-1"), null);
  assertEquals(read(" 50%"), { bytes: 50 }); // as fio
});

Deno.test("parseDirections() leaves what is empty, and goes on with the last", () => {
  const read = (text: string) =>
    parseDirections(text, {
      separators: /,/,
      parse: (part) => /^\d+$/.test(part) ? Number(part) : null,
      before: [7, 8, 9],
    });
  assertEquals(read("1"), [1, 1, 1]);
  assertEquals(read("1,2"), [1, 2, 2]);
  assertEquals(read("1,2,3"), [1, 2, 3]);
  assertEquals(read(",2"), [7, 2, 2]);
  assertEquals(read("1,,3"), [1, 8, 3]);
  assertEquals(read("1,"), [1, 1, 1]);
  for (const text of ["", ",", "x", "1,x", "1,2,3,4"]) {
    assertEquals(read(text), null, text);
  }
});

Deno.test("parseRange() takes either order", () => {
  const read = (text: string) => parseRange(text, units());
  assertEquals(read("1k-4k"), { least: 1024, most: 4096 });
  assertEquals(read("4k:1k"), { least: 1024, most: 4096 });
  for (const text of ["4k", "4k-", "-4k", "1-2-3"]) {
    assertEquals(read(text), null, text);
  }
});

Deno.test("parseSplit() gives what is left to the largest share", () => {
  const shares = (text: string) =>
    parseSplit(text, units())?.map(({ percent }) => percent);
  assertEquals(shares("64k/50:4k/10"), [90, 10]);
  assertEquals(shares("4k/10:64k/50"), [10, 90]);
  // 100 / 3 is 33 in whole percent; of equal shares the last gets the rest.
  assertEquals(shares("1k/:2k/:4k/"), [33, 33, 34]);
  assertEquals(shares("4k"), [100]);
  assertEquals(shares("4k/0:8k/60"), [40, 60]); // 0 is no share
  assertEquals(shares("4k/60:8k/60"), undefined);
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 }),
    (percents) => {
      const text = percents.map((percent, i) => `${i + 1}k/${percent}`);
      const sum = shares(text.join(":"))?.reduce((a, b) => a + b, 0);
      return sum === undefined || sum === 100;
    },
  ));
});
