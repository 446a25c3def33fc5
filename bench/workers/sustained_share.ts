/**
 * A submitter's share of a window, run again and again: in company of others
 * that still measure, for a given time, or with an eye on latencies.
 */
import type { Assembly } from "../../sim/setup/assembly.ts";
import type { IoWindow } from "../../sim/workload/window.ts";
import type { LatencyRecorder } from "../result/latency.ts";

/** I/Os between looks at a clock or at the others. */
export const TURN_IOS = 64;

/** The path, the window and the I/Os of it that are submitted. */
export interface SustainedShare {
  readonly path: Pick<Assembly["path"], "submit" | "drain">;
  readonly window: IoWindow;
  /** Indexes of the I/Os. */
  readonly ios: Int32Array;
}

/**
 * Makes what submits the next I/Os of a share, from its first one on.
 *
 * @param share The share, of one I/O at least.
 * @returns Submits `TURN_IOS` of them; after the last comes the first.
 */
export function shareTurns({ path, window, ios }: SustainedShare): () => void {
  let next = 0;
  return () => {
    for (let i = 0; i < TURN_IOS; i++) {
      path.submit(window, ios[next] as number);
      next = next + 1 === ios.length ? 0 : next + 1;
    }
  };
}

/** When work begins and ends, and by what it is measured. */
export interface SustainedOptions {
  /** Wall time in ms, from the common start. */
  readonly milliseconds: number;
  /** Returns once all that work are there. */
  readonly arrive: () => void;
  /** Whether nobody serves any more. */
  readonly isStopped: () => boolean;
  /** Wall clock in ms. */
  readonly clock: () => number;
  /** CPU time of this thread in ns. */
  readonly cpuNs: () => number;
}

/**
 * Runs a share again and again for the given time: a rate without a tail. Both
 * clocks are read after the start and, for all I/Os have to end, after the last
 * of them.
 *
 * @returns I/Os that ended, wall time and CPU time that they took.
 */
export function sustainShare(
  share: SustainedShare,
  { milliseconds, arrive, isStopped, clock, cpuNs }: SustainedOptions,
): {
  readonly ios: number;
  readonly elapsedNs: number;
  readonly cpuNs: number;
} {
  const turn = shareTurns(share);
  arrive();
  const cpuBefore = cpuNs();
  const start = clock();
  let ios = 0;
  // The others wait even for one without a share.
  const isEmpty = share.ios.length === 0;
  while (!isEmpty && clock() - start < milliseconds && !isStopped()) {
    turn();
    ios += TURN_IOS;
  }
  share.path.drain();
  const elapsedNs = (clock() - start) * 1e6;
  return { ios, elapsedNs, cpuNs: cpuNs() - cpuBefore };
}

/**
 * Runs a share this many times and has the latency of its I/Os recorded, from
 * before each is submitted: the cost of recording is included.
 *
 * @param latency What records them; the path reports to it what has ended.
 */
export function observeShare(
  { path, window, ios }: SustainedShare,
  latency: Pick<LatencyRecorder, "beginPass" | "begin" | "endPass">,
  passes: number,
): void {
  for (let pass = 0; pass < passes; pass++) {
    latency.beginPass();
    for (let i = 0; i < ios.length; i++) {
      latency.begin(ios[i] as number);
      path.submit(window, ios[i] as number);
    }
    path.drain();
    latency.endPass();
  }
}
