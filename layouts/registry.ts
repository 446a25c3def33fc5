/**
 * The layouts of the lab, in the order of listings. Adding one is: its file,
 * its test, one line here.
 */
import { checkString } from "./value_text.ts";
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
import { soaPageOffset, soaPhysLen } from "./soa_layouts.ts";

/**
 * All registered layouts; the first is mainline's, the baseline of comparisons.
 *
 * @example Those that can carry a P2P flag in each segment
 * ```ts
 * import { findAbi, isUnsupported, layouts } from "@bvec/lab";
 * import { assert } from "@std/assert";
 *
 * const lp64 = findAbi("lp64");
 * const flagged = layouts.filter((layout) =>
 *   !isUnsupported(layout.serves(lp64, "flag"))
 * );
 * assert(flagged.some(({ name }) => name === "phys_flags"));
 * ```
 */
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
 * import { findLayout } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findLayout("phys_flags").source.date, "2019-06-26");
 * ```
 */
export function findLayout(name: string): Layout {
  checkString("find layout", "name", name);
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

/** What is before the name of a family. */
export const FAMILY_PREFIX = "family:";

/** What selects every layout. */
export const ALL_LAYOUTS = "all";

/**
 * Finds the layouts that a name selects: the one of that name or, after
 * `family:`, all of a family; `all` are all of them. The name of a family that
 * no layout has may stand alone.
 *
 * @param name A layout's name, `family:` and a family's, or `all`.
 * @returns The layouts in registry order; empty if the name is not known.
 *
 * @example One layout, and its family
 * ```ts
 * import { selectLayouts } from "./registry.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(selectLayouts("phys_packed").length, 1);
 * assertEquals(
 *   selectLayouts("family:phys_packed").map(({ name }) => name),
 *   ["phys_packed", "phys_packed_aligned4"],
 * );
 * ```
 */
export function selectLayouts(name: string): readonly Layout[] {
  checkString("select layouts", "name", name);
  const exact = layouts.filter((layout) => layout.name === name);
  if (exact.length > 0) return exact;
  if (name === ALL_LAYOUTS) return layouts;
  const family = name.startsWith(FAMILY_PREFIX)
    ? name.slice(FAMILY_PREFIX.length)
    : name;
  return layouts.filter((layout) => layout.family === family);
}

/**
 * Lists all names that select layouts.
 *
 * @returns Names as `selectLayouts()` takes them: layouts, families, `all`.
 */
export function layoutNames(): string[] {
  const names = layouts.map(({ name }) => name);
  return [...names, ...layoutFamilies(), ALL_LAYOUTS];
}

/**
 * Lists the families that have several layouts.
 *
 * @returns Their names, as `selectLayouts()` takes them.
 */
export function layoutFamilies(): string[] {
  const families = layouts.map(({ family }) => family);
  return [...new Set(families)]
    .filter((name) => families.indexOf(name) !== families.lastIndexOf(name))
    .map((name) => FAMILY_PREFIX + name);
}
