/**
 * The kinds that uses are put into, and what each would mean if a bio_vec held
 * {phys, len} as the mail of 26 June 2019 proposes.
 */

/**
 * What would have to be done to a use:
 *
 * - `nothing`: it does not show what a bio_vec holds;
 * - `helper`: a helper on the bio_vec does it, and the change is mechanical;
 * - `flag`: the flag in the bio_vec answers it;
 * - `mark`: it needs another way to say "empty", because 0 is an address;
 * - `page`: it needs a struct page, which memory without one cannot give;
 * - `read`: somebody has to read the code that gets the page.
 */
export type Conversion =
  | "nothing"
  | "helper"
  | "flag"
  | "mark"
  | "page"
  | "read";

export interface KindDescription {
  readonly kind: string;
  readonly title: string;
  /** What would have to be done. */
  readonly conversion: Conversion;
  /** What that is, in a few words. */
  readonly change: string;
}

/**
 * All kinds. Of a variable that is used in several ways, the first kind here
 * is the one that it needs most.
 */
export const kinds = [
  {
    kind: "not_understood",
    title: "not understood",
    conversion: "read",
    change: "read it: the parser could not",
  },
  {
    kind: "page_state",
    title: "page or folio state",
    conversion: "page",
    change: "phys_to_page(), or keep the folio elsewhere",
  },
  {
    kind: "reference",
    title: "reference or dirty",
    conversion: "page",
    change: "phys_to_page(), or pin by address",
  },
  {
    kind: "handed_on",
    title: "handed on",
    conversion: "read",
    change: "follow it: another function, struct or caller",
  },
  {
    kind: "p2p_check",
    title: "P2P check",
    conversion: "flag",
    change: "test the flag in the bio_vec",
  },
  {
    kind: "comparison",
    title: "page comparison",
    conversion: "helper",
    change: "compare addresses",
  },
  {
    kind: "null_test",
    title: "test for NULL",
    conversion: "mark",
    change: "0 is an address: test the length",
  },
  {
    kind: "scatterlist",
    title: "into a scatterlist",
    conversion: "helper",
    change: "sg_set_bvec(), or DMA map the bio_vec",
  },
  {
    kind: "cache_flush",
    title: "CPU cache flush",
    conversion: "helper",
    change: "bvec_flush_dcache()",
  },
  {
    kind: "mapping",
    title: "mapping or copying",
    conversion: "helper",
    change: "bvec_kmap_local(), memcpy_to_bvec() ...",
  },
  {
    kind: "physical",
    title: "physical address only",
    conversion: "helper",
    change: "bvec_phys(), dma_map_phys()",
  },
  {
    kind: "written",
    title: "written",
    conversion: "helper",
    change: "bvec_set_page()",
  },
  {
    kind: "copied",
    title: "copied to a bio_vec",
    conversion: "helper",
    change: "copy the whole bio_vec",
  },
  {
    kind: "declared",
    title: "declared",
    conversion: "nothing",
    change: "the declaration itself, #define, #ifdef",
  },
  {
    kind: "other",
    title: "not of a bio_vec",
    conversion: "nothing",
    change: "another page, or another thing of that name",
  },
] as const satisfies readonly KindDescription[];

export type Kind = typeof kinds[number]["kind"];

export const kindNames: readonly Kind[] = kinds.map(({ kind }) => kind);

export function describeKind(kind: Kind): KindDescription {
  const found = kinds.find((known) => known.kind === kind);
  if (found === undefined) throw new RangeError(`Cannot find kind "${kind}"`);
  return found;
}

/**
 * Returns the kind that a page needs most, of several that it is used in.
 *
 * @returns The first of them in the order of `kinds`.
 */
export function foremostKind(of: Iterable<Kind>): Kind {
  const found = new Set(of);
  return kindNames.find((kind) => found.has(kind)) ?? "not_understood";
}
