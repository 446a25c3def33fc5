/**
 * The cache state that a time is of. Between two turns of a contender all others
 * have run, and left their memory in the caches: 128 KiB I/Os take 2000 ns each
 * in the first 0.2 ms of a turn, and 570 ns once they have their own there. So a
 * turn has two slices: a cold one and, 4 ms later, a warm one. Their lengths are
 * in I/Os, so that both engines, of which one takes several times as long, see
 * the same state.
 */
import type { WindowSlice } from "./contender_protocol.ts";

/** A cache state. */
export type CacheState = "warm" | "cold";

/** I/Os of a slice in each state, and of what goes before the warm one. */
export interface SliceIos extends Readonly<Record<CacheState, number>> {
  /** I/Os between the cold slice and the warm one; default: as the warm one. */
  readonly lead?: number | undefined;
}

/** Time of a slice of the path in C. */
export const SLICE_NS: Readonly<Record<CacheState, number>> = {
  warm: 4e6,
  cold: 0.2e6,
};

/** How much longer JavaScript takes for the same I/Os, about. */
const JS_FACTOR = 4;

/**
 * How much shorter the turns of JavaScript are, which is a check of sign: it
 * goes half as far ahead (128 KiB I/Os are then within a tenth of where they
 * will be), and what is measured takes as long as in C.
 */
const JS_LEAD_SHARE = 0.5;
const JS_WARM_SHARE = 1 / JS_FACTOR;

/** Parts of a warm slice that are measured one by one (fastest_part.ts). */
const WARM_PARTS = 8;

/** The slices of a turn, in their order. */
export const TURN: readonly CacheState[] = ["cold", "warm"];

/**
 * Gives a slice of a turn. In each round of a birth all contenders run the same
 * I/Os; the next birth goes on behind them.
 *
 * @param state Its cache state.
 * @param sliceIos Lengths of slices.
 * @param birth Which birth, from 0.
 * @returns The I/Os.
 */
export function sliceOf(
  state: CacheState,
  sliceIos: SliceIos,
  birth: number,
): WindowSlice {
  const { cold, warm, lead: before = warm } = sliceIos;
  const first = birth * (cold + before + warm);
  return state === "cold" ? { first, ios: cold, leadIn: 0, parts: 1 } : {
    first: first + cold + before,
    ios: warm,
    leadIn: before / warm,
    parts: Math.min(WARM_PARTS, warm),
  };
}

/**
 * Gives the lengths of slices.
 *
 * @param engine What runs the path.
 * @param nsPerIo Time that the baseline takes for an I/O on that engine.
 * @returns I/Os of a slice.
 */
export function sliceIosOf(engine: "js" | "native", nsPerIo: number): SliceIos {
  const isJs = engine === "js";
  const ios = (ns: number, share = 1) =>
    Math.max(1, Math.round((isJs ? JS_FACTOR : 1) * share * ns / nsPerIo));
  return {
    warm: ios(SLICE_NS.warm, isJs ? JS_WARM_SHARE : 1),
    cold: ios(SLICE_NS.cold),
    lead: ios(SLICE_NS.warm, isJs ? JS_LEAD_SHARE : 1),
  };
}

/**
 * Gives the lengths of slices that see the same cache states as those of the
 * same cell on the other engine.
 *
 * @param engine What runs the path.
 * @param other Lengths on the other engine.
 * @returns I/Os of a slice.
 */
export function sliceIosLike(
  engine: "js" | "native",
  { cold, warm, lead = warm }: SliceIos,
): SliceIos {
  const share = (of: number, by: number) => Math.max(1, Math.round(of * by));
  return engine === "native"
    ? {
      cold,
      lead: share(lead, 1 / JS_LEAD_SHARE),
      warm: share(lead, 1 / JS_LEAD_SHARE),
    }
    : {
      cold,
      lead: share(warm, JS_LEAD_SHARE),
      warm: share(warm, JS_WARM_SHARE),
    };
}
