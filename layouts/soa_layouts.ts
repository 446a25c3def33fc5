/**
 * The meta-layout structure-of-arrays: every field of the inner layout becomes an
 * array of its own, so that no segment has padding.
 */
import type { Layout } from "./layout.ts";
import { pageOffset } from "./page_offset.ts";
import { physLen } from "./phys_len.ts";

/**
 * Makes the structure-of-arrays form of a layout that is known to be one:
 * `soa()` looks first.
 *
 * @returns The layout `soa_` + the inner name.
 * @throws {RangeError} If the inner layout has another arrangement.
 */
export function inArrays(inner: Layout): Layout {
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
export const soaPageOffset: Layout = inArrays(pageOffset);

/** `{phys, u32 len}`, each in an array of its own: 12 bytes, no packing. */
export const soaPhysLen: Layout = inArrays(physLen);
