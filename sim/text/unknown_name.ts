/**
 * Names that are not known: what was meant, if that is near, and all that are.
 */
import { nearNames } from "../../layouts/near_names.ts";

/**
 * Says that a name is not known, with those that are near and all that are.
 *
 * @param kind What the name stands for, such as `layout`.
 */
export function unknownName(
  kind: string,
  name: string,
  known: readonly string[],
): RangeError {
  return new RangeError(
    `Cannot find ${kind} "${name}"${nearText(name, known)}, expected one of: ${
      known.join(", ")
    }`,
  );
}

/**
 * Says which names are near, for a message.
 *
 * @returns Such as ` (nearest: "page")`; nothing if none is near.
 */
export function nearText(name: string, known: readonly string[]): string {
  const near = nearNames(name, known).map((other) => `"${other}"`);
  return near.length === 0 ? "" : ` (nearest: ${near.join(", ")})`;
}
