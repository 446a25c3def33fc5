import { assert, assertEquals } from "@std/assert";
import { type Abi, abis } from "../../layouts/abi.ts";
import { cStructWithAssertions, cTypedefs } from "../../layouts/c_source.ts";
import type { CStruct } from "../../layouts/c_type.ts";
import { pahole } from "../../layouts/pahole.ts";
import { placeStruct } from "../../layouts/struct.ts";
import { randomStructs } from "./random_structs.ts";
import { notRun, run } from "./run_tool.ts";

const SEED = 20190626;

/** `FieldOffsets` of clang: bits of every member, unnamed ones included. */
function clangLayouts(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split("*** Dumping AST Record Layout").slice(1)) {
    const name = /Type: struct (s\d+)\n/.exec(part)?.[1];
    const size = /\bSize:(\d+)/.exec(part)?.[1];
    const align = /\bAlignment:(\d+)/.exec(part)?.[1];
    const offsets = /FieldOffsets: \[([^\]]*)\]/.exec(part)?.[1];
    if (name !== undefined) found.set(name, `${size}/${align} [${offsets}]`);
  }
  return found;
}

/** The same of a placed struct; unnamed bit-fields are not placed. */
function ourLayout(struct: CStruct, abi: Abi, clang: string): string {
  const placed = placeStruct(struct, abi);
  const theirs = /\[(.*)\]/.exec(clang)?.[1]?.split(", ") ?? [];
  const offsets = struct.fields.map((field, index) => {
    if (field.bits !== undefined && field.name === "") return theirs[index];
    return placed.fields.find((each) => each.field === field)?.startBit;
  });
  return `${placed.sizeBytes * 8}/${placed.alignBytes * 8} [${
    offsets.join(", ")
  }]`;
}

Deno.test("placeStruct() places random structs as clang does, on every ABI", async () => {
  const structs = randomStructs(400, SEED);
  const folder = await Deno.makeTempDir();
  try {
    for (const abi of abis) {
      const file = `${folder}/${abi.name}.c`;
      const text = cTypedefs(abi) + unique(structs, abi);
      await Deno.writeTextFile(file, text);
      const args = ["-target", abi.target, "-std=c11", "-fsyntax-only", "-w"];
      const result = await run("clang", [
        ...args,
        ...["-Xclang", "-fdump-record-layouts-simple", file],
      ]);
      if (result === undefined) return notRun("clang");
      assertEquals([result.success, result.err], [true, ""], abi.name);
      const theirs = clangLayouts(result.out);
      assertEquals(theirs.size, structs.length);
      for (const struct of structs) {
        const clang = theirs.get(struct.name) ?? "";
        assertEquals(
          ourLayout(struct, abi, clang),
          clang,
          `${abi.name}\n${cStructWithAssertions(struct, abi)}`,
        );
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/**
 * First bit and size of each member of a listing, and the size of all. pahole
 * lists an unnamed struct of DWARF once more by itself, below.
 */
function places(listing: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of listing.split("\n")) {
    const size = /^\t\/\* size: (\d+), /.exec(line)?.[1];
    if (size !== undefined) found["size"] = size;
    const member = /(m\d+)[^/]*\/\* +(\d+)(?:: *(\d+))? +(\d+) \*\/$/.exec(
      line,
    );
    if (member === null) continue;
    const [, name = "", at, bit = "0", bytes] = member;
    found[name] ??= `${Number(at) * 8 + Number(bit)} ${bytes}`;
  }
  return found;
}

const FULL_WIDTH = /(m\d+):(\d+)[^/]*\/\* +\d+: *\d+ +(\d+) \*\//g;

Deno.test("pahole() shows members of random structs where pahole does, on every ABI", async () => {
  const structs = randomStructs(400, SEED + 1);
  let compared = 0;
  const folder = await Deno.makeTempDir();
  try {
    for (const abi of abis) {
      const file = `${folder}/${abi.name}`;
      const variables = structs.map(({ name }) =>
        `struct ${name} v_${name};\n`
      );
      await Deno.writeTextFile(
        `${file}.c`,
        cTypedefs(abi) + unique(structs, abi) + variables.join(""),
      );
      const args = ["-target", abi.target, "-std=c11", "-g", "-w", "-c"];
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
      for (const struct of structs) {
        const start = printed.out.indexOf(`\nstruct ${struct.name} {\n`) + 1;
        const end = printed.out.indexOf("\n}", start);
        const ours = pahole(placeStruct(struct, abi));
        const theirs = places(printed.out.slice(start, end));
        // From DWARF pahole takes a bit-field of all bits for none, and drops
        // the bit that it starts at.
        for (const [, name = "", bits, bytes] of ours.matchAll(FULL_WIDTH)) {
          if (Number(bits) === Number(bytes) * 8) delete theirs[name];
        }
        const named = Object.keys(theirs);
        const shown = Object.entries(places(ours))
          .filter(([name]) => named.includes(name));
        assertEquals(
          Object.fromEntries(shown),
          theirs,
          `${struct.name} on ${abi.name}\n${ours}`,
        );
        compared += named.length;
      }
    }
    assert(compared > 6000, `${compared} members`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What several structs refer to stands once. */
function unique(structs: readonly CStruct[], abi: Abi): string {
  const lines = new Set<string>();
  return structs.map((struct) => {
    const text = cStructWithAssertions(struct, abi);
    const at = text.indexOf(`struct ${struct.name} {`);
    const before = text.slice(0, at).split("\n").filter((line) =>
      line !== "" && !lines.has(line)
    );
    for (const line of before) lines.add(line);
    return before.map((line) => `${line}\n`).join("") + text.slice(at);
  }).join("");
}

Deno.test("randomStructs() makes every kind of member", () => {
  const text = randomStructs(400, SEED)
    .map((struct) => JSON.stringify(struct)).join("\n");
  for (const kind of ["union", "bits", "packed", "alignedBytes", "count"]) {
    assert(text.split(`"${kind}"`).length > 40, kind);
  }
});
