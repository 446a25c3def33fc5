/** Names the module of a contender's worker with a fault in it. */

/**
 * Gives the module.
 *
 * @param fault One of `FAULTS`.
 * @param where A word of the contenders that have it: a role, a layout, a
 *   recognition; all unless told.
 */
export function faulty(fault: string, where = ""): URL {
  const url = new URL("./faulty_worker.ts", import.meta.url);
  url.search = new URLSearchParams({ fault, in: where }).toString();
  return url;
}
