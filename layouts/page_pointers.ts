/**
 * Where page pointers go while a bio of whatever layout a program gives is
 * filled: its form is looked at before `page_pointer_place.ts` answers.
 */
import type { Abi } from "./abi.ts";
import { abiSchema } from "./abi_form.ts";
import type { Layout, Unsupported } from "./layout.ts";
import { layoutSchema } from "./layout_form.ts";
import { checkValue } from "./option_check.ts";
import { pagePointerPlace } from "./page_pointer_place.ts";

/** Where page pointers go while a bio is filled. */
export type PagePointerPlace =
  /** The tail of the array, as in mainline. */
  | "tail"
  /** The tail of the array, once the kernel counts in bytes. */
  | "byte_tail"
  /** An array of their own: that of the vectors cannot hold them. */
  | "bounce";

export interface PagePointers {
  /** Where they go. */
  readonly place: PagePointerPlace;
  /** Why, for the user to read. */
  readonly reason: string;
}

/**
 * Returns where page pointers go while a bio of a layout is filled.
 *
 * @example Mainline, twelve bytes, columns
 * ```ts
 * import { findAbi, findLayout, isUnsupported } from "@bvec/lab";
 * import { pagePointers } from "./page_pointers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const places = ["page_offset", "phys_packed", "soa_phys_len"].map((name) => {
 *   const found = pagePointers(findLayout(name), findAbi("lp64"));
 *   return isUnsupported(found) ? found.unsupported : found.place;
 * });
 * assertEquals(places, ["tail", "byte_tail", "bounce"]);
 * ```
 */
export function pagePointers(
  layout: Layout,
  abi: Abi,
): PagePointers | Unsupported {
  checkValue("place page pointers", layoutSchema, layout, "layout");
  checkValue("place page pointers", abiSchema, abi, "abi");
  return pagePointerPlace(layout, abi);
}
