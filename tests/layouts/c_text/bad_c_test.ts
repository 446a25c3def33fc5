import { assert, assertEquals, assertRejects } from "@std/assert";
import { layoutFromC } from "../../../layouts/c_text/layout_from_c.ts";
import type { LayoutFromCOptions } from "../../../layouts/c_text/options.ts";

const GOOD = "phys_addr_t paddr; u32 len;";

/** Text, the place of the error, what is found and expected, options. */
const CASES: readonly [string, string, LayoutFromCOptions?][] = [
  ["", "line 1, column 1: found no struct, expected a struct with"],
  ["int main(void) { return 0; }", "found no struct"],
  ["just prose, that's all", "found no struct"],
  ["struct bio_vec;", "found no struct"],
  ["struct s { ... };", 'line 1, column 12: found "...", expected a member'],
  [
    "struct s {\n u32 a;\n",
    'line 1, column 1: found "struct s {" without an end',
  ],
  [
    `struct s {\n ${GOOD}\n foo_t x;\n};`,
    'line 3, column 2: found type "foo_t", which is not known, expected its ' +
    "definition in the text, or --type foo_t=TYPE, such as u64",
  ],
  [
    `struct s {\n ${GOOD}\n struct foo x;\n};`,
    "line 3, column 2: found struct foo, which is not known, expected its " +
    "definition in the text, or --type 'struct foo=TYPE', such as u64[2]",
  ],
  [
    `struct s { ${GOOD} struct s x; };`,
    "found struct s, which contains itself",
  ],
  [
    `struct a { ${GOOD} struct b x; }; struct b { struct a y; };`,
    "found struct a, which contains itself",
    { struct: "a" },
  ],
  [
    "typedef a_t b_t; typedef b_t a_t; struct s { a_t x; };",
    "which contains itself",
  ],
  [
    `struct s {\n ${GOOD}\n u8 tail[];\n};`,
    'line 3, column 5: found member "tail", which is a flexible array',
  ],
  [
    `struct s { ${GOOD} DECLARE_FLEX_ARRAY(u8, tail); };`,
    'found member "tail", which is a flexible array',
  ],
  [
    `struct s { ${GOOD} u8 t[0]; };`,
    'found an array "t" of no elements at the',
  ],
  [
    `struct s { ${GOOD} u8 big[1ULL << 40]; };`,
    "line 1, column 47: found an array of 1099511627776 elements",
  ],
  [`struct s { ${GOOD} u8 big[99999]; };`, "found struct s of 100016 bytes"],
  [
    `struct s { ${GOOD} u8 big[1 << 30][1 << 30][1 << 30]; };`,
    "found struct s:",
  ],
  [`struct s { ${GOOD} u8 big[-1]; };`, "found an array of -1 elements"],
  [
    `struct s { ${GOOD} u8 big[1 / 0]; };`,
    'found "1 / 0", expected a constant',
  ],
  [
    `struct s { ${GOOD} u8 big[N]; };`,
    'found "N", expected a number; --define N=NUMBER gives it one',
  ],
  ["struct s { u32 len; };", "found no member that holds an address, expected"],
  [
    "struct s {\n void *addr;\n u32 len;\n};",
    "line 2, column 7: found no member that holds an address (addr is a " +
    "pointer to void, a virtual address)",
  ],
  [
    "struct s {\n phys_addr_t a;\n phys_addr_t b;\n u32 len;\n};",
    "line 3, column 14: found 2 members that may hold the address (a, b), " +
    "expected one, or --role address=a",
  ],
  [
    "struct s { phys_addr_t a; u32 len; u32 length; };",
    "2 members that may hold the length (len, length), expected one, or " +
    "--role length=len",
  ],
  [
    "struct s { phys_addr_t a; u32 x; u32 y; };",
    "no member that holds the length (of x, y), expected one named len",
  ],
  [
    "union s {\n phys_addr_t paddr;\n u32 len;\n};",
    'line 3, column 6: found "len" in the bits of "paddr", expected a member ' +
    "for each",
  ],
  [
    "struct s { u64 pfn:52; u64 len:12; };",
    'found address field "pfn" has 52 bits, expected 32 or 64',
  ],
  [
    "struct s {\n phys_addr_t a;\n u64 len:65;\n};",
    'line 3, column 6: found field "len" of struct s on lp64: 65 bits, ' +
    "expected 1 to 64 bits",
  ],
  [`struct s { ${GOOD} bool b:2; };`, "2 bits, expected 1 to 1 bits"],
  [`struct s { ${GOOD} u8 x:-1; };`, "found a bit-field of -1 bits"],
  [
    "struct s { phys_addr_t a; u32 len };",
    'column 35: found "}", expected ";" before it',
  ],
  [
    "struct s { phys_addr_t a u32 len; };",
    'column 26: found "u32", expected ";" before it',
  ],
  [
    `struct s { ${GOOD} int f(void); };`,
    'found member "f", which is a function',
  ],
  [`struct s { ${GOOD} void v; };`, 'found member "v", which is void'],
  [`struct s { ${GOOD} u32 len; };`, 'found a second member "len"'],
  [`struct s { ${GOOD} FOO(3); };`, "(of a macro, its #define)"],
  [`struct s { ${GOOD} typeof(int) t; };`, "expected a type"],
  [
    `struct s { ${GOOD} } __attribute__((vector_size(8)));`,
    'found attribute "vector_size", expected packed and aligned',
  ],
  [`struct s { ${GOOD} u8 x __aligned(3); };`, "found an alignment of 3"],
  [`struct s { ${GOOD} u8 x __aligned(8192); };`, "found an alignment of 8192"],
  [
    `#pragma pack(1)\nstruct s { ${GOOD} };`,
    'line 1, column 1: found "#pragma',
  ],
  [`#if (1\nstruct s { ${GOOD} };\n#endif`, "line 1, column 7: found its end"],
  ["#if 1 / 0\n#endif", "expected a divisor that is not 0"],
  [`struct s { phys_addr_t p\u202ead; };`, 'column 25: found "\\u202e"'],
  [
    `struct a { ${GOOD} };\nstruct b { ${GOOD} };`,
    "line 2, column 1: found 2 structs: struct a (line 1), struct b (line 2)",
  ],
  [
    `struct a { ${GOOD} };`,
    'found no struct "c" but struct a (line 1)',
    { struct: "c" },
  ],
  [
    `struct s { ${GOOD} };`,
    'found field "nope" of struct s, expected one of: paddr, len',
    { roles: "address=nope" },
  ],
  [
    `struct s { ${GOOD} };`,
    'found role "to=paddr", expected address=NAME[:page|phys|pfn|dma]',
    { roles: "to=paddr" },
  ],
  [
    `struct s { ${GOOD} };`,
    'found role "", expected address=NAME[:page|phys|pfn|dma]',
    { roles: "length=len," },
  ],
  [
    `struct s { ${GOOD} };`,
    'found role "address=len", expected address to be given once',
    { roles: "address=paddr, address=len" },
  ],
  [
    `struct s { ${GOOD} u8 f; };`,
    'role "flag=f:9": bit "9", expected 0 to 7',
    { roles: "flag=f:9" },
  ],
  [
    `struct s { ${GOOD} };`,
    "flag in bit 3 of the address, expected one from 32 on",
    { roles: "flag=paddr:3" },
  ],
  [
    `struct s { ${GOOD} };`,
    'Cannot set option "1 2", expected a name such as PCI_P2PDMA',
    { config: ["1 2"] },
  ],
  [
    `struct s { ${GOOD} };`,
    "Cannot set option CONFIG_64BIT: whether it is set depends on the ABI, expected",
    { config: ["64BIT"] },
  ],
  [
    `struct s { ${GOOD} };`,
    'Cannot define type "x" as "u64; int y", expected NAME=TYPE',
    { types: { x: "u64; int y" } },
  ],
  [
    "#ifdef CONFIG_A\n#elif defined(CONFIG_B) || IS_ENABLED(CONFIG_C)\n#endif\n" +
    `#ifdef CONFIG_D\n#endif\nstruct s { ${GOOD} };`,
    "found conditions on 4 options (CONFIG_A, CONFIG_B, CONFIG_C, CONFIG_D), " +
    "expected at most 3, or --config NAME",
  ],
];

