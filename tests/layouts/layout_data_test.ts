import { assert, assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../layouts/abi.ts";
import { layoutFromC } from "../../layouts/c_text/layout_from_c.ts";
import type { CStruct } from "../../layouts/c_type.ts";
import {
  ASKED_OF_LAYOUT,
  type Layout,
  type LayoutDescription,
} from "../../layouts/layout.ts";
import { defineLayout } from "../../layouts/define_layout.ts";
import { layoutData, layoutOfData } from "../../layouts/layout_data.ts";
import { findLayout, layouts } from "../../layouts/registry.ts";

/** All that a run asks a layout. */
function answers(layout: Layout): unknown {
  const { name, family, title, source, arrangement, roles } = layout;
  return {
    ...{ name, family, title, source, arrangement, roles },
    abis: abis.map((abi) => [
      layout.struct(abi),
      ASKED_OF_LAYOUT.map((asked) => layout.serves(abi, asked)),
    ]),
  };
}

const MINE: LayoutDescription = {
  name: "mine",
  title: "an example",
  source: { author: "me", date: "2026-01-01", subject: "an example" },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "len", type: "u32" },
      { name: "phys", type: "phys_addr_t" },
    ],
  },
  roles: {
    address: { kind: "phys", field: "phys" },
    length: { field: "len" },
  },
};

Deno.test("layoutData() is JSON of which every registered layout is made again", () => {
  for (const layout of layouts) {
    const text = JSON.stringify(layoutData(layout));
    assertEquals(answers(layoutOfData(JSON.parse(text))), answers(layout));
  }
});

Deno.test("layoutData() takes a layout of C text, and each of its variants", async () => {
  const { variants } = await layoutFromC(`
    struct s {
      phys_addr_t addr;
    #ifdef CONFIG_WIDE
      u64 len;
    #else
      u32 len;
      u32 p2p:1;
    #endif
    };
  `);
  assertEquals(variants.length, 2);
  for (const layout of variants) {
    assertEquals(answers(layoutOfData(layoutData(layout))), answers(layout));
    assertEquals(answers(layoutOfData(layout.data)), answers(layout));
  }
});

Deno.test("layoutData() shares nothing with the layout", () => {
  const data = layoutData(findLayout("page_offset"));
  const struct = data.structs["lp64"];
  assert(struct !== undefined && "fields" in struct);
  Reflect.set(struct.fields[0] ?? {}, "name", "changed");
  const again = findLayout("page_offset").struct(findAbi("lp64"));
  assert("fields" in again);
  assertEquals(again.fields[0]?.name, "bv_page");
});

Deno.test("layoutData() names what JSON does not carry", () => {
  const layout = defineLayout(MINE);
  const struct = { name: "s", fields: [{ name: "len", type: "u32" }] };
  const withField = (more: object) => ({
    ...layout,
    struct: () => ({ ...struct, fields: [{ ...struct.fields[0], ...more }] }),
  });
  const cyclic: Record<string, unknown> = { name: "len" };
  cyclic.type = { name: "deep", fields: [cyclic] };
  for (
    const [wrong, message] of [
      [withField({ type: () => 1 }), "structs.lp64.fields[0].type a function"],
      [withField({ bits: 3n }), "structs.lp64.fields[0].bits 3n"],
      [withField({ bits: NaN }), "structs.lp64.fields[0].bits NaN"],
      [withField({ count: new Map() }), "structs.lp64.fields[0].count a Map"],
      [withField({ type: Symbol("x") }), "structs.lp64.fields[0].type a symb"],
      [withField(cyclic), "in more than 128 levels, expected plain JSON data"],
      [{ ...layout, title: () => "" }, "found title a function"],
      [
        { ...layout, struct: {} },
        "found struct an object, expected a function",
      ],
      [{ ...layout, serves: undefined }, "found serves undefined"],
      [
        { ...layout, serves: () => true },
        "found a custom serves(), which takes flag on lp64",
      ],
      [MINE, "found arrangement undefined"],
      [{}, "found name undefined"],
      [null, "found null"],
      ["mine", 'found "mine"'],
    ] as const
  ) {
    const error = assertThrows(
      () => layoutData(wrong as unknown as Layout),
      TypeError,
      message,
    );
    assert(error.message.startsWith("Cannot send "), error.message);
    assert(error.message.includes(", expected "), error.message);
  }
});

