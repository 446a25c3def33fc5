import { assertEquals } from "@std/assert";
import { plural } from "../../../sim/text/plural.ts";
import {
  paragraph,
  shortened,
  spaced,
} from "../../../bench/explain/shorten.ts";

Deno.test("shortened() counts what it leaves out, and never one alone", () => {
  const lines = (count: number) =>
    shortened(
      Array.from({ length: count }, (_, i) => i),
      { first: 2, last: 1, what: "entry", plural: "entries", indent: "" },
      (item, index) => [`${item}@${index}`],
    );
  assertEquals(lines(0), []);
  assertEquals(lines(4), ["0@0", "1@1", "2@2", "3@3"]);
  assertEquals(lines(5), ["0@0", "1@1", "... 2 more entries ...", "4@4"]);
});

Deno.test("plural(), spaced() and paragraph() write what a reader expects", () => {
  assertEquals(plural(1, "bio"), "1 bio");
  assertEquals(plural(0, "bio"), "0 bios");
  assertEquals(spaced("0011223344556677"), "00112233 44556677");
  assertEquals(spaced("001122334455"), "00112233 4455");
  const lines = paragraph("word ".repeat(30).trim(), { at: 2, hang: 4 });
  // 80 - 2 columns hold 15 words of 5; the second line begins 2 later.
  assertEquals(lines.map((line) => line.search(/\S/)), [2, 4]);
  assertEquals(lines.every((line) => line.length <= 80), true);
});
