import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import { bvecIter } from "../../layouts/bvec_iter.ts";
import type { CField, CStruct } from "../../layouts/c_type.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { findLayout } from "../../layouts/registry.ts";
import { findField } from "../../layouts/placed_members.ts";
import { placeStruct, unusedBytes } from "../../layouts/struct.ts";
import { recordedOffsets } from "../../sim/kernel/recorded_structs.ts";

const field = (name: string, type: CField["type"], bits?: number): CField =>
  bits === undefined ? { name, type } : { name, type, bits };

// tests/data/abi/structs.h as data.
const STRUCTS: readonly CStruct[] = [
  {
    name: "s1_ptr_u32_u32",
    fields: [
      field("p", { pointerTo: "void" }),
      field("a", "u32"),
      field("b", "u32"),
    ],
  },
  {
    name: "s2_u64_u32",
    fields: [field("paddr", "u64"), field("len", "u32")],
  },
  {
    name: "s3_u64_u32_packed",
    fields: [field("paddr", "u64"), field("len", "u32")],
    packed: true,
  },
  {
    name: "s4_u64_u32_u32",
    fields: [field("a", "u64"), field("b", "u32"), field("flags", "u32")],
  },
  { name: "s5_u32_u32", fields: [field("a", "u32"), field("b", "u32")] },
  {
    name: "s6_bf64",
    fields: [
      field("addr", "u64"),
      field("len", "u64", 56),
      field("p2p", "u64", 1),
      field("spare", "u64", 7),
    ],
  },
  {
    name: "s7_bf32_packed",
    fields: [
      field("addr", "u64"),
      field("len", "u32", 31),
      field("p2p", "u32", 1),
    ],
    packed: true,
  },
  {
    name: "s8_scatterlist",
    fields: [
      field("page_link", "unsigned long"),
      field("offset", "u32"),
      field("length", "u32"),
      field("dma_address", "u64"),
      field("dma_length", "u32"),
      field("dma_flags", "u32"),
    ],
  },
  { name: "s9_u32_u64", fields: [field("a", "u32"), field("b", "u64")] },
  {
    name: "s10_bf_mix",
    fields: [
      field("t", "u8"),
      field("len", "u64", 56),
      field("x", "u32", 3),
      field("y", "u32", 29),
    ],
  },
];
// Values of the recorded bit-field bytes, by struct.
const VALUES: Record<string, Record<string, bigint>> = {
  s6: {
    addr: 0x1122334455667788n,
    len: 0x80000000000001n,
    p2p: 1n,
    spare: 0n,
  },
  s7: { addr: 0x1122334455667788n, len: 0x40000001n, p2p: 1n },
  s10: { t: 0xabn, len: 0x80000000000001n, x: 5n, y: 1n },
};

const table = await Deno.readTextFile(
  new URL("../data/abi/table.txt", import.meta.url),
);

/** Recorded `size/align [offsets]` of a struct for a clang target. */
function recordedRow(struct: string, target: string): string {
  const after = table.split(`## ${struct} `)[1]?.split("##")[0] ?? "";
  const line = after.split("\n").find((row) =>
    row.split(/\s+/).includes(target)
  );
  return /\d+\/\d+ \[.*\]/.exec(line ?? "")?.[0] ?? "none";
}

function placedRow(struct: CStruct, abi: Abi): string {
  const { sizeBytes, alignBytes, fields } = placeStruct(struct, abi);
  const offsets = fields.filter((f) => f.bitSize === undefined)
    .map((f) => f.offsetBytes);
  return `${sizeBytes}/${alignBytes} [${offsets.join(", ")}]`;
}

Deno.test("placeStruct() agrees with clang's recorded table on every ABI", () => {
  let compared = 0;
  for (const struct of STRUCTS) {
    for (const abi of abis) {
      const recorded = recordedRow(struct.name, abi.target);
      assertEquals(
        placedRow(struct, abi),
        recorded,
        `${struct.name} ${abi.name}`,
      );
      compared++;
    }
  }
  assertEquals(compared, 60); // ten structs on six ABIs
});

/** Puts values where placeStruct() says that their bits are. */
function bytesOf(struct: CStruct, abi: Abi, values: Record<string, bigint>) {
  const placed = placeStruct(struct, abi);
  const bytes = new Uint8Array(placed.sizeBytes);
  for (const [name, value] of Object.entries(values)) {
    const { startBit, sizeBits } = findField(placed, name);
    for (let bit = 0; bit < sizeBits; bit++) {
      const at = startBit + (abi.littleEndian ? bit : sizeBits - 1 - bit);
      const inByte = abi.littleEndian ? at & 7 : 7 - (at & 7);
      const set = Number((value >> BigInt(bit)) & 1n) << inByte;
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) | set;
    }
  }
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

Deno.test("placeStruct() puts bit-fields where clang puts them, byte for byte", () => {
  let compared = 0;
  for (const abi of abis) {
    const line = table.split("\n").find((row) =>
      row.includes(abi.target) && row.includes("s10 ")
    ) ?? "";
    for (const [short, values] of Object.entries(VALUES)) {
      const struct = STRUCTS.find((s) =>
        s.name.startsWith(`${short}_`)
      );
      assert(struct !== undefined);
      const recorded = new RegExp(`${short} ([0-9a-f]+)`).exec(line)?.[1];
      assertEquals(bytesOf(struct, abi, values), recorded, abi.name);
      compared++;
    }
  }
  assertEquals(compared, 18);
});

