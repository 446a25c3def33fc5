/**
 * The structure-of-arrays form of whatever layout a program gives: its form is
 * looked at before `soa_layouts.ts` makes it.
 */
import type { Layout } from "./layout.ts";
import { layoutSchema } from "./layout_form.ts";
import { checkValue } from "./option_check.ts";
import { inArrays } from "./soa_layouts.ts";

/**
 * Makes the structure-of-arrays form of a layout.
 *
 * @param inner A layout that is an array of structs.
 * @returns The layout `soa_` + the inner name. Its codec needs the capacity of
 * the array, because that is where the next field's array starts.
 * @throws {RangeError} If the inner layout has another arrangement.
 *
 * @example No padding
 * ```ts
 * import { createCodec, findAbi, findLayout } from "@bvec/lab";
 * import { soa } from "./soa.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const view = new DataView(new ArrayBuffer(4096));
 * const inner = findLayout("phys_len");
 * const lp64 = findAbi("lp64");
 * assertEquals(createCodec(inner, lp64, view).arrayBytes(16), 256);
 * assertEquals(createCodec(soa(inner), lp64, view).arrayBytes(16), 192);
 * ```
 */
export function soa(inner: Layout): Layout {
  checkValue("make soa", layoutSchema, inner, "inner");
  return inArrays(inner);
}
