/** Types of a kernel's BTF in pahole's form. */
import { PaholePrinter } from "../../layouts/pahole/print.ts";
import { isRecord } from "../../layouts/pahole/type.ts";
import { closestNames } from "./closest_names.ts";
import { type Btf, BTF_KIND } from "./btf.ts";
import { BtfTypes } from "./btf_types.ts";

const NAMED = [
  BTF_KIND.struct,
  BTF_KIND.union,
  BTF_KIND.enum,
  BTF_KIND.enum64,
  BTF_KIND.typedef,
] as const;
/** Kinds that a word in front of a name asks for. */
const TAGGED: Readonly<Record<string, readonly number[]>> = {
  struct: [BTF_KIND.struct],
  union: [BTF_KIND.union],
  enum: [BTF_KIND.enum, BTF_KIND.enum64],
};

/**
 * Prints a type as `pahole -C NAME` does, byte for byte that of pahole 1.24.
 *
 * @param name Tag of a struct, union or enumeration, or name of a typedef; of
 * several, the first, unless `struct ` or so is in front.
 * @returns The text, ending with a newline. A tag of a type, such as `__rcu`
 * from clang, is left out.
 * @throws {RangeError} If there is none of that name, or the BTF contradicts
 * itself there.
 *
 * @example A struct of a kernel
 * ```ts
 * import { readBtf } from "./btf.ts";
 * import { btfPahole } from "./btf_pahole.ts";
 * import { bytesSource } from "./byte_source.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * // Of a real one: bytesSource(path, await Deno.readFile(path)).
 * const bytes = Uint8Array.fromHex(
 *   "9feb0100180000000000000044000000440000002600000001000000000000010400" +
 *     "0000200000000e0000000000000108000000400000001300000002000004100000" +
 *     "001c000000020000000000000022000000010000004000000000756e7369676e65" +
 *     "6420696e74006c6f6e6700706879735f766563007061646472006c656e00",
 * );
 * const btf = await readBtf(bytesSource("vmlinux", bytes));
 * assertStringIncludes(
 *   btfPahole(btf, "phys_vec"),
 *   "\tunsigned int               len;                  /*     8     4 *" + "/",
 * );
 * ```
 */
export function btfPahole(btf: Btf, name: string): string {
  const [, tag = "", alone = name] = /^(struct|union|enum) (.*)$/.exec(name) ??
    [];
  const kinds = TAGGED[tag] ?? NAMED;
  const id = btf.find(alone, kinds);
  const type = id === undefined ? undefined : new BtfTypes(btf).type(id);
  if (type?.kind === "enum" || type?.kind === "typedef" || isRecord(type)) {
    return new PaholePrinter().print(type);
  }
  throw new RangeError(
    `Cannot find type "${name}" of ${btf.name}, expected a struct, union, ` +
      `enum or typedef${closestNames(btf, alone, kinds)}`,
  );
}
