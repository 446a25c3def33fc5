import { assert, assertEquals, assertThrows } from "@std/assert";
import { readBtf } from "../../../sim/kernel/btf.ts";
import { btfPahole } from "../../../sim/kernel/btf_pahole.ts";
import { bytesSource } from "../../../sim/kernel/byte_source.ts";
import { notRun, run } from "../../layouts/run_tool.ts";
import { SHAPES, shapesBtf } from "./btf_shapes.ts";
import { BtfWriter } from "./btf_writer.ts";

const DATA = new URL("../../data/btf/", import.meta.url);
// 64 bits of either byte order, 32 bits, and a driver's own types.
const KERNELS = [
  "6.1.0-50-amd64",
  "6.1.0-50-s390x",
  "6.1.0-50-armmp",
  "6.1.0-50-amd64-nvme",
];

async function kernelBtf(name: string) {
  const bytes = await Deno.readFile(new URL(`${name}.btf`, DATA));
  return await readBtf(bytesSource(name, bytes));
}

/** What pahole printed, by type. */
async function recorded(name: string): Promise<Map<string, string>> {
  const text = await Deno.readTextFile(new URL(`${name}.pahole.txt`, DATA));
  return new Map(
    text.split(/^=== /m).slice(1).map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
}

for (const kernel of KERNELS) {
  Deno.test(`btfPahole() prints types of ${kernel} as pahole 1.24 does, byte for byte`, async () => {
    const btf = await kernelBtf(kernel);
    const listings = await recorded(kernel);
    assert(listings.size >= 11);
    for (const [name, listing] of listings) {
      assertEquals(btfPahole(btf, name), listing);
    }
  });
}

Deno.test("btfPahole() prints odd shapes as pahole 1.24 does, in both byte orders", async () => {
  const listings = await recorded("shapes");
  assertEquals([...listings.keys()], SHAPES);
  for (const littleEndian of [true, false]) {
    const source = bytesSource("shapes", shapesBtf(littleEndian));
    const btf = await readBtf(source);
    for (const [name, listing] of listings) {
      assertEquals(btfPahole(btf, name), listing);
    }
  }
});

Deno.test("btfPahole() prints what the pahole that is installed prints, for each of three kernels", async () => {
  for (const kernel of KERNELS.slice(0, 3)) {
    const file = new URL(`${kernel}.btf`, DATA).pathname;
    const btf = await kernelBtf(kernel);
    for (const name of ["bio", "request", "page"]) {
      const printed = await run("pahole", ["-F", "btf", "-C", name, file]);
      if (printed === undefined) return notRun("pahole");
      assertEquals(btfPahole(btf, name), printed.out);
    }
  }
});

Deno.test("btfPahole() looks through tags of types and prints enums of 64 bits", async () => {
  const writer = new BtfWriter();
  const rcu = writer.add({ kind: 18, name: "rcu", third: 2 });
  writer.add({ kind: 7, name: "page", third: 0 });
  const pointer = writer.add({ kind: 2, third: rcu });
  const flags = writer.add({
    kind: 19,
    name: "wide_flags",
    third: 8,
    parts: [["WIDE_A", 1, 0], ["WIDE_LONGER", 0, 1]],
  });
  writer.add({
    kind: 4,
    name: "tagged",
    third: 16,
    parts: [["page", pointer, 0], ["flags", flags, 64]],
  });
  writer.add({
    kind: 17,
    name: "bpf_kfunc",
    third: flags,
    parts: [[0]],
    vlen: 0,
  });
  for (const littleEndian of [true, false]) {
    const bytes = writer.bytes(littleEndian);
    const btf = await readBtf(bytesSource("tags", bytes));
    assertEquals(
      btfPahole(btf, "tagged"),
      "struct tagged {\n" +
        "\tstruct page *              page;                 /*     0     8 */\n" +
        "\tenum wide_flags            flags;                /*     8     8 */\n\n" +
        "\t/* size: 16, cachelines: 1, members: 2 */\n" +
        "\t/* last cacheline: 16 bytes */\n};\n",
    );
    // The second is 2^32; pahole calls an enum that is no int packed.
    assertEquals(
      btfPahole(btf, "wide_flags"),
      "enum wide_flags {\n\tWIDE_A      = 1,\n\tWIDE_LONGER = 4294967296,\n" +
        "} __attribute__((__packed__));\n",
    );
  }
});

Deno.test("btfPahole() names what somebody may have meant", async () => {
  const btf = await kernelBtf("6.1.0-50-amd64");
  assertThrows(
    () => btfPahole(btf, "struct bvec"),
    RangeError,
    'Cannot find type "struct bvec" of 6.1.0-50-amd64, expected a struct, ' +
      "union, enum or typedef such as bvec_iter",
  );
  assertEquals(btfPahole(btf, "struct bio"), btfPahole(btf, "bio"));
});

Deno.test("btfPahole() ends on types that go round or grow without end", async () => {
  const endless = (fill: (writer: BtfWriter) => void) => {
    const writer = new BtfWriter();
    fill(writer);
    return readBtf(bytesSource("endless", writer.bytes()));
  };
  const refused = async (fill: (writer: BtfWriter) => void, reason: string) => {
    const btf = await endless(fill);
    assertThrows(() => btfPahole(btf, "all"), RangeError, reason);
  };
  // A typedef of a const of the typedef.
  await refused((writer) => {
    writer.add({ kind: 8, name: "t", third: 2 });
    writer.add({ kind: 10, third: 1 });
    writer.add({ kind: 4, name: "all", third: 8, parts: [["m", 1, 0]] });
  }, "64 typedefs in a chain");
  // A pointer to a pointer to itself.
  await refused((writer) => {
    writer.add({ kind: 2, third: 2 });
    writer.add({ kind: 2, third: 1 });
    writer.add({ kind: 4, name: "all", third: 8, parts: [["m", 1, 0]] });
  }, "it takes more than 64 steps");
  // An unnamed struct that contains itself.
  await refused((writer) => {
    writer.add({ kind: 4, third: 8, parts: [["m", 1, 0]] });
    writer.add({ kind: 4, name: "all", third: 8, parts: [["m", 1, 0]] });
  }, "it contains itself");
  // An array of arrays of itself.
  await refused((writer) => {
    writer.add({ kind: 3, third: 0, vlen: 0, parts: [[2, 0, 1]] });
    writer.add({ kind: 3, third: 0, vlen: 0, parts: [[1, 0, 1]] });
    writer.add({ kind: 4, name: "all", third: 8, parts: [["m", 1, 0]] });
  }, "64 arrays of arrays");
  // 40 unnamed structs, each with two of the next: 2^40 members.
  await refused((writer) => {
    for (let id = 1; id <= 40; id++) {
      const parts = id === 40 ? [] : [["a", id + 1, 0], ["b", id + 1, 64]];
      writer.add({ kind: 4, third: 8, parts });
    }
    writer.add({ kind: 4, name: "all", third: 8, parts: [["m", 1, 0]] });
  }, "more than 200000 members");
  // 40 functions, each with two parameters that point to the next.
  await refused((writer) => {
    for (let level = 0; level < 40; level++) {
      const next = 2 * level + 3;
      writer.add({
        kind: 13,
        third: 0,
        parts: [["a", next + 1], ["b", next + 1]],
      });
      writer.add({ kind: 2, third: next - 2 });
    }
    writer.add({ kind: 1, name: "int", third: 4, vlen: 0, parts: [[32]] });
    writer.add({ kind: 8, name: "last", third: 81 });
    writer.add({ kind: 4, name: "all", third: 8, parts: [["m", 2, 0]] });
  }, "Cannot name a type");
});
