/**
 * The meta-layout structure-of-arrays: every field of the inner layout becomes an
 * array of its own, so that no segment has padding.
 */
import { layoutSchema } from "./layout_form.ts";
import { checkValue } from "./option_check.ts";
import type { Layout } from "./layout.ts";

import { pageOffset } from "./page_offset.ts";
import { physLen } from "./phys_len.ts";

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
  if (inner.arrangement.kind !== "aos") {
    throw new RangeError(
      `Cannot make soa of layout "${inner.name}": it is arranged as ` +
        `"${inner.arrangement.kind}", expected "aos"`,
    );
  }
  return Object.freeze<Layout>({
    ...inner,
    name: `soa_${inner.name}`,
    family: "soa",
    title: `structure of arrays of ${inner.name}`,
    arrangement: Object.freeze({ kind: "soa" }),
  });
}

/** Mainline's fields, each in an array of its own. */
export const soaPageOffset: Layout = soa(pageOffset);

/** `{phys, u32 len}`, each in an array of its own: 12 bytes, no packing. */
export const soaPhysLen: Layout = soa(physLen);
