import { assert, assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../layouts/abi.ts";
import { checkCNames, isCIdentifier } from "../../layouts/c_names.ts";
import { cStruct } from "../../layouts/c_source.ts";
import type { CField, CStruct } from "../../layouts/c_type.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { defineLayout } from "../../layouts/define_layout.ts";
import { layouts } from "../../layouts/registry.ts";
import { abis } from "../../layouts/abi.ts";

Deno.test("isCIdentifier() knows identifiers from keywords and text", () => {
  for (const name of ["a", "bv_page", "__bi_remaining", "_x9", "Int", "unix"]) {
    assert(isCIdentifier(name), name);
  }
  for (
    const name of [
      ...[
        "",
        "9a",
        "a b",
        "a-b",
        "a;int b",
        "a/*",
        "a\n",
        "\u00e4",
        "a$",
        "a.",
      ],
      ...["int", "struct", "typeof", "asm", "bool", "nullptr", "_Bool"],
      ...[
        "__attribute__",
        "__asm__",
        "__typeof",
        "_Static_assert",
        "_Float128",
      ],
      "x".repeat(64),
    ]
  ) {
    assert(!isCIdentifier(name), name);
  }
});

const structOf = (field: Partial<CField>): CStruct => ({
  name: "bio_vec",
  fields: [{ name: "a", type: "u32", ...field }],
});

/** What a stranger may hope to have compiled, and so run. */
const HOSTILE: Partial<CField>[] = [
  { name: "a; } x; __attribute__((constructor)) void f(void) {" },
  { name: "int" },
  { type: { pointerTo: "struct page; int evil" } },
  { type: { pointerTo: 'struct page */\n#include "/etc/passwd"\n' } },
  { type: "u32; int evil" as "u32" },
  { type: null as unknown as "u32" },
  { type: { name: "in ner", fields: [] } },
  { type: { name: "", fields: [{ name: "b c", type: "u8" }] } },
  { count: "2]; int evil[2" as unknown as number },
  { bits: 1.5 },
  { alignedBytes: "8))) int evil __attribute__((aligned(8" as never },
  { alignedBytes: -8 },
];

Deno.test("checkCNames() refuses names, types and numbers that are other C", () => {
  for (const field of HOSTILE) {
    const struct = structOf(field);
    for (const use of [checkCNames, cStruct]) {
      const { message } = assertThrows(() => use(struct), RangeError);
      assert(
        /^Cannot write .* in C: found .*, expected /.test(message),
        message,
      );
    }
  }
  assertThrows(
    () => checkCNames(structOf({ name: "int" })),
    RangeError,
    'Cannot write field "int" of struct bio_vec in C: found its name, ' +
      "expected a C identifier that is not a keyword",
  );
  let deep: CStruct = structOf({});
  for (let i = 0; i < 40; i++) deep = structOf({ type: deep });
  assertThrows(() => checkCNames(deep), RangeError, "more than 32 structs");
});

Deno.test("checkCNames() takes every registered layout, and what C allows", () => {
  for (const layout of layouts) {
    for (const abi of abis) {
      const struct = layout.struct(abi);
      if (!isUnsupported(struct)) checkCNames(struct);
    }
  }
  checkCNames({
    name: "",
    kind: "union",
    fields: [
      { name: "", type: "u32", bits: 0 },
      { name: "p", type: { pointerTo: "const struct page *" }, count: 4 },
      { name: "q", type: { pointerTo: "void" }, alignedBytes: 16 },
    ],
  });
});

Deno.test("defineLayout() refuses what is no C, at once or on its ABI", () => {
  const describe = (name: string, field: string) => ({
    name,
    title: "an example",
    source: { author: "me", date: "2026-01-01", subject: "an example" },
    roles: {
      address: { kind: "phys", field },
      length: { field: "len" },
    } as const,
  });
  const struct: CStruct = {
    name: "bio_vec",
    fields: [
      { name: "phys; int evil", type: "phys_addr_t" },
      { name: "len", type: "u32" },
    ],
  };
  const evil = describe("mine", "phys; int evil");
  assertThrows(() => defineLayout({ ...evil, struct }), RangeError, "in C");
  assertThrows(
    () => defineLayout({ ...evil, struct: () => struct }),
    RangeError,
    "in C",
  );
  // What a struct says later on is looked at, too.
  let made = { ...struct, fields: [{ name: "phys", type: "u64" as const }] };
  made.fields.push({ name: "len", type: "u64" });
  const later = defineLayout({
    ...describe("mine", "phys"),
    struct: () => made,
  });
  made = { ...made, name: "a b" };
  assertThrows(() => later.struct(findAbi("lp64")), RangeError, "in C");
  for (const name of ["", "a b", "a,b", "a\nb", "\u202e", "x".repeat(65)]) {
    assertThrows(
      () => defineLayout({ ...describe(name, "phys"), struct }),
      RangeError,
      `Cannot define layout: found name ${JSON.stringify(name)}, expected`,
    );
  }
  assertEquals(later.name, "mine");
});
