/**
 * The layouts of the lab, in the order of listings. Adding one is: its file,
 * its test, one line here.
 */
import type { Layout } from "./layout.ts";
import { pageOffset } from "./page_offset.ts";
import { physFlags } from "./phys_flags.ts";

/** All registered layouts; mainline first, the baseline of comparisons. */
export const layouts: readonly Layout[] = Object.freeze([
  pageOffset,
  physFlags,
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
