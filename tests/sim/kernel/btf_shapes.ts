/** BTF of odd shapes, which kernels have seldom or never. */
import { BtfWriter } from "./btf_writer.ts";

/** Their names. */
export const SHAPES: readonly string[] = [
  ...["names", "cuts", "crossing", "crossing2", "odd", "oddunion", "padded"],
  ...["lines", "gaps", "holed", "beyond", "wide", "modes"],
];

/**
 * Makes the BTF.
 *
 * @param littleEndian The byte order.
 * @returns Names that pahole cuts, bit-fields that cross their unit, members at
 * odd places, padding, cache lines in unions, gaps between bit-fields, a padding
 * that no alignment explains (shown from DWARF only), bit-fields of an
 * enumeration without a tag.
 */
export function shapesBtf(littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const w = new BtfWriter();
  const int = (name: string, third: number) =>
    w.add({ kind: 1, name, third, vlen: 0, parts: [[third * 8]] });
  const u8 = int("unsigned char", 1);
  const u32 = int("unsigned int", 4);
  const u64 = int("long unsigned int", 8);
  const add = (
    name: string,
    third: number,
    parts: (string | number)[][],
    flag = true,
    kind = 4,
  ) => w.add({ kind, name, flag, third, parts });
  const bits = (n: number, at: number) => n << 24 | at;
  const fwd = (n: string) => w.add({ kind: 7, name: n, third: 0 });
  const ptr = (t: number) => w.add({ kind: 2, third: t });
  const L = "a_type_whose_name_is_rather_long_indeed";
  const pl = ptr(fwd(L));
  const proto = w.add({
    kind: 13,
    third: pl,
    parts: [["first", pl], ["second", pl], ["third", pl], ["", u32]],
  });
  const pproto = ptr(proto);
  const ppproto = ptr(pproto);
  add("names", 24, [["one", pproto, 0], ["two", ppproto, 64], [
    "three",
    ptr(ppproto),
    128,
  ]]);
  const longname = "x".repeat(140);
  const ls = fwd(longname);
  const cls = w.add({ kind: 10, third: ls });
  add("cuts", 16, [["a", ptr(ls), 0], ["b", ptr(cls), 64]]);
  add("crossing", 16, [["a", u32, bits(20, 0)], ["b", u32, bits(20, 20)], [
    "c",
    u32,
    bits(20, 40),
  ], ["d", u8, 64]]);
  add("crossing2", 12, [["t", u8, bits(0, 0)], ["len", u64, bits(56, 8)], [
    "x",
    u32,
    bits(3, 64),
  ], ["y", u32, bits(29, 67)]]);
  const inner = add("", 12, [["q", u64, 0], ["r", u32, 64]]);
  add("odd", 20, [["n", u32, 0], ["", inner, 32], ["tail", u8, 128]]);
  const inner2 = add("", 12, [["q", u64, 0], ["r", u32, 64]]);
  add("oddunion", 12, [["", inner2, 0], ["w", u32, 0]], true, 5);
  const named = add("part", 16, [["q", u64, 0], ["r", u8, 64]]);
  add("padded", 40, [["p", named, 0], ["z", named, 128], ["c", u8, 256]]);
  const s1 = add("", 128, [["f", u64, 0], ["g", u8, 64 * 8], [
    "h",
    u8,
    72 * 8,
  ]]);
  const s2 = add("", 128, [["i", u64, 0], ["j", u8, 64 * 8]]);
  const un = add("", 128, [["one", s1, 0], ["two", s2, 0]], true, 5);
  add("lines", 136, [["", un, 0], ["end", u64, 1024]]);
  add("gaps", 16, [
    ["a", u32, bits(3, 0)],
    ["b", u32, bits(4, 8)],
    ["c", u32, bits(2, 40)],
    ["d", u8, 64],
    ["e", u32, bits(9, 96)],
  ]);

  const holed = add("", 8, [["k", u8, 0], ["l", u32, 32]]);
  add("holed", 16, [["m", u8, 0], ["", holed, 16], ["o", u8, 80]]);
  add("beyond", 8, [["a", u32, bits(20, 0)], ["b", u32, bits(20, 20)]]);
  const u128 = int("__int128 unsigned", 16);
  add("wide", 32, [["a", u128, 0], ["b", u8, 128]]);
  const mode = w.add({ kind: 6, third: 4, parts: [["ON", 0], ["OFF", 1]] });
  add("modes", 8, [["a", mode, bits(3, 0)], ["b", mode, bits(4, 8)], [
    "c",
    mode,
    bits(2, 40),
  ]]);

  return w.bytes(littleEndian);
}
