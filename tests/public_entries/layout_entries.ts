/** Functions of layouts: structs, codecs, what is made of C text. */
import * as lab from "../entries.ts";
import type { Entries } from "./entry.ts";
import { layout, lp64 } from "./working_values.ts";

const struct = layout.struct(lp64) as lab.CStruct;
const placed = () => lab.placeStruct(struct, lp64);
const view = () => new DataView(new ArrayBuffer(4096));
const codec = () => lab.createCodec(layout, lp64, view());
const place = { base: 0, capacity: 8, index: 1 };
const description = {
  name: "mine",
  title: "an example",
  source: { author: "me", date: "2026-01-01", subject: "an example" },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "len", type: "u32" },
      { name: "phys", type: "phys_addr_t" },
      { name: "tag", type: "u32", bits: 4, alignedBytes: 4 },
    ],
  },
  roles: {
    address: { kind: "phys", field: "phys" },
    length: { field: "len" },
    constants: { tag: 3 },
  },
};

export const LAYOUT_ENTRIES: Entries = {
  cDefinitions: { args: () => [struct, lp64], loose: ["0"] },
  cStruct: { args: () => [struct], loose: ["0"] },
  cStructWithAssertions: { args: () => [struct, lp64], loose: ["0"] },
  cTypedefs: { args: () => [lp64] },
  createCodec: {
    args: () => [layout, lp64, view(), { pageBaseLo: 0, pageBaseHi: 1 }],
    loose: ["0"],
  },
  decodeSegment: { args: () => [codec(), place], loose: ["0"] },
  defineLayout: { args: () => [description], mayBeEmpty: [] },
  encodeSegment: {
    args: () => [codec(), place, { address: 4096n, lengthBytes: 512 }],
    loose: ["0"],
  },
  findAbi: { args: () => ["lp64"] },
  findLayout: { args: () => ["phyr"] },
  layoutData: { args: () => [layout], loose: ["0"] },
  layoutFromC: {
    args: () => [
      "struct s { phys_addr_t at; u32 len; };",
      { file: "x.h", struct: "s", config: ["CONFIG_X"], source: { date: "" } },
    ],
    mayBeEmpty: ["1.config"],
  },
  layoutLimits: { args: () => [layout, lp64], loose: ["0"] },
  pagePointers: { args: () => [layout, lp64], loose: ["0"] },
  layoutOfData: {
    args: () => [lab.layoutData(lab.defineLayout(description as never))],
  },
  pahole: { args: () => [placed()], loose: ["0"] },
  placeStruct: {
    args: () => [{ ...description.struct }, { ...lp64 }],
    mayBeEmpty: ["0.fields"],
  },
  selectLayouts: { args: () => ["rlist"] },
  soa: { args: () => [layout], loose: ["0"] },
  unusedBytes: { args: () => [placed()], loose: ["0"] },
};
