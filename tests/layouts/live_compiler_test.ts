import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Abi, abis } from "../../layouts/abi.ts";
import { listedStruct } from "../../layouts/array_struct.ts";
import { cStructWithAssertions, cTypedefs } from "../../layouts/c_source.ts";
import type { CStruct } from "../../layouts/c_type.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { pahole } from "../../layouts/pahole.ts";
import { layouts } from "../../layouts/registry.ts";
import { placeStruct } from "../../layouts/struct.ts";
import { type Build, BUILDS, debugListing } from "./debug_listing.ts";
import { notRun, run } from "./run_tool.ts";

/** All layouts of an ABI as C, each struct named as its layout. */
function source(abi: Abi): string {
  const structs = listed(abi).map((struct) =>
    cStructWithAssertions(struct, abi) +
    `struct ${struct.name} v_${struct.name};\n`
  );
  return cTypedefs(abi) + structs.join("");
}

function listed(abi: Abi) {
  return layouts.flatMap((layout) => {
    const struct = listedStruct(layout, abi);
    return isUnsupported(struct) ? [] : [{ ...struct, name: layout.name }];
  });
}

Deno.test("cStructWithAssertions() is confirmed by clang for every layout and ABI", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const abi of abis) {
      const file = `${folder}/${abi.name}.c`;
      await Deno.writeTextFile(file, source(abi));
      const args = ["-target", abi.target, "-std=c11", "-fsyntax-only", file];
      const result = await run("clang", args);
      if (result === undefined) return notRun("clang");
      assertEquals([result.success, result.err], [true, ""], abi.name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cStructWithAssertions() is refuted by clang when a size is wrong", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/wrong.c`;
    for (const abi of abis.slice(0, 1)) {
      const wrong = source(abi).replace(
        "sizeof(struct page_offset) == 16",
        "sizeof(struct page_offset) == 12",
      );
      await Deno.writeTextFile(file, wrong);
      const args = ["-target", abi.target, "-std=c11", "-fsyntax-only", file];
      const result = await run("clang", args);
      if (result === undefined) return notRun("clang");
      assertEquals(result.success, false);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

// pahole guesses attributes from the placement; the lab prints the declared.
const withoutAttributes = (text: string) =>
  text.replaceAll(/^\}.*;$/gm, "};").trim();

Deno.test("pahole() prints what the real pahole prints, for every layout and ABI", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const abi of abis) {
      const file = `${folder}/${abi.name}`;
      await Deno.writeTextFile(`${file}.c`, source(abi));
      const args = ["-target", abi.target, "-std=c11", "-g", "-c"];
      const built = await run("clang", [
        ...args,
        `${file}.c`,
        "-o",
        `${file}.o`,
      ]);
      if (built === undefined) return notRun("clang");
      assertEquals([built.success, built.err], [true, ""], abi.name);
      const printed = await run("pahole", [`${file}.o`]);
      if (printed === undefined) return notRun("pahole");
      const ours = listed(abi).map((struct) =>
        pahole(placeStruct(struct, abi))
      );
      assertEquals(
        withoutAttributes(ours.join("")),
        withoutAttributes(printed.out),
        abi.name,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Any struct with bit-fields; nested structs are named after it. */
function anyStruct(name: string, cc: Build["cc"]): fc.Arbitrary<CStruct> {
  const sizes = { u8: 8, u16: 16, u32: 32, u64: 64 } as const;
  const scalar = fc.constantFrom(
    ...Object.keys(sizes) as (keyof typeof sizes)[],
  );
  // clang calls a bit-field of a whole type no bit-field, in what pahole reads.
  const width = fc.nat(cc === "clang" ? 38 : 39);
  const widthOf = (type: keyof typeof sizes, nth: number) =>
    1 + nth % (sizes[type] - (cc === "clang" ? 1 : 0));
  const bitField = fc.tuple(scalar, width).map(([type, nth]) => ({
    type,
    bits: widthOf(type, nth),
  }));
  const field = fc.oneof(
    { weight: 6, arbitrary: bitField },
    { weight: 2, arbitrary: scalar.map((type) => ({ type })) },
    {
      weight: 1,
      arbitrary: fc.tuple(scalar, fc.integer({ min: 1, max: 5 })).map((
        [type, count],
      ) => ({ type, count })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(scalar, fc.nat(7)).map(([type, bits]) => ({
        type,
        bits,
        unnamed: true,
      })),
    },
  );
  return fc.record({
    fields: fc.array(field, { minLength: 1, maxLength: 8 }),
    packed: fc.constantFrom(false, false, false, true),
  }).map(({ fields, packed }) => ({
    name,
    packed,
    fields: [
      { name: "first", type: "u8" as const },
      ...fields.map(({ ...given }, index) => {
        const { unnamed, ...rest } = { unnamed: false, ...given };
        return { ...rest, name: unnamed ? "" : `f${index}` };
      }),
    ].slice(fields.every((f) => "unnamed" in f) ? 0 : 1),
  }));
}

Deno.test("pahole() prints what the real pahole prints of random structs with bit-fields", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const build of BUILDS) {
      const { cc, abi } = build;
      const structs = Array.from(
        { length: 60 },
        (_, i) =>
          fc.sample(anyStruct(`s${i}`, cc), { numRuns: 1, seed: i + 1 }),
      ).flat();
      const printed = await debugListing(structs, build, { folder });
      if (printed === undefined) continue;
      assertEquals(
        withoutAttributes(
          structs.map((struct) => pahole(placeStruct(struct, abi))).join(""),
        ),
        withoutAttributes(printed),
        `${cc} ${abi.name}`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
