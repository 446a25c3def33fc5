/** How C text becomes a layout. */
import type { Source } from "../layout.ts";

/** How C text becomes a layout. */
export interface LayoutFromCOptions {
  /** What messages call the text, such as its file; `C text` by default. */
  readonly file?: string | undefined;
  /**
   * Tag or typedef of the struct; the only one of the text by default. With
   * `@LINE` after it, of several of that name the one that begins there.
   */
  readonly struct?: string | undefined;
  /**
   * Name of the layout; that of the struct by default, with `own_` in front if
   * a layout of the lab has that name.
   */
  readonly name?: string | undefined;
  /**
   * Options of the kernel's configuration that are set, such as
   * `CONFIG_PCI_P2PDMA` or `PCI_P2PDMA`; all others are not. By default every
   * combination of those that the text asks for is a variant.
   */
  readonly config?: readonly string[] | undefined;
  /** Types that the text does not define: `{ foo_t: "u64" }`. */
  readonly types?: Readonly<Record<string, string>> | undefined;
  /** Macros that it does not define: `{ MAX_SEGS: "4" }`. */
  readonly defines?: Readonly<Record<string, string>> | undefined;
  /**
   * Roles of members: `address=paddr,flag=flags:0`; one with a tag in front,
   * `bio_vec:flag=none`, is for the struct of that tag alone.
   */
  readonly roles?: string | undefined;
  /** Who proposed it. */
  readonly source?: Partial<Source> | undefined;
}
