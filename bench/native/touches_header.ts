/**
 * `touches.h` of the path in C: the loads and stores of each site, from the
 * table that the DataView path has them from (sim/kernel/touched_fields.ts).
 */
import type { Abi } from "../../layouts/abi.ts";
import type { ParsedStruct } from "../../sim/kernel/pahole_offsets.ts";
import {
  TOUCH_SITES,
  type TouchSiteName,
} from "../../sim/kernel/touched_fields.ts";
import { touchedFields } from "../../sim/kernel/touch.ts";

/**
 * Prints the functions of all sites, `requestInit` as `touch_request_init()`.
 */
export function touchesHeader(
  structOf: (tag: string) => ParsedStruct,
  abi: Abi,
): string {
  const functions = (Object.keys(TOUCH_SITES) as TouchSiteName[]).map((site) =>
    touchFunction(site, structOf(TOUCH_SITES[site].struct), abi)
  );
  return `#ifndef TOUCHES_H\n#define TOUCHES_H\n\n${
    functions.join("\n")
  }\n#endif\n`;
}

function touchFunction(
  site: TouchSiteName,
  struct: ParsedStruct,
  abi: Abi,
): string {
  const name = site.replace(/[A-Z]/g, "_$&").toLowerCase();
  const { functions } = TOUCH_SITES[site];
  const lines = touchedFields(struct, site, abi).map(
    ({ offsetBytes, sizeBytes, kind }) => {
      const bits = sizeBytes * 8;
      const at = `at + ${offsetBytes}`;
      if (kind === "read") return `peek${bits}(${at});`;
      const value = kind === "write" ? "0" : `peek${bits}(${at})`;
      return `set${bits}(${at}, ${value});`;
    },
  );
  return [
    `/* ${functions.map((one) => `${one.name}()`).join(", ")} */`,
    `ALWAYS_INLINE void touch_${name}(place at)`,
    "{",
    ...lines.map((line) => `\t${line}`),
    "}",
    "",
  ].join("\n");
}
