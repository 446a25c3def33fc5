/**
 * The cache state that a time is of. Between two turns of a contender all others
 * have run, and left their memory in the caches. So a turn has two slices of the
 * same I/Os: a cold one, in which they come for the first time since, and a warm
 * one of 4 ms, in which they come again and again.
 *
 * Where all I/Os are alike they are a group of few, whose own lines a core's
 * second-level cache holds. What is shared with neighbours of the machine is
 * then nobody's business: with 4096 I/Os of 128 KiB (4 MiB of struct pages) a
 * warm slice was one of the third level, and the intervals of identical code
 * were +-2.7 % on a machine with a load of 17 on 2 CPUs; with 128 of them they
 * are +-0.3 %. Where I/Os differ (kinds of memory, lengths), few of them would
 * teach the branch predictors what comes: 64k-mixed took 3000 ns from 1024 I/Os
 * on, 2250 with 256 of them and 1600 with 64. There the group is the window.
 *
 * Lengths are in I/Os, so that both engines see the same state although one
 * takes several times as long.
 */
import { createWindow, type IoWindow } from "../../sim/workload/window.ts";
import type { WindowHandle, WindowSlice } from "./contender_protocol.ts";

export type CacheState = "warm" | "cold";

export interface SliceIos extends Readonly<Record<CacheState, number>> {
  /**
   * Different I/Os of a turn, which its slices cycle through; all of a window
   * in files of older labs.
   */
  readonly group?: number | undefined;
}

/**
 * Segments of a group, at most: their struct pages are 256 KiB, and the least
 * cache that a core has for itself is as large, or twice that.
 */
const GROUP_SEGMENTS = 4096;

/** Time of a slice of the path in C. */
const SLICE_NS: Readonly<Record<CacheState, number>> = {
  warm: 4e6,
  cold: 0.2e6,
};

/** How much longer JavaScript takes for the same I/Os, about. */
const JS_FACTOR = 4;
/** Its warm slices have as much fewer I/Os, and take as long as in C. */
const JS_WARM_SHARE = 1 / JS_FACTOR;

/** Parts of a warm slice that are measured one by one (fastest_part.ts). */
const WARM_PARTS = 8;

/** I/Os that go before a warm slice, as a share of it: a group, or 1 ms. */
const MOST_LEAD = 0.25;

/** The slices of a turn, in their order. */
export const TURN: readonly CacheState[] = ["cold", "warm"];

/**
 * Returns how many I/Os of a window a group has.
 *
 * @returns At least 1; all of the window's where they are not alike.
 */
export function groupIosOf({ capacity, buffer }: WindowHandle): number {
  const window = createWindow(capacity, buffer);
  const [ios = 0, segments = 0] = window.counts;
  if (ios === 0 || !isAlike(window)) return Math.max(1, ios);
  const perIo = Math.max(1, segments / ios);
  return Math.max(1, Math.min(ios, Math.floor(GROUP_SEGMENTS / perIo)));
}

/** Whether all I/Os have the same segments, wherever those are. */
function isAlike(window: IoWindow): boolean {
  const { counts, op, lengthBytes, firstPiece, pieceBytes, provider } = window;
  const [ios = 0] = counts;
  const each = firstPiece[1] ?? 0;
  for (let io = 1; io < ios; io++) {
    if (op[io] !== op[0] || lengthBytes[io] !== lengthBytes[0]) return false;
    if (firstPiece[io + 1] !== (io + 1) * each) return false;
  }
  for (let piece = 1; piece < ios * each; piece++) {
    if (provider[piece] !== provider[0]) return false;
    if (pieceBytes[piece] !== pieceBytes[piece % each]) return false;
  }
  return true;
}

/**
 * Returns a slice of a turn. In each round of a build all contenders run the
 * same I/Os; the next build continues after them.
 *
 * @param build Which build, from 0.
 */
export function sliceOf(
  state: CacheState,
  sliceIos: SliceIos,
  build: number,
): WindowSlice {
  const { cold, warm, group = cold + 2 * warm } = sliceIos;
  const own = {
    group: { first: build * group, ios: group },
    first: build * (cold + warm),
  };
  return state === "cold" ? { ...own, ios: cold, leadIn: 0 } : {
    ...own,
    ios: warm,
    // The cold slice was only some of them.
    leadIn: Math.min(MOST_LEAD, group / warm),
    parts: Math.min(WARM_PARTS, warm),
    isProbed: true,
  };
}

/**
 * Returns the lengths of slices.
 *
 * @param nsPerIo Time that the baseline takes for a warm I/O on that engine.
 * @param group Different I/Os of a turn.
 */
export function sliceIosOf(
  engine: "js" | "native",
  nsPerIo: number,
  group: number,
): SliceIos {
  const nativeNs = engine === "js" ? nsPerIo / JS_FACTOR : nsPerIo;
  const ios = (ns: number) => Math.max(1, Math.round(ns / nativeNs));
  return {
    cold: Math.min(group, ios(SLICE_NS.cold)),
    warm: engine === "js"
      ? share(ios(SLICE_NS.warm), JS_WARM_SHARE)
      : ios(SLICE_NS.warm),
    group,
  };
}

/**
 * Returns the lengths of slices that see the same cache states as those of the
 * same cell on the other engine.
 *
 * @param other Lengths on the other engine.
 */
export function sliceIosLike(
  engine: "js" | "native",
  { cold, warm, group }: SliceIos,
): SliceIos {
  return {
    cold,
    warm: share(warm, engine === "native" ? 1 / JS_WARM_SHARE : JS_WARM_SHARE),
    group,
  };
}

function share(of: number, by: number): number {
  return Math.max(1, Math.round(of * by));
}
