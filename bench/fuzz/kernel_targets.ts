/** The reader of a kernel's types as a fuzzer drives it. */
import { PaholePrinter } from "../../layouts/pahole/print.ts";
import { isRecord } from "../../layouts/pahole/type.ts";
import { readBtf } from "../../sim/kernel/btf.ts";
import { structsOfBtf } from "../../sim/kernel/btf_structs.ts";
import { BtfTypes } from "../../sim/kernel/btf_types.ts";
import { bytesSource } from "../../sim/kernel/byte_source.ts";
import { btfFiles } from "./kernel_corpora.ts";
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
];
