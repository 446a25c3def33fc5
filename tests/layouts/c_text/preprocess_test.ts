import { assertEquals, assertThrows } from "@std/assert";
import { textMacro } from "../../../layouts/c_text/macros.ts";
import { withoutMail } from "../../../layouts/c_text/mail_text.ts";
import { Preprocessor } from "../../../layouts/c_text/preprocess.ts";
import { SourceText } from "../../../layouts/c_text/source_text.ts";

/** The words of a text, with options that are set. */
function words(text: string, set: readonly string[] = []): string {
  const asked: string[] = [];
  const given = [textMacro("__packed", "ATTR"), textMacro("ABI", "1")];
  const preprocessor = new Preprocessor(new SourceText("x.h", text), {
    macros: new Map(given.map((macro) => [macro.name, macro])),
    abiNames: new Set(["ABI"]),
    configuration: {
      isSet: (name) => {
        asked.push(name);
        return set.includes(name);
      },
    },
  });
  const found: string[] = [];
  for (;;) {
    const token = preprocessor.next();
    if (token === undefined) return found.join(" ");
    found.push(token.text);
  }
}

Deno.test("Preprocessor takes out comments and joins lines", () => {
  assertEquals(words("a/* b */c // d\ne /* f\n g */ h"), "a c e h");
  assertEquals(words("a \\\nb // c \\\n d\r\ne"), "a b d e");
  assertEquals(words("'it' don't \"x // y\" z"), "'it' don ' t \"x // y\" z");
  assertEquals(words("a /* no end"), "a");
});

Deno.test("Preprocessor follows conditions", () => {
  const text = "#ifdef CONFIG_A\na\n#elif defined(CONFIG_B) && !CONFIG_C\nb\n" +
    "#elif 1 + 1 == 2 && 0x10 >> 4 == 1 ? 1 : 0\nc\n#else\nd\n#endif\ne";
  assertEquals(words(text), "c e");
  assertEquals(words(text, ["CONFIG_A"]), "a e");
  assertEquals(words(text, ["CONFIG_B"]), "b e");
  assertEquals(words(text, ["CONFIG_B", "CONFIG_C"]), "c e");
  assertEquals(
    words("#if 0\n#if 1\na\n#else\nb\n#endif\n#else\nc\n#endif"),
    "c",
  );
  assertEquals(words("#if 0 /* x\n */ + 1\na\n#endif"), "a");
  assertEquals(
    words("#ifndef X\na\n#define X\n#endif\n#ifndef X\nb\n#endif"),
    "a",
  );
  // What is left of a header: no #if, no #endif.
  assertEquals(words("a\n#endif\n#else\nb\n#ifdef CONFIG_A\nc"), "a b");
  assertEquals(
    words(
      "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)\na\n#else\nb\n#endif",
    ),
    "b", // not defined here, so 0
  );
});

Deno.test("Preprocessor expands macros", () => {
  assertEquals(
    words("#define N (2 + 1)\nu8 x[N] __packed;"),
    "u8 x [ ( 2 + 1 ) ] ATTR ;",
  );
  assertEquals(words("#define F(a, b) b a\nF(1, (2, 3)) F"), "( 2 , 3 ) 1 F");
  assertEquals(words("#define V(a, rest...) a rest\nV(1, 2, 3)"), "1 2 , 3");
  assertEquals(words("#define V(...) < __VA_ARGS__ >\nV(1, 2)"), "< 1 , 2 >");
  assertEquals(words("#define P(n) u64 x ## n\nP(3);"), "u64 x3 ;");
  // A name comes out of itself as it is (ISO C, 6.10.3.4).
  assertEquals(words("#define a a b\n#define b a\na"), "a a");
  assertEquals(words("#define N 1\n#undef N\nN"), "N");
  assertEquals(
    words(
      "#define G(m...) { m }\nG(int a;\n#ifdef CONFIG_A\nint b;\n#endif\n)",
    ),
    "{ int a ; }",
  );
});

Deno.test("Preprocessor says where a condition is wrong", () => {
  assertThrows(
    () => words("a\n  #if (1\n"),
    SyntaxError,
    'Cannot read C of x.h, line 2, column 9: found its end, expected ")"',
  );
  assertThrows(
    () => words("#if 1 2"),
    SyntaxError,
    'line 1, column 7: found "2", expected the end of the expression',
  );
  assertThrows(() => words("#if 1 << 64"), SyntaxError, "0 to 63 bits");
});

Deno.test("withoutMail() keeps every place", () => {
  const cases: readonly [string, string][] = [
    ["> a", "  a"],
    [">> > a\r", "     a\r"],
    ["a > b", "a > b"],
    ["+\ta;\n-\tb;\n c", " \ta;\n    \n c"],
    ["> +\ta;\n> -\tb;\n>  c", "   \ta;\n      \n   c"],
    [
      "--- a/x.h\n+++ b/x.h\n@@ -1 +1 @@ struct page;\n c",
      `${" ".repeat(9)}\n${" ".repeat(9)}\n${" ".repeat(24)}\n c`,
    ],
    // No patch: a list, and C that begins with a sign.
    ["- one\n- two", "- one\n- two"],
  ];
  for (const [text, expected] of cases) {
    const read = withoutMail(text);
    assertEquals(read, expected);
    assertEquals(read.length, text.length);
  }
});