Deno.test("layoutOfData() refuses other keys, other types and other values", () => {
  const data = layoutData(defineLayout(MINE));
  for (
    const [more, kind, message] of [
      [{ titel: "" }, TypeError, 'unknown key "titel", expected "title"'],
      [{ structs: undefined }, TypeError, "structs undefined, expected an obj"],
      [{ structs: { lp64: 1 } }, TypeError, "structs.lp64 1, expected an obj"],
      [
        { structs: { lp64: { name: "s", fields: [{ nam: "a" }] } } },
        TypeError,
        "structs.lp64.fields[0].name undefined, expected a string",
      ],
      [{ holdsDma: 1 }, TypeError, "holdsDma 1, expected true or false"],
      [{ arrangement: { kind: "x" } }, RangeError, "one of: aos, soa, chunks"],
      [{ roles: {} }, TypeError, "roles.address undefined, expected an object"],
      [
        { roles: { ...MINE.roles, length: { field: "length" } } },
        RangeError,
        'roles.length.field "length", expected a member of struct bio_vec: ' +
        "len, phys",
      ],
      [{ name: "a b" }, RangeError, 'found name "a b"'],
    ] as const
  ) {
    assertThrows(
      () => layoutOfData({ ...data, ...more } as unknown as typeof data),
      kind,
      message,
    );
  }
});

Deno.test("defineLayout() wants a member of its own for each role", () => {
  const wrong = (
    roles: Partial<LayoutDescription["roles"]>,
    fields: readonly object[] = [],
  ) => ({
    ...MINE,
    struct: {
      name: "bio_vec",
      fields: [
        { name: "len", type: "u32" },
        { name: "phys", type: "phys_addr_t" },
        { name: "p2p", type: "u32", bits: 1 },
        ...fields,
      ],
    },
    roles: { ...MINE.roles, ...roles },
  } as LayoutDescription);
  for (
    const [description, message] of [
      [
        wrong({ length: { field: "phys" } }),
        'roles.address.field "phys" and roles.length.field "phys" in the same',
      ],
      [
        wrong({ flag: { field: "len", bit: 31 } }),
        'in roles.length.field "len"',
      ],
      [wrong({ flag: { field: "p2q", bit: 0 } }), 'roles.flag.field "p2q"'],
      [
        wrong({ constants: { len: 1 } }),
        'and roles.constants "len" in the same',
      ],
      [wrong({ constants: { p2p: 2 } }), "roles.constants.p2p 2, expected at"],
      [wrong({ constants: { tag: 2 } }), 'roles.constants "tag"'],
      [
        wrong({ length: { field: "half" } }, [
          { name: "half", type: "u16", count: 2 },
        ]),
        'roles.length.field "half", an array, expected a single number',
      ],
      [
        wrong({ length: { field: "f" } }, [{ name: "f", type: "float" }]),
        'roles.length.field "f", a float, expected a whole number',
      ],
    ] as const
  ) {
    assertThrows(() => defineLayout(description), RangeError, message);
  }
  // Two members of a union are one.
  assertThrows(
    () =>
      defineLayout({
        ...MINE,
        struct: {
          name: "u",
          kind: "union",
          fields: (wrong({}).struct as CStruct).fields,
        },
      } as unknown as LayoutDescription),
    RangeError,
    "in the same bits",
  );
});

Deno.test("defineLayout() takes a struct that some ABI cannot have", () => {
  // A bit-field of 40 bits of an unsigned long: 64-bit alone.
  const layout = defineLayout({
    ...MINE,
    struct: {
      name: "bio_vec",
      fields: [
        { name: "phys", type: "phys_addr_t" },
        { name: "len", type: "unsigned long", bits: 40 },
      ],
    },
  });
  assertEquals(layout.name, "mine");
  // Legal nowhere: what C says is the error.
  assertThrows(
    () =>
      defineLayout({
        ...MINE,
        struct: {
          name: "bio_vec",
          fields: [
            { name: "phys", type: "phys_addr_t" },
            { name: "len", type: "u32", bits: 40 },
          ],
        },
      }),
    RangeError,
    "40 bits, expected 1 to 32 bits",
  );
});
