import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  findIdentifiers,
  LineStarts,
} from "../../../bench/source_audit/identifiers.ts";

const isPage = (name: string) => name === "bv_page";

/** Pieces of C that hold the identifier so often as the number says. */
const PIECES: readonly (readonly [text: string, count: number])[] = [
  ["bv_page", 1],
  ["v->bv_page", 1],
  ["{ .bv_page = bv_page }", 2],
  ["/* bv_page */", 0],
  ["/* bv_page\n * bv_page // \" ' */", 0],
  ["/**/bv_page/**/", 1],
  ["// bv_page ' \" /*\n", 0],
  ["// bv_page \\\n bv_page\n", 0],
  ['"bv_page"', 0],
  ['"\\" bv_page \\\\"', 0],
  ['"bv_page /*" bv_page "*/"', 1],
  ['L"bv_page"', 0],
  ["'\\''bv_page", 1],
  ["'\"' bv_page '\"'", 1],
  ["'/*' bv_page", 1],
  ["#error bv_page isn't bv_page\n", 1],
  ["my_bv_page bv_page2 bv_pages _bv_page $bv_page", 0],
  ["0xbv_page 1.bv_page 1e+bv_page", 0],
  ["a.bv_page/bv_page", 2],
  ["\\\n", 0],
  ["+", 0],
];

Deno.test("findIdentifiers() counts no comment, string or longer word", () => {
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 });
  fc.assert(fc.property(pieces, (chosen) => {
    const text = chosen.map(([piece]) => piece).join(" ");
    const expected = chosen.reduce((sum, [, count]) => sum + count, 0);
    const found = findIdentifiers(text, isPage);
    assertEquals(found.length, expected, text);
    for (const { at } of found) {
      assertEquals(text.slice(at, at + 7), "bv_page");
    }
  }));
});

Deno.test("findIdentifiers() ends with a text that does not", () => {
  for (const text of ["/* bv_page", '"bv_page', "'bv_page", "// bv_page"]) {
    assertEquals(findIdentifiers(text, isPage), [], text);
    assertEquals(findIdentifiers(`bv_page ${text}`, isPage).length, 1, text);
  }
  assertEquals(findIdentifiers("'bv_page\nbv_page", isPage).length, 1);
});

Deno.test("LineIndex gives line and column from 1", () => {
  const lines = new LineStarts("a\nbc\r\n\nd");
  assertEquals(
    [0, 1, 2, 3, 6, 7].map((at) => {
      const { line, column } = lines.place(at);
      return `${line}:${column}`;
    }),
    ["1:1", "1:2", "2:1", "2:2", "3:1", "4:1"],
  );
  assertEquals([1, 2, 5].map((line) => lines.start(line)), [0, 2, Infinity]);
});
