import { assert, assertEquals } from "@std/assert";
import { type Abi, abis } from "../../layouts/abi.ts";
import { cStructWithAssertions, cTypedefs } from "../../layouts/c_source.ts";
import {
  type CField,
  type CStruct,
  isStruct,
  type ScalarName,
} from "../../layouts/c_type.ts";
import { pahole } from "../../layouts/pahole.ts";
import { placeStruct } from "../../layouts/struct.ts";
import {
  type Build,
  BUILDS,
  debugListing,
  uniqueDefinitions,
} from "./debug_listing.ts";
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
      const text = cTypedefs(abi) + uniqueDefinitions(structs, abi);
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
      const build = { cc: "clang", abi } as const;
      const options = { folder, flags: ["-w"] };
      const printed = await debugListing(structs, build, options);
      if (printed === undefined) return;
      for (const struct of structs) {
        const start = printed.indexOf(`\nstruct ${struct.name} {\n`) + 1;
        const end = printed.indexOf("\n}", start);
        const ours = pahole(placeStruct(struct, abi));
        const theirs = places(printed.slice(start, end));
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

/** Scalars whose names GCC and clang spell alike in debug information. */
const SPELLED_ALIKE: ReadonlyMap<unknown, ScalarName> = new Map([
  ["short", "s16"],
  ["unsigned short", "u16"],
  ["long", "size_t"],
  ["unsigned long", "size_t"],
  ["long long", "s64"],
  ["unsigned long long", "u64"],
]);

function spelledAlike(struct: CStruct): CStruct {
  const text = JSON.stringify(
    struct,
    (_, value) => SPELLED_ALIKE.get(value) ?? value,
  );
  return JSON.parse(text);
}

/** Whether a member, or one inside it, is such. */
function some(struct: CStruct, such: (field: CField) => boolean): boolean {
  return struct.fields.some((field) =>
    such(field) || (isStruct(field.type) && some(field.type, such))
  );
}

const isAligned = ({ type, alignedBytes }: CField) =>
  alignedBytes !== undefined ||
  (typeof type === "object" && "alignedBytes" in type);
const isBitField = ({ bits }: CField) => bits !== undefined;

/** Whether a compiler says all of a struct that pahole needs. */
const SAYS_ALL: Readonly<Record<Build["cc"], (struct: CStruct) => boolean>> = {
  // Alignments that have no effect are left out, and a member's is its
  // struct's, too; aligned bit-fields are placed otherwise than by clang.
  gcc: (struct) =>
    !some(struct, (field) => isBitField(field) && isAligned(field)),
  // An unnamed struct is listed once more, a bit-field of all bits is none,
  // and the alignment of a member is not its struct's.
  clang: (struct) =>
    !some(struct, (field) =>
      isStruct(field.type) || isAligned(field) ||
      [8, 16, 32, 64].includes(field.bits ?? 0)),
};

/** A listing without the attributes, which pahole guesses or counts. */
function withoutAttributes(listing: string): string {
  return listing
    .replaceAll(/ __attribute__\(\(__[^)]*\)?\)\)/g, "")
    .replaceAll(/^\t\/\* forced alignments: .*\n/gm, "")
    .replaceAll(/ +\/\*/g, " /*");
}

Deno.test("pahole() prints random structs as pahole does of the debug information of clang and GCC", async () => {
  const structs = randomStructs(800, SEED + 2).map(spelledAlike);
  const folder = await Deno.makeTempDir();
  try {
    for (const build of BUILDS) {
      const { cc, abi } = build;
      const said = structs.filter(SAYS_ALL[cc]);
      assert(said.length > 150, `${said.length} structs`);
      const options = { folder, flags: ["-w"] };
      const printed = await debugListing(said, build, options);
      if (printed === undefined) continue;
      for (const struct of said) {
        const start = printed.indexOf(`\nstruct ${struct.name} {\n`) + 1;
        const end = printed.indexOf("\n", printed.indexOf("\n}", start) + 1);
        assertEquals(
          withoutAttributes(pahole(placeStruct(struct, abi))),
          withoutAttributes(printed.slice(start, end + 1)),
          `${struct.name} by ${cc} on ${abi.name}`,
        );
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("randomStructs() makes every kind of member", () => {
  const text = randomStructs(400, SEED)
    .map((struct) => JSON.stringify(struct)).join("\n");
  for (const kind of ["union", "bits", "packed", "alignedBytes", "count"]) {
    assert(text.split(`"${kind}"`).length > 40, kind);
  }
});
