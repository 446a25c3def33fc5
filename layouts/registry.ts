/**
 * The layouts of the lab, in the order of listings. Adding one is: its file,
 * its test, one line here.
 */
import { bioVecDma } from "./bio_vec_dma.ts";
import { dmaVec } from "./dma_vec.ts";
import type { Layout } from "./layout.ts";
import { len31P2p } from "./len31_p2p.ts";
import { len24P2p, len56P2p, len56P2pU64 } from "./len56_p2p.ts";
import { pageOffset } from "./page_offset.ts";
import { pfnT } from "./pfn_t.ts";
import { physFlags } from "./phys_flags.ts";
import { physLen } from "./phys_len.ts";
import { physPacked, physPackedAligned4 } from "./phys_packed.ts";
import { phyr } from "./phyr.ts";
import { rlist16, rlist24, rlist8 } from "./rlist.ts";
import {
  scatterlist,
  scatterlistDmaLength,
  scatterlistMinimal,
} from "./scatterlist.ts";
import { soaPageOffset, soaPhysLen } from "./soa.ts";

/** All registered layouts; mainline first, the baseline of comparisons. */
export const layouts: readonly Layout[] = Object.freeze([
  pageOffset,
  physFlags,
  physLen,
  phyr,
  physPacked,
  physPackedAligned4,
  len31P2p,
  len56P2p,
  len56P2pU64,
  len24P2p,
  dmaVec,
  pfnT,
  scatterlist,
  scatterlistDmaLength,
  scatterlistMinimal,
  bioVecDma,
  rlist8,
  rlist16,
  rlist24,
  soaPageOffset,
  soaPhysLen,
]);

/**
 * Finds a layout by its name.
 *
 * @param name The name, such as `page_offset`.
 * @returns The layout.
 * @throws {RangeError} If there is none of that name.
 *
 * @example Who proposed it
 * ```ts
 * import { findLayout } from "@bvec/lab/layouts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findLayout("phys_flags").source.date, "2019-06-26");
 * ```
 */
export function findLayout(name: string): Layout {
  const found = layouts.find((layout) => layout.name === name);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find layout "${name}", expected one of: ${
        layouts.map((layout) => layout.name).join(", ")
      }`,
    );
  }
  return found;
}

/**
 * Finds the layouts that a name selects: one of that name and, if the name is
 * a family's, all of the family.
 *
 * @param name A layout's or a family's name.
 * @returns The layouts in registry order; empty if the name is not known.
 */
export function selectLayouts(name: string): readonly Layout[] {
  const family = layouts.filter((layout) => layout.family === name);
  if (family.length > 0) return family;
  return layouts.filter((layout) => layout.name === name);
}
