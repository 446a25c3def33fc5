/** A layout of the data that `layoutData()` made of one in another isolate. */
import { type Layout, makeLayout } from "./layout.ts";
import type { LayoutData } from "./layout_data.ts";

/**
 * Makes a layout of data whose form is known to be right: `layoutOfData()`
 * looks first.
 *
 * @throws {RangeError} If they are not a layout.
 */
export function toldLayout(data: LayoutData): Layout {
  const { name, family, title, source, roles, structs } = data;
  const { arrangement, holdsDma } = data;
  return makeLayout({
    name,
    family,
    title,
    source,
    roles,
    arrangement,
    holdsDma,
    struct: (abi) =>
      structs[abi.name] ?? {
        unsupported: `it was not placed for ABI ${abi.name}`,
      },
  });
}
