/**
 * The identifiers that the audit counts. Adding one is one line here; what its
 * uses mean is in `patterns.ts`.
 */
import type { Kind } from "./kinds.ts";

/**
 * What an identifier has to do with the page of a bio_vec:
 *
 * - `member`: it is the page;
 * - `getter`: it gives the page out, so that its value is used as `bv_page` is;
 * - `helper`: it does what is wanted without showing the page to its caller;
 * - `page`: it takes any page, and counts where that is the page of a bio_vec.
 */
export type NameRole = "member" | "getter" | "helper" | "page";

/** An identifier that is counted. */
export interface AuditedName {
  readonly name: string;
  /** What it has to do with the page of a bio_vec. */
  readonly role: NameRole;
  /** What a helper does, as the kind of its uses. */
  readonly kind?: Kind;
  /** Where the kernel declares it. */
  readonly source: string;
}

const BVEC_H = "include/linux/bvec.h";
const BIO_H = "include/linux/bio.h";
const HIGHMEM_H = "include/linux/highmem.h";

/** All of them, in the order of reports. */
export const auditedNames: readonly AuditedName[] = [
  { name: "bv_page", role: "member", source: BVEC_H },
  { name: "bvec_iter_page", role: "getter", source: BVEC_H },
  { name: "mp_bvec_iter_page", role: "getter", source: BVEC_H },
  { name: "bio_page", role: "getter", source: BIO_H },
  { name: "bio_iter_page", role: "getter", source: BIO_H },
  { name: "bio_first_page_all", role: "getter", source: BIO_H },
  { name: "bio_first_folio_all", role: "getter", source: BIO_H },
  helper("bvec_phys", "physical"),
  helper("bvec_virt", "mapping"),
  helper("bvec_kmap_local", "mapping"),
  helper("bvec_kmap_irq", "mapping", `${BIO_H}, until 5.15`),
  helper("memcpy_from_bvec", "mapping"),
  helper("memcpy_to_bvec", "mapping"),
  helper("memzero_bvec", "mapping"),
  helper("bvec_set_page", "written"),
  helper("bvec_set_folio", "written"),
  helper("bvec_set_virt", "written"),
  { name: "page_to_phys", role: "page", source: "include/asm-generic/page.h" },
  { name: "kmap", role: "page", source: HIGHMEM_H },
  { name: "kmap_atomic", role: "page", source: HIGHMEM_H },
  { name: "kmap_local_page", role: "page", source: HIGHMEM_H },
  { name: "sg_set_page", role: "page", source: "include/linux/scatterlist.h" },
];

function helper(name: string, kind: Kind, source = BVEC_H): AuditedName {
  return { name, role: "helper", kind, source };
}

const byName: ReadonlyMap<string, AuditedName> = new Map(
  auditedNames.map((audited) => [audited.name, audited]),
);

/** Finds an identifier that is counted. */
export function auditedName(name: string): AuditedName | undefined {
  return byName.get(name);
}
