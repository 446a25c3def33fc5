/**
 * Names of layouts as the command line takes them: one, `family:NAME`,
 * or `all`.
 */
import type { Layout } from "../../layouts/layout.ts";
import { layoutNames, selectLayouts } from "../../layouts/registry.ts";
import { unknownName } from "../../sim/text/unknown_name.ts";

/**
 * Finds the layouts that the user named.
 *
 * @param names Names of layouts, `family:` and the name of a family, or `all`.
 * @throws {RangeError} If there is none of one of the names.
 */
export function layoutsNamed(names: readonly string[]): Layout[] {
  return [
    ...new Set(names.flatMap((name) => {
      const found = selectLayouts(name);
      if (found.length === 0) {
        throw unknownName("layout", name, layoutNames());
      }
      return found;
    })),
  ];
}
