import { assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../layouts/abi.ts";
import type { CStruct } from "../../layouts/c_type.ts";
import { createCodec } from "../../layouts/codec.ts";
import { defineLayout } from "../../layouts/define_layout.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import { fieldNames, findField } from "../../layouts/placed_members.ts";
import { decodeSegment, encodeSegment } from "../../layouts/segment.ts";
import { placeStruct, unusedBytes } from "../../layouts/struct.ts";

/** An address, and a word of length and flag that is also read whole. */
const NESTED: CStruct = {
  name: "bio_vec",
  fields: [
    {
      name: "where",
      type: { name: "", fields: [{ name: "addr", type: "u64" }] },
    },
    {
      name: "",
      type: {
        name: "",
        kind: "union",
        fields: [
          { name: "word", type: "u32" },
          {
            name: "",
            type: {
              name: "",
              fields: [
                { name: "len", type: "u32", bits: 31 },
                { name: "p2p", type: "u32", bits: 1 },
              ],
            },
          },
        ],
      },
    },
    { name: "tail", type: "u8", count: [2, 2] },
  ],
};

Deno.test("findField() finds members of structs in the struct as C names them", () => {
  const placed = placeStruct(NESTED, findAbi("lp64"));
  // where.addr at 0, the union at 8, tail of four bytes at 12: 16 bytes.
  assertEquals(placed.sizeBytes, 16);
  const bits = (name: string) => {
    const { startBit, sizeBits } = findField(placed, name);
    return [startBit, sizeBits];
  };
  assertEquals(bits("where.addr"), [0, 64]);
  assertEquals(bits("word"), [64, 32]);
  assertEquals(bits("len"), [64, 31]);
  assertEquals(bits("p2p"), [95, 1]);
  assertEquals(bits("tail"), [96, 32]);
  assertEquals(fieldNames(placed), [
    "where.addr",
    "word",
    "len",
    "p2p",
    "tail",
  ]);
  assertThrows(
    () => findField(placed, "addr"),
    RangeError,
    'Cannot find field "addr" of struct bio_vec, expected one of: where.addr, ' +
      "word, len, p2p, tail",
  );
});

Deno.test("a layout's roles may lie in structs and unions in the struct", () => {
  const layout = defineLayout({
    name: "nested",
    title: "nested",
    source: { author: "a test", date: "2026-11-29", subject: "nested" },
    struct: NESTED,
    roles: {
      address: { kind: "phys", field: "where.addr" },
      length: { field: "len" },
      flag: { field: "p2p", bit: 0 },
    },
  });
  for (const abi of abis) {
    const view = new DataView(new ArrayBuffer(256));
    const codec = createCodec(layout, abi, view);
    const place = { base: 0, capacity: 4, index: 1 };
    for (let byte = 0; byte < 256; byte++) view.setUint8(byte, 0xff);
    const segment = { address: 0x1234_5678n, lengthBytes: 4097, p2p: true };
    encodeSegment(codec, place, segment);
    assertEquals(decodeSegment(codec, place), {
      ...segment,
      lengthBytes: 4097n,
    });
    codec.set(0, 4, 1, 0x1000, 0, 512, 0);
    assertEquals(
      [codec.physLo(0, 4, 1), codec.length(0, 4, 1), codec.flag(0, 4, 1)],
      [0x1000, 512, 0],
    );
    // The word is 512 with the flag clear, wherever the flag lies in it.
    const word = abi.littleEndian ? 512 : 512 << 1;
    assertEquals(view.getUint32(16 + 8, abi.littleEndian), word, abi.name);
    assertEquals(view.getUint32(16 + 12), 0xffff_ffff); // tail is left alone
    codec.setLength(0, 4, 1, 1024);
    assertEquals([codec.length(0, 4, 1), codec.flag(0, 4, 1)], [1024, 0]);
    const limits = layoutLimits(layout, abi);
    assertEquals(
      "longestLengthBytes" in limits && limits.longestLengthBytes,
      2n ** 31n - 1n,
    );
  }
});

Deno.test("unusedBytes() counts holes of structs in the struct", () => {
  const hole: CStruct = {
    name: "",
    fields: [{ name: "a", type: "u8" }, { name: "b", type: "u32" }],
  };
  const placed = placeStruct({
    name: "s",
    fields: [{ name: "two", type: hole, count: 2 }, { name: "c", type: "u16" }],
  }, findAbi("lp64"));
  // Three bytes behind each a, two at the end.
  assertEquals([placed.sizeBytes, unusedBytes(placed)], [20, 8]);
});
