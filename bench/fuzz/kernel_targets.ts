/** Readers of a kernel's types and of C text, as a fuzzer drives them. */
import { abis } from "../../layouts/abi.ts";
import { layoutFromC } from "../../layouts/c_text/layout_from_c.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import { pahole } from "../../layouts/pahole.ts";
import { PaholePrinter } from "../../layouts/pahole/print.ts";
import { isRecord } from "../../layouts/pahole/type.ts";
import { placeStruct, unusedBytes } from "../../layouts/struct.ts";
import { readBtf } from "../../sim/kernel/btf.ts";
import { structsOfBtf } from "../../sim/kernel/btf_structs.ts";
import { BtfTypes } from "../../sim/kernel/btf_types.ts";
import { bytesSource } from "../../sim/kernel/byte_source.ts";
import { btfFiles, C_TEXTS, C_TOKENS } from "./kernel_corpora.ts";
import { type FuzzTarget, requireCount, requirePrintable } from "./target.ts";

const NAME = "fuzz.btf";

/** Reads BTF and prints every type that has a name. */
async function readTypes(bytes: Uint8Array): Promise<void> {
  const btf = await readBtf(bytesSource(NAME, bytes));
  const types = new BtfTypes(btf);
  const names: string[] = [];
  for (let id = 1; id < btf.endId; id++) {
    const type = types.type(id);
    if (type?.kind !== "typedef" && type?.kind !== "enum" && !isRecord(type)) {
      continue;
    }
    if (type.name === "") continue;
    requirePrintable(`type ${type.name}`, new PaholePrinter().print(type));
    if (isRecord(type)) names.push(type.name);
  }
  for (const { sizeBytes, fields } of structsOfBtf(btf, names).values()) {
    requireCount("sizeof", sizeBytes);
    for (const [name, place] of Object.entries(fields)) {
      requireCount(`offset of ${name}`, place.offsetBytes);
      requireCount(`size of ${name}`, place.sizeBytes);
    }
  }
}

/** Reads C text, and everything that a layout of it gives. */
async function readC(bytes: Uint8Array): Promise<void> {
  const text = new TextDecoder().decode(bytes);
  const { variants } = await layoutFromC(text, { file: "fuzz.h" });
  for (const layout of variants) {
    requirePrintable("the title", layout.title);
    for (const note of layout.notes) requirePrintable("a note", note);
    for (const abi of abis) {
      const struct = layout.struct(abi);
      if (isUnsupported(struct)) continue;
      const placed = placeStruct(struct, abi);
      requireCount("sizeof", placed.sizeBytes);
      requireCount("unused bytes", unusedBytes(placed));
      for (const field of placed.fields) requireCount("a bit", field.startBit);
      requirePrintable("the listing", pahole(placed));
      layoutLimits(layout, abi);
    }
  }
}

/** Readers of what is known of a kernel. */
export const kernelTargets: readonly FuzzTarget[] = [
  {
    name: "btf",
    // What a type contradicts is found when it is asked for, as a RangeError.
    errors: ["SyntaxError", "RangeError"],
    seeds: btfFiles(),
    tokens: [],
    read: readTypes,
  },
  {
    name: "c",
    errors: ["SyntaxError", "RangeError"],
    seeds: C_TEXTS,
    tokens: C_TOKENS,
    read: readC,
  },
];
