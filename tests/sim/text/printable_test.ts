import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  printableJson,
  printableLine,
  printableText,
} from "../../../sim/text/printable.ts";

Deno.test("printableLine() writes out what a terminal would act on", () => {
  assertEquals(printableLine("a\x1b[31mb\x07"), "a\\x1b[31mb\\x07");
  assertEquals(printableLine("\x9b2J\x7f\0"), "\\x9b2J\\x7f\\x00");
  assertEquals(printableLine("x\r\ny\tz"), "x\\x0d\\x0ay\\x09z");
  assertEquals(
    printableLine("a\u202eb\u2066\ufeff"),
    "a\\u202eb\\u2066\\ufeff",
  );
  assertEquals(printableLine("\ud83d!"), "\\ud83d!");
  assertEquals(printableLine("größe 🙂 日本"), "größe 🙂 日本");
});

Deno.test("printableText() keeps line ends and tabs, but no lone return", () => {
  assertEquals(printableText("a\tb\nc\r\nd\re"), "a\tb\nc\r\nd\\x0de");
});

Deno.test("printableJson() says the same value, printably", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = printableJson(JSON.stringify(value, null, 2));
      assertEquals(JSON.stringify(JSON.parse(json)), JSON.stringify(value));
      assertEquals(printableText(json), json);
    }),
  );
  assertEquals(printableJson('"\x9b\u202e"'), '"\\u009b\\u202e"');
});

/** Any code points; fast-check's own unit maps a million of them first. */
const anyText = fc.array(fc.integer({ min: 0, max: 0x10_ffff }))
  .map((points) => String.fromCodePoint(...points));

Deno.test("printableText() leaves nothing that is not printable", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const once = printableLine(text);
      assertEquals(printableLine(once), once);
      // Cc but none, Cf of the bidirectional kind but none.
      assertEquals(/\p{Cc}|\p{Bidi_Control}/u.test(once), false);
    }),
  );
});
