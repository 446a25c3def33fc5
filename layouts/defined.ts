/** Options that are handed on, without those that nobody gave. */

/**
 * Leaves out members that are `undefined`, which `exactOptionalPropertyTypes`
 * and a check for unknown keys tell from absent ones.
 *
 * @param members Members, in their order.
 * @returns Those that have a value, in an object of their own.
 *
 * @example What is not given is not there
 * ```ts
 * import { defined } from "./defined.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const size: number | undefined = undefined;
 * assertEquals({ ...defined({ name: "bvec", size }) }, { name: "bvec" });
 * ```
 */
export function defined<Members extends object>(
  members: Members,
): { [Key in keyof Members]?: Exclude<Members[Key], undefined> } {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as { [Key in keyof Members]?: Exclude<Members[Key], undefined> };
}
