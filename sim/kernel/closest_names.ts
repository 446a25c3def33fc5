/** What somebody may have meant by a name that no type has. */
import type { Btf } from "./btf.ts";

/**
 * Returns names that contain the one asked for, or that it contains.
 *
 * @param kinds Kinds of types that are asked for.
 * @returns Text to end a message with, a comma in front; empty for none.
 */
export function closestNames(
  btf: Btf,
  name: string,
  kinds: readonly number[],
): string {
  const wanted = name.toLowerCase();
  if (wanted.length < 3) return "";
  const found = new Set<string>();
  for (let id = 1; id < btf.endId; id++) {
    const type = btf.type(id);
    if (type === undefined || !kinds.includes(type.kind)) continue;
    if (type.name.toLowerCase().includes(wanted)) found.add(type.name);
  }
  const shortest = [...found].sort((a, b) =>
    a.length - b.length || (a < b ? -1 : 1)
  );
  return shortest.length === 0
    ? ""
    : ` such as ${shortest.slice(0, 5).join(", ")}`;
}
