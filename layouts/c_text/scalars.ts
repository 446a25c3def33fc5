/** Names of scalars: C's keywords in any order, and the lab's own typedefs. */
import type { ScalarName } from "../c_type.ts";

/** Typedefs that the lab knows without any text. */
export const NATIVE: ReadonlyMap<string, ScalarName> = new Map(
  ([
    ...["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "bool"] as const,
    ...["size_t", "phys_addr_t", "dma_addr_t"] as const,
  ] as const).map((name) => [name, name]),
);

/**
 * Finds the scalar that keywords name.
 *
 * @param text Keywords, such as `long unsigned int`.
 * @returns The scalar; `undefined` if they are none, or a name.
 */
export function scalarOf(text: string): ScalarName | undefined {
  const words = text.split(/\s+/);
  const count = (...names: string[]) =>
    words.filter((word) => names.includes(word)).length;
  const longs = count("long");
  const unsigned = count("unsigned") > 0;
  const known = count(
    ...["long", "unsigned", "signed", "int", "short", "char", "__int128"],
  );
  if (text === "_Bool") return "bool";
  if (text === "float" || text === "double") return text;
  if (known !== words.length || count("int") > 1) return undefined;
  if (count("unsigned", "signed") > 1) return undefined;
  const prefix = unsigned ? "unsigned " : "";
  if (count("__int128") > 0) return `${prefix}__int128` as ScalarName;
  if (count("char") > 0) {
    if (count("signed") > 0) return "signed char";
    return `${prefix}char` as ScalarName;
  }
  if (count("short") > 0) return `${prefix}short` as ScalarName;
  if (longs > 1) return `${prefix}long long` as ScalarName;
  if (longs === 1) return `${prefix}long` as ScalarName;
  return unsigned ? "unsigned int" : "int";
}