Deno.test("layoutFromC() says where a text is wrong, and what helps", async () => {
  for (const [text, message, options] of CASES) {
    const error = await assertRejects(
      () => layoutFromC(text, { file: "x.h", ...options }),
      Error,
    );
    assert(/^(SyntaxError|RangeError)$/.test(error.name), text);
    assert(/^Cannot \w+ .*, expected /.test(error.message), error.message);
    assert(
      error.message.includes(message),
      `${JSON.stringify(text)}\n  ${error.message}\n  ${message}`,
    );
    const placed = options === undefined || options.struct !== undefined;
    const start = /^Cannot read C of x\.h, line \d+, column \d+: found /;
    assert(!placed || start.test(error.message), error.message);
  }
});

Deno.test("layoutFromC() ends on hostile texts", async () => {
  const filler = (text: string, length: number) =>
    text.repeat(Math.ceil(length / text.length)).slice(0, length);
  const MIB = 1 << 20;
  const nested = (count: number) =>
    `${"struct s { struct {".repeat(count)}int x;${"};".repeat(2 * count)}`;
  const doubled = Array.from(
    { length: 40 },
    (_, i) => `struct e${i} { ${i ? `struct e${i - 1} a, b;` : ""} };`,
  ).join("");
  const HOSTILE: readonly [string, string][] = [
    [filler("struct s { int x; };\n", 10 * MIB), "it has 10485760 characters"],
    [filler(" ", 4 * MIB), "found no struct"],
    [filler(">", 4 * MIB), "found no struct"],
    [filler("/*", MIB), "found no struct"],
    [filler('"', MIB), "found no struct"],
    [filler("9", MIB), "found no struct"],
    [filler("(", MIB / 2), "found no struct"],
    [filler("#", MIB), "found no struct"],
    [filler("#/*", MIB), "found no struct"],
    [filler("struct ", MIB / 4), "found no struct"],
    [filler("typedef int ", MIB / 4), "found no struct"],
    [filler("struct s {", MIB), "more than 100 open braces"],
    [filler("struct s { int a; ", 1700), "without an end"],
    [nested(30), "no member that holds an address"],
    [`struct s { int x[${filler("(", 150)}; };`, "more than 100 open braces"],
    [`struct s { int x[${filler("-", 5000)}1]; };`, "expected"],
    [`struct s { int ${filler("*", 5000)}x; };`, "expected"],
    [`struct s { int x${filler("[2]", 300)}; };`, "expected"],
    [`#if ${filler("!", 5000)}1\n#endif`, "an expression of less depth"],
    [`#if ${filler("1+", 100_000)}1\nstruct s;\n#endif`, "found no struct"],
    [`${doubled}struct s { ${GOOD} struct e39 x; };`, "more than 1024 members"],
    [`struct s { ${filler("int a;", 6 * 5000)} };`, "found a second member"],
    [
      "#define a b b\n#define b c c\n" +
      Array.from(
        "cdefghijklmnopqrstuvwxy",
        (name, index) =>
          `#define ${name} ${String.fromCharCode(99 + index + 1)} ${
            String.fromCharCode(99 + index + 1)
          }\n`,
      ).join("") + "struct s { a };",
      "macros that come to an end",
    ],
    [
      Array.from({ length: 30_000 }, (_, i) => `#define m${i} m${i + 1}\n`)
        .join("") + "struct s { m0 };",
      "macros that come to an end",
    ],
    ["#define f(x) f(x) f(x)\nstruct s { f(1) };", "expected a member"],
    [`#define f(x) x\nstruct s { f(${filler("(", 3000)}`, "without an end"],
  ];
  for (const [text, message] of HOSTILE) {
    const error = await assertRejects(() => layoutFromC(text), Error);
    assert(
      error.message.includes(message),
      `${JSON.stringify(text.slice(0, 60))}\n  ${error.message}\n  ${message}`,
    );
    assert(error.message.length < 600, error.message);
  }
  // Comments and what stands around cost nothing else.
  const long = `/*${
    filler(" * struct x { \n", 4 * MIB)
  }*/ struct s { ${GOOD} };`;
  assertEquals((await layoutFromC(long)).name, "s");
});