// Real kernels: the layouts that exist there have pahole's offsets.
const KERNELS = [
  ["6.1 amd64", "lp64"],
  ["6.12 amd64", "lp64"],
  ["7.2 amd64", "lp64"],
  ["7.2 arm64", "lp64"],
  ["6.1 s390x", "lp64_be"],
  ["6.1 686", "ilp32"],
  ["6.1 686-pae", "ilp32_pae"],
  ["7.2 armmp-lpae", "ilp32_lpae"],
] as const;

Deno.test("placeStruct() gives the offsets of real kernels for bio_vec and bvec_iter", () => {
  for (const [kernel, abiName] of KERNELS) {
    const abi = findAbi(abiName);
    const bioVec = findLayout("page_offset").struct(abi);
    assert(!isUnsupported(bioVec));
    compare(bioVec, recordedOffsets(kernel, "bio_vec"), abi);
    compare(bvecIter, recordedOffsets(kernel, "bvec_iter"), abi);
  }
});

Deno.test("placeStruct() gives the offsets of real kernels for phys_vec of 7.2", () => {
  for (const [kernel, abiName] of KERNELS) {
    if (!kernel.startsWith("7.2")) continue;
    const abi = findAbi(abiName);
    const struct = findLayout("phyr").struct(abi);
    assert(!isUnsupported(struct));
    compare(struct, recordedOffsets(kernel, "phys_vec"), abi);
  }
});

Deno.test("placeStruct() gives the offsets of real kernels for scatterlist", () => {
  // 6.1 and i386 have dma_length only, or neither; 6.12 on amd64 has flags.
  // Debian's ARM kernels have dma_length, and so does s390x.
  for (const [kernel, abiName] of KERNELS) {
    const recorded = recordedOffsets(kernel, "scatterlist");
    const abi = findAbi(abiName);
    const name = recorded.fields["dma_flags"] !== undefined
      ? "scatterlist"
      : recorded.fields["dma_length"] !== undefined
      ? "scatterlist_dma_length"
      : "scatterlist_minimal";
    const struct = findLayout(name).struct(abi);
    assert(!isUnsupported(struct));
    compare(struct, recorded, abi);
  }
});

function compare(
  struct: CStruct,
  recorded: ReturnType<typeof recordedOffsets>,
  abi: Abi,
): void {
  const placed = placeStruct(struct, abi);
  assertEquals(placed.sizeBytes, recorded.sizeBytes, recorded.source);
  assertEquals(
    placed.fields.map((f) => [f.name, f.offsetBytes, f.sizeBytes]),
    Object.entries(recorded.fields)
      .map(([name, f]) => [name, f.offsetBytes, f.sizeBytes]),
    recorded.source,
  );
}

Deno.test("placeStruct() nests structs, unions and arrays", () => {
  // struct { u8 a; union { u32 m; u64 n; }; struct { u16 q[3]; } in[2]; }
  const struct: CStruct = {
    name: "nest",
    fields: [
      field("a", "u8"),
      {
        name: "",
        type: {
          name: "",
          kind: "union",
          fields: [field("m", "u32"), field("n", "u64")],
        },
      },
      {
        name: "in",
        type: { name: "", fields: [{ name: "q", type: "u16", count: 3 }] },
        count: 2,
      },
    ],
  };
  const of = (abi: string) => {
    const placed = placeStruct(struct, findAbi(abi));
    return [placed.sizeBytes, ...placed.fields.map((f) => f.offsetBytes)];
  };
  assertEquals(of("lp64"), [32, 0, 8, 16]); // 16 + 12, rounded to 8
  assertEquals(of("ilp32"), [24, 0, 4, 12]); // u64 aligns to 4 on i386
});

Deno.test("placeStruct() ends a storage unit at a bit-field of width 0", () => {
  const placed = placeStruct({
    name: "zero",
    fields: [
      field("a", "u32", 3),
      field("", "u32", 0),
      field("b", "u32", 5),
    ],
  }, findAbi("lp64"));
  assertEquals(placed.fields.map((f) => f.startBit), [0, 32]);
  assertEquals(placed.sizeBytes, 8);
});

Deno.test("placeStruct() honours aligned() on a member", () => {
  const placed = placeStruct({
    name: "line",
    fields: [field("a", "u8"), { ...field("b", "u32"), alignedBytes: 64 }],
  }, findAbi("lp64"));
  assertEquals(placed.fields.map((f) => f.offsetBytes), [0, 64]);
  assertEquals([placed.sizeBytes, placed.alignBytes], [128, 64]);
  assertEquals(unusedBytes(placed), 123);
});

Deno.test("placeStruct() refuses what is not C", () => {
  const place = (fields: CField[]) => () =>
    placeStruct({ name: "bad", fields }, findAbi("ilp32"));
  assertThrows(
    place([field("len", "size_t", 56)]),
    RangeError,
    'Cannot place field "len" of struct bad on ilp32: 56 bits, ' +
      "expected 1 to 32 bits",
  );
  assertThrows(place([field("a", "u32", 0)]), RangeError, "expected 1 to 32");
  assertThrows(
    place([field("a", "u32"), field("a", "u32")]),
    RangeError,
    "found it twice, expected it once",
  );
});
