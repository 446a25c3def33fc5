import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  commandLines,
  quoteWord,
  splitWords,
} from "../../../bench/text/shell_words.ts";

Deno.test("quoteWord() quotes what a shell would take apart", () => {
  assertEquals(quoteWord("a/b.iolog"), "a/b.iolog");
  assertEquals(quoteWord("soa(x)"), "'soa(x)'");
  assertEquals(quoteWord("it's"), `'it'\\''s'`);
  assertEquals(quoteWord(""), "''");
});

Deno.test("splitWords() undoes quotes and escapes", () => {
  assertEquals(splitWords(`run  --x 'a b' "c d"e \\' f`), [
    "run",
    "--x",
    "a b",
    "c de",
    "'",
    "f",
  ]);
  assertEquals(splitWords("it's open"), ["it's", "open"]);
});

Deno.test("commandLines() breaks no word and loses none", () => {
  const words = fc.array(fc.string({ minLength: 1, maxLength: 30 }), {
    minLength: 1,
  });
  fc.assert(fc.property(words, (given) => {
    const printable = given.map((word) => word.replaceAll(/\p{C}/gu, "?"));
    const lines = commandLines(given, { width: 50 });

    assertEquals(splitWords(lines.join("\n").replaceAll(/ \\\n/g, " ")), [
      ...printable,
    ]);
    assert(
      lines.every((line) => line.length <= 50 || !/\S \S/.test(line)) ||
        printable.some((word) => quoteWord(word).length > 40),
    );
  }));
});
