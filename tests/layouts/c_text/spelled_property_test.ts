import { assert, assertEquals } from "@std/assert";
import { type Abi, abis } from "../../../layouts/abi.ts";
import {
  type CTextLayout,
  layoutFromC,
} from "../../../layouts/c_text/layout_from_c.ts";
import { cDefinitions, cTypedefs } from "../../../layouts/c_source.ts";
import type { CStruct } from "../../../layouts/c_type.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { placeStruct } from "../../../layouts/struct.ts";
import { randomStructs } from "../random_structs.ts";
import { notRun, run } from "../run_tool.ts";
import { Chooser, spell } from "./spell.ts";

const SEED = 20220120;
const COUNT = 300;

/** Random structs with an address and a length in front. */
function segments(): CStruct[] {
  return randomStructs(COUNT, SEED).map((struct) => ({
    ...struct,
    fields: [
      { name: "paddr", type: "phys_addr_t" },
      { name: "len", type: "unsigned int" },
      ...struct.fields,
    ],
  }));
}

// Random names say nothing, and random phys_addr_t are no addresses.
const ROLES = "address=paddr,length=len,flag=none";

interface Spelled {
  readonly struct: CStruct;
  /** What was read of it. */
  readonly layout: CTextLayout;
  /** What stands before it: typedefs and enumerations. */
  readonly before: string;
  readonly text: string;
}

/** All but those that are refused: an array of no elements at the end. */
async function readSpelled(): Promise<Spelled[]> {
  const all: Spelled[] = [];
  for (const [index, struct] of segments().entries()) {
    if (struct.fields.at(-1)?.count === 0) continue;
    const before = cDefinitions(struct, abis[0] as Abi);
    const text = spell(struct, new Chooser(index));
    const options = { file: struct.name, struct: struct.name, roles: ROLES };
    const layout = await layoutFromC(`${before}\n${text}`, options);
    all.push({ struct, layout, before, text });
  }
  return all;
}

const SPELLED = await readSpelled();

/** Size, alignment and first bit of every member. */
function placement(struct: CStruct, abi: Abi): string {
  const { sizeBytes, alignBytes, fields } = placeStruct(struct, abi);
  const bits = fields.map(({ name, startBit, sizeBits }) =>
    `${name}@${startBit}+${sizeBits}`
  );
  return `${sizeBytes}/${alignBytes} ${bits.join(" ")}`;
}

Deno.test("layoutFromC() reads a struct in whatever way it is spelled", () => {
  assert(SPELLED.length > COUNT * 0.9, `${SPELLED.length}`);
  for (const { struct, layout, text } of SPELLED) {
    for (const abi of abis) {
      const read = layout.struct(abi);
      assert(!isUnsupported(read), `${text}\n${JSON.stringify(read)}`);
      assertEquals(placement(read, abi), placement(struct, abi), text);
    }
  }
});

Deno.test("layoutFromC() places spelled structs as clang does with the kernel's macros, on every ABI", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const abi of abis) {
      const claims: string[] = [];
      const lines = new Set<string>();
      for (const { layout, before, text } of SPELLED) {
        const read = layout.struct(abi);
        assert(!isUnsupported(read));
        for (const line of before.split("\n")) {
          if (lines.has(line)) continue;
          lines.add(line);
          claims.push(`${line}\n`);
        }
        claims.push(text, ...assertions(read, abi));
      }
      const file = `${folder}/${abi.name}.c`;
      await Deno.writeTextFile(
        file,
        cTypedefs(abi) + PRELUDE + claims.join(""),
      );
      const args = ["-target", abi.target, "-std=gnu11", "-fsyntax-only", "-w"];
      const result = await run("clang", [...args, file]);
      if (result === undefined) return notRun("clang");
      assertEquals([result.success, result.err], [true, ""], abi.name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What the kernel's headers define of the words that `spell()` uses. */
const PRELUDE = `
#define __packed __attribute__((packed))
#define __aligned(x) __attribute__((aligned(x)))
#define ____cacheline_aligned __attribute__((aligned(64)))
#define __counted_by(x)
#define __user
typedef u8 __u8, uint8_t; typedef u16 __le16, __be16, uint16_t;
typedef u32 __u32, gfp_t, blk_opf_t, dev_t;
typedef u64 __u64, sector_t, __le64, uint64_t; typedef s64 ktime_t, loff_t;
typedef unsigned int uint; typedef unsigned long pgoff_t, ulong;
typedef int pid_t;
`;

function assertions(struct: CStruct, abi: Abi): string[] {
  const placed = placeStruct(struct, abi);
  const tag = `struct ${struct.name}`;
  const claims = [
    `sizeof(${tag}) == ${placed.sizeBytes}`,
    `_Alignof(${tag}) == ${placed.alignBytes}`,
    ...placed.fields
      .filter((field) => field.bitSize === undefined && field.name !== "")
      .map(({ name, offsetBytes }) =>
        `__builtin_offsetof(${tag}, ${name}) == ${offsetBytes}`
      ),
  ];
  return claims.map((claim) => `_Static_assert(${claim}, "${claim}");\n`);
}
