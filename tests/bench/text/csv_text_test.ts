import { assertEquals } from "@std/assert";
import { csvText } from "../../../bench/text/csv_text.ts";

Deno.test("csvText() puts an apostrophe before what would be a formula", () => {
  for (
    const formula of ["=cmd()", "+1", "-1+2", "@SUM(A1)", "\uff1d1", " =1"]
  ) {
    assertEquals(csvText(formula), `'${formula}`);
  }
  // Other locales separate fields with semicolons.
  assertEquals(csvText("a;=1"), "a;'=1");
  assertEquals(csvText("a\n=1"), "a\n'=1");
  assertEquals(csvText("\t=1"), "\\x09=1");
});

Deno.test("csvText() leaves other text alone", () => {
  for (const text of ["seq128k", "-", "a-b=c", "no difference shown", "a\nb"]) {
    assertEquals(csvText(text), text);
  }
  assertEquals(csvText("a\x1b[31m"), "a\\x1b[31m");
});
