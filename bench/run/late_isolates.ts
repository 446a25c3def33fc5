/**
 * Isolates that V8 has not finished compiling when their burning in ends. On a
 * busy machine its compiler threads wait for a CPU like everybody else, and the
 * path stays in code of the tier below, which takes twice as long and is as
 * steady: an isolate by itself does not show it. Comparing it with the others
 * of its build does.
 */
import { medianOf } from "../statistics/median.ts";
import type { WarmUp } from "../statistics/warmup.ts";

/**
 * How much slower than half of its build an isolate is that may be late: of
 * layouts in the same cell hardly any is, and one that is costs a little time.
 */
const LATE = 1.4;
/** How often it is burnt in again, at most. */
const MOST_TIMES = 3;
/** Batches at the end of a warm-up that show how fast it is. */
const LAST = 3;

/** How an isolate is burnt in again. */
export interface LateOptions {
  /** Burns in the isolate of a contender again, and warms it up. */
  readonly again: (contender: string) => Promise<WarmUp>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Burns isolates in again that are far behind those of their build, until they
 * have caught up or it has been tried often enough. This does not select what
 * is measured later: one that is slow for other reasons stays slow.
 *
 * @param warmUps Warm-ups of a build by contender, those that are compared.
 * @returns The last warm-up of each, in the same order.
 */
export async function waitForLate(
  warmUps: ReadonlyMap<string, WarmUp>,
  { again, signal }: LateOptions,
): Promise<Map<string, WarmUp>> {
  const found = new Map<string, WarmUp>();
  if (warmUps.size === 0) return found;
  const usual = medianOf([...warmUps.values()].map(lastOf));
  for (const [contender, first] of warmUps) {
    let own = first;
    for (
      let times = 0;
      times < MOST_TIMES && lastOf(own) > LATE * usual && !signal?.aborted;
      times++
    ) own = await again(contender);
    found.set(contender, own);
  }
  return found;
}

/** Of one that an interrupt has ended before its first batch, nothing. */
function lastOf({ series }: WarmUp): number {
  return series.length === 0 ? 0 : medianOf(series.slice(-LAST));
}
