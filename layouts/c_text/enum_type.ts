/** Which scalar holds an enumeration, as GCC and clang choose it. */
import type { ScalarName } from "../c_type.ts";

/**
 * Finds the scalar of an enumeration.
 *
 * @param packed Whether it takes the smallest that holds them.
 * @returns The scalar: of 4 bytes, of 8 where a value needs them.
 */
export function enumScalar(
  values: readonly bigint[],
  packed: boolean,
): ScalarName {
  let least = 0n;
  let most = 0n;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const fits = (bits: bigint) =>
    least < 0n
      ? least >= -(1n << (bits - 1n)) && most < 1n << (bits - 1n)
      : most < 1n << bits;
  const signed = least < 0n;
  if (packed && fits(8n)) return signed ? "s8" : "u8";
  if (packed && fits(16n)) return signed ? "s16" : "u16";
  if (fits(32n)) return signed ? "int" : "unsigned int";
  return signed ? "s64" : "u64";
}
