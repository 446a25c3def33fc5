/**
 * Burning an isolate in: its path works until V8 has finished compiling it, and
 * only then is anything measured.
 *
 * V8 counts calls and what they execute. Where it compiles at once
 * (v8_flags.ts), a path of 128 KiB is compiled for good within its first 24576
 * I/Os, one of 4 KiB, which goes round no loop twice, only later: twice as many
 * I/Os, and 100 ms at least, are enough for both (bench/HOT_PATH.md). Elsewhere
 * other threads compile when they have a CPU; until then the code of the tier
 * below stays, at half the speed, and only the passing of time makes it likely
 * that they have finished.
 */

import { compilesAtOnce } from "../machine/v8_flags.ts";

/** When an isolate is burnt in: after this many I/Os, within these times. */
export interface BurnIn {
  /** I/Os that it has run. */
  readonly ios: number;
  /** CPU time that it has worked at least, however fast I/Os are, in ns. */
  readonly leastNs: number;
  /** CPU time after which it is, however slow they are, in ns. */
  readonly ns: number;
}

/** How long isolates are burnt in. */
export interface BurnIns {
  /** One that has never worked. */
  readonly first: BurnIn;
  /** One that has worked on another window already. */
  readonly second: BurnIn;
  /** One without a path: V8 has a loop compiled in no time. */
  readonly apart: BurnIn;
  /** One that is late (late_isolates.ts), each time. */
  readonly late: BurnIn;
}

/** I/Os within which V8 compiles a path of many segments for good. */
const COMPILED_IOS = 49152;
/** Within which it does that of one segment, whose loops go round once. */
const COMPILED_NS = 100e6;
/** Longest that I/Os are waited for: those of thousands of segments are long. */
const MOST_NS = 600e6;

const APART: BurnIn = { ios: Infinity, leastNs: 0, ns: 30e6 };
const LATE: BurnIn = { ios: Infinity, leastNs: 0, ns: 100e6 };

/** Where V8 compiles at once. */
export const BY_CALLS: BurnIns = {
  first: { ios: COMPILED_IOS, leastNs: COMPILED_NS, ns: MOST_NS },
  second: { ios: COMPILED_IOS, leastNs: COMPILED_NS, ns: MOST_NS },
  apart: APART,
  late: LATE,
};

/** Where V8 compiles the path within 0.25 s, the first pass half of that. */
export const BY_TIME: BurnIns = {
  first: { ios: Infinity, leastNs: 0, ns: 300e6 },
  second: { ios: Infinity, leastNs: 0, ns: 100e6 },
  apart: APART,
  late: LATE,
};

/**
 * Finds how long isolates are burnt in.
 *
 * @param flags V8's flags (`v8Flags()`).
 * @returns By calls where it compiles at once, by time elsewhere.
 */
export function burnInsFor(flags: string | null): BurnIns {
  return compilesAtOnce(flags) ? BY_CALLS : BY_TIME;
}

/** Passes take no more than such a share of the longest time. */
const PARTS = 16;

export interface BurnOptions {
  /** Makes passes through the window. */
  readonly pass: (passes: number) => Promise<{
    /** CPU time of its own, in ns. */
    readonly ownNs: number;
    readonly nsPerIo: number;
  }>;
  readonly windowIos: number;
  readonly until: BurnIn;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has an isolate work.
 *
 * @returns Its time per I/O at the end; `Infinity` if it was not to begin.
 */
export async function burnIn(options: BurnOptions): Promise<number> {
  const { pass, windowIos, until, signal } = options;
  let spentNs = 0;
  let doneIos = 0;
  let last = Infinity;
  let passes = 1;
  const isLeft = () =>
    spentNs < until.ns && (doneIos < until.ios || spentNs < until.leastNs);
  while (isLeft() && !signal?.aborted) {
    const { ownNs, nsPerIo } = await pass(passes);
    spentNs += Math.max(1, ownNs);
    doneIos += passes * windowIos;
    // A pass through nothing is far shorter than all of it.
    if (ownNs < until.ns / PARTS) passes *= 2;
    if (spentNs >= until.leastNs) {
      const left = Math.ceil((until.ios - doneIos) / windowIos);
      passes = Math.max(1, Math.min(passes, left));
    }
    last = nsPerIo;
  }
  return last;
}
