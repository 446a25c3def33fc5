/**
 * Builds that two results have in common: a run that repeats another one has all
 * of its builds, and so hides what has changed since.
 */
import type { ResultCell } from "./result.ts";
import type { ResultTurns } from "./timing_types.ts";

/** Builds of two cells that are the same ones. */
export interface SharedBuilds {
  /** How many; `null` if a file has no turns. */
  readonly shared: number | null;
  /** Builds of the second cell. */
  readonly builds: number;
}

/**
 * Finds the builds that two cells have in common: all that is in both took as
 * long in all of their turns.
 *
 * @returns How many; nothing if there are none.
 */
export function sharedBuilds(
  before: ResultCell,
  after: ResultCell,
): SharedBuilds | undefined {
  const [own, other] = [before.turns ?? [], after.turns ?? []];
  const builds = after.builds ?? 0;
  const names = own.map(({ name }) => name).filter((name) =>
    other.some((one) => one.name === name)
  );
  if (names.length === 0) {
    // One that repeats a run may repeat that one.
    const isRepeated = [before, after].some(({ timing }) =>
      (timing?.earlierBuilds ?? 0) > 0
    );
    const lacksTurns = own.length === 0 || other.length === 0;
    return isRepeated && lacksTurns ? { shared: null, builds } : undefined;
  }
  const known = new Set(turnsByBuild(own, names));
  const shared =
    turnsByBuild(other, names).filter((turns) => known.has(turns)).length;
  return shared === 0 ? undefined : { shared, builds };
}

function turnsByBuild(
  turns: readonly ResultTurns[],
  names: readonly string[],
): string[] {
  const own = names.flatMap((name) =>
    turns.find((one) => one.name === name) ?? []
  );
  const [first] = own;
  return (first?.warm ?? []).map((_, build) =>
    JSON.stringify(own.map(({ warm, cold }) => [warm[build], cold[build]]))
  );
}
