/**
 * The cache state that a time is of. Between two turns of a contender all others
 * have run, and left their memory in the caches: 128 KiB I/Os take 2000 ns each
 * in the first 0.2 ms of a turn, and 570 ns once they have their own there. So a
 * turn has two slices: a cold one and, 4 ms later, a warm one. Their lengths are in I/Os, so that both
 * engines, of which one takes several times as long, see the same state.
 */
import type { WindowSlice } from "./contender_protocol.ts";

/** A cache state. */
export type CacheState = "warm" | "cold";

/** I/Os of a slice in each state. */
export type SliceIos = Readonly<Record<CacheState, number>>;

/** Time of a slice of the path in C. */
export const SLICE_NS: Readonly<Record<CacheState, number>> = {
  warm: 4e6,
  cold: 0.2e6,
};

/** How much longer JavaScript takes for the same I/Os, about. */
const JS_FACTOR = 4;

/** I/Os that go before a warm slice, as a share of it; behind the cold one. */
export const LEAD_IN = 1;

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
  const { cold, warm } = sliceIos;
  const before = Math.ceil(warm * LEAD_IN);
  const first = birth * (cold + before + warm);
  return state === "cold" ? { first, ios: cold, leadIn: 0, parts: 1 } : {
    first: first + cold + before,
    ios: warm,
    leadIn: LEAD_IN,
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
  const factor = engine === "js" ? JS_FACTOR : 1;
  const ios = (ns: number) => Math.max(1, Math.round(factor * ns / nsPerIo));
  return { warm: ios(SLICE_NS.warm), cold: ios(SLICE_NS.cold) };
}
