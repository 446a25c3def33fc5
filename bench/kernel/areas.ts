/** Parts of the kernel by the name of a function (area_rules.ts). */
import { AREA_RULES } from "./area_rules.ts";

/** Parts that a change of struct bio_vec can reach. */
export const CORE_AREAS: readonly string[] = ["block", "nvme", "iov_iter"];
/** Parts whose instructions depend on the moment, not on the I/O. */
export const NOISY_AREAS: readonly string[] = [
  "iostats",
  "time",
  "scheduler",
  "interrupt",
];

/** Areas by the beginning of a name; one that ends in a full stop is whole. */
const AREAS: ReadonlyMap<string, string> = new Map(
  AREA_RULES.flatMap(({ area, names }) =>
    names.split(" ").map((name) => [name, area] as const)
  ),
);
const LONGEST_BEGINNING = Math.max(...[...AREAS.keys()].map((n) => n.length));
const known = new Map<string, string>();

/** @param module Its module; empty for the kernel itself. */
export function areaOf(name: string, module: string): string {
  if (/^nvme/.test(module)) return "nvme";
  return known.getOrInsertComputed(name, areaByName);
}

function areaByName(name: string): string {
  const plain = `${sourceName(name).replace(/^_+/, "")}.`;
  for (
    let length = Math.min(plain.length, LONGEST_BEGINNING);
    length > 0;
    length--
  ) {
    const area = AREAS.get(plain.slice(0, length));
    if (area !== undefined) return area;
  }
  return "other";
}

/**
 * Returns a function's name in the source: gcc makes clones such as `.isra.0`
 * and `.part.1`, which differ from one compilation to the next.
 */
export function sourceName(symbol: string): string {
  return symbol.replace(/(\.(isra|part|constprop|cold)(\.\d+)*)+$/, "");
}
