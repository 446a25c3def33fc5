/** BTF of a few structs, by hand (Documentation/bpf/btf.rst). */
import { Btf } from "../../../sim/kernel/btf.ts";

const INT = 1;
const POINTER = 2;
const ARRAY = 3;
const STRUCT = 4;
const UNION = 5;

/** A member: name, type number, byte. */
type Part = readonly [name: string, type: number, byte: number];

/**
 * Types: 1 u32, 2 u16, 3 void *, 4 struct bio_vec, 5 struct bvec_iter, 6 struct
 * bio with an unnamed union, 7 that union, 8 an array of 4 bio_vecs.
 */
export function smallBtf(): Btf {
  const strings = ["\0"];
  const types: number[] = [];
  const name = (text: string) => {
    if (text === "") return 0;
    const at = strings.join("").length;
    strings.push(`${text}\0`);
    return at;
  };
  const record = (
    kind: number,
    tag: string,
    sizeBytes: number,
    parts: readonly Part[],
  ) => {
    types.push(name(tag), kind << 24 | parts.length, sizeBytes);
    for (const [member, type, byte] of parts) {
      types.push(name(member), type, byte * 8);
    }
  };
  types.push(name("unsigned int"), INT << 24, 4, 32);
  types.push(name("short unsigned int"), INT << 24, 2, 16);
  types.push(0, POINTER << 24, 0);
  record(STRUCT, "bio_vec", 16, [
    ["bv_page", 3, 0],
    ["bv_len", 1, 8],
    ["bv_offset", 1, 12],
  ]);
  record(STRUCT, "bvec_iter", 8, [["bi_sector", 1, 0], ["bi_size", 1, 4]]);
  record(STRUCT, "bio", 112, [
    ["bi_next", 3, 0],
    ["bi_bdev", 3, 8],
    ["", 7, 16],
    ["bi_iter", 5, 24],
    ["bi_vcnt", 2, 32],
    ["bi_max_vecs", 2, 34],
    ["bi_io_vec", 3, 40],
    ["bi_inline_vecs", 8, 48],
  ]);
  record(UNION, "", 8, [["bi_private", 3, 0], ["bi_cookie", 1, 0]]);
  types.push(0, ARRAY << 24, 0, 4, 1, 4);
  const text = new TextEncoder().encode(strings.join(""));
  const bytes = new Uint8Array(24 + types.length * 4 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  [24, 0, types.length * 4, types.length * 4, text.length].forEach(
    (word, index) => view.setUint32(4 + index * 4, word, true),
  );
  types.forEach((word, index) => view.setUint32(24 + index * 4, word, true));
  bytes.set(text, 24 + types.length * 4);
  return new Btf(bytes, {
    name: "small",
    at: 0,
    pointerBytes: 8,
    base: undefined,
  });
}
