/**
 * One measurement: a part of an open window is replayed so many times between
 * two readings of the clock, in the same way whatever runs the path.
 */
import { type OpenCounts, openedBetween } from "../sim/path/open_counts.ts";
import { requireNothingInUse, WrongIoError } from "../sim/replay/replay.ts";
import type { TimeAnswer, WindowSlice } from "./contender_protocol.ts";
import type { TimedWindow } from "./timed_path.ts";

/** I/Os that go before those that are measured, as a share of them. */
const LEAD_IN = 0.1;

/** What is measured. */
export interface TimeOptions {
  /** How many times. */
  readonly passes: number;
  /** A part of the window; default: all of it. */
  readonly slice?: WindowSlice;
  /**
   * I/Os that go before those that are measured, as a share of them: the caches
   * held another contender's memory until now; default: 0.1.
   */
  readonly leadIn?: number;
  /** A monotonic clock in ms; default: `performance.now`. */
  readonly clock?: () => number;
}

/**
 * Measures.
 *
 * @param window The window.
 * @param options What of it, and how often.
 * @returns Time, I/Os, and what opening windows has come to.
 * @throws {WrongIoError} If an I/O did not end well or gave back not all that
 *   it took, or if a window was opened, a buffer registered or mapped while the
 *   clock ran.
 */
export function timeWindow(
  window: TimedWindow,
  options: TimeOptions,
): TimeAnswer {
  const { passes, slice, clock = () => performance.now() } = options;
  const { index, of } = slice ?? { index: 0, of: 1 };
  const all = window.ios;
  const border = (part: number) => Math.floor(all.length * part / of);
  const first = border(index);
  const ios = all.subarray(first, border(index + 1));
  const wanted = ios.length * passes;
  goBefore(window, first, Math.ceil(wanted * (options.leadIn ?? LEAD_IN)));
  const opened = window.opened();
  const endedBefore = window.ended();
  const sinkBefore = window.sink();
  const start = clock();
  window.replay(ios, passes);
  const elapsedNs = (clock() - start) * 1e6;
  requireEnded(window.ended() - endedBefore, wanted);
  requireNothingOpened(window.opened(), opened);
  requireNothingInUse(window.inUse(), 0);
  const sink = window.sink() - sinkBefore;
  return { elapsedNs, ios: wanted, sink, opened: window.opened() };
}

/**
 * Refuses a time in which something was done that comes once and before all
 * I/Os, and so belongs to none of them.
 *
 * @param after What opening windows had done when the clock was read last.
 * @param before The same when it was read first.
 * @throws {WrongIoError} If those differ.
 */
export function requireNothingOpened(
  after: OpenCounts,
  before: OpenCounts,
): void {
  const { windows, registered, mapped } = openedBetween(after, before);
  if (windows === 0 && registered === 0 && mapped === 0) return;
  throw new WrongIoError(
    `Cannot trust the time: windows opened ${windows}, buffers registered ` +
      `${registered}, pieces mapped ahead ${mapped} while the clock ran, ` +
      `expected 0 of each`,
  );
}

/** Replays so many I/Os that end just before one, going round the window. */
function goBefore(window: TimedWindow, before: number, count: number): void {
  const { ios } = window;
  if (ios.length === 0) return;
  const rounds = Math.floor(count / ios.length);
  if (rounds > 0) window.replay(ios, rounds);
  const rest = count - rounds * ios.length;
  const wrapped = Math.max(0, rest - before);
  if (wrapped > 0) window.replay(ios.subarray(ios.length - wrapped), 1);
  const near = rest - wrapped;
  if (near > 0) window.replay(ios.subarray(before - near, before), 1);
}

/**
 * Refuses a time in which not every I/O ended without an error.
 *
 * @param ended How many did.
 * @param wanted How many were replayed.
 * @throws {WrongIoError} If those are not as many.
 */
function requireEnded(ended: number, wanted: number): void {
  if (ended === wanted) return;
  throw new WrongIoError(
    `Cannot trust the time: ${ended} I/Os ended well, expected ${wanted}`,
  );
}
