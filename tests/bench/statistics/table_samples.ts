import type { Sample } from "../../../bench/statistics/sample.ts";

/** Samples of contenders by name: of each its builds, of each build its rounds, in ns. */
export function samplesOf(
  table: Record<string, readonly (readonly number[])[]>,
): Sample[] {
  return Object.entries(table).flatMap(([contender, builds]) =>
    builds.flatMap((rounds, build) =>
      rounds.map((nsPerIo, round) => ({ contender, build, round, nsPerIo }))
    )
  );
}
