/**
 * One measurement: this many I/Os of an open window between two readings of the
 * clocks, in the same way whatever runs the path.
 */
import { type OpenCounts, openedBetween } from "../../sim/path/open_counts.ts";
import { requireNothingInUse, WrongIoError } from "../../sim/replay/replay.ts";
import type {
  PartTime,
  TimeAnswer,
  WindowSlice,
} from "./contender_protocol.ts";
import { type Clocks, cpuClocks } from "../machine/cpu_clock.ts";
import { probeSpeed } from "../machine/speed_probe.ts";
import type { TimedWindow } from "./timed_path.ts";

export interface TimeOptions extends WindowSlice {
  /** The clocks; default: the finest there are. */
  readonly clocks?: Clocks;
  /** Times fixed work; default: that of the lab, by the CPU clock. */
  readonly probe?: () => number;
}

/**
 * Measures.
 *
 * @returns Time, I/Os, and what opening windows has come to.
 * @throws {WrongIoError} If an I/O did not end well or gave back not all that
 *   it took, or if a window was opened, a buffer registered or mapped while the
 *   clock ran.
 */
export function timeWindow(
  window: TimedWindow,
  options: TimeOptions,
): TimeAnswer {
  const { ios, leadIn = 0.1, clocks = cpuClocks(), parts = 1 } = options;
  const { cpuNs, wallNs } = clocks;
  const { isProbed = false, probe = () => probeSpeed(cpuNs) } = options;
  const ring = ringOf(window, options.group);
  const all = ring.length;
  const first = all === 0 ? 0 : options.first % all;
  const wanted = all === 0 ? 0 : ios;
  const before = Math.ceil(wanted * leadIn);
  const probesNs = isProbed ? [probe()] : [];
  if (all > 0) {
    goRound(window, ring, {
      first: (first + all - before % all) % all,
      count: before,
    });
  }
  const opened = window.opened();
  const endedBefore = window.ended();
  const sinkBefore = window.sink();
  const border = (part: number) => Math.floor(wanted * part / parts);
  const times = Array.from({ length: parts }, (_, part): PartTime => {
    const done = border(part);
    const own = border(part + 1) - done;
    const wallStart = wallNs();
    const cpuStart = cpuNs();
    // No I/O at all is what the call and the clocks cost.
    if (own === 0) window.replay(ring.subarray(0, 0), 1);
    else goRound(window, ring, { first: (first + done) % all, count: own });
    const cpuTakenNs = cpuNs() - cpuStart;
    const wallTakenNs = wallNs() - wallStart;
    if (isProbed) probesNs.push(probe());
    return { ios: own, cpuNs: cpuTakenNs, wallNs: wallTakenNs };
  });
  requireEnded(window.ended() - endedBefore, wanted);
  requireNothingOpened(window.opened(), opened);
  requireNothingInUse(window.inUse(), 0);
  const sink = window.sink() - sinkBefore;
  return {
    cpuNs: times.reduce((sum, part) => sum + part.cpuNs, 0),
    wallNs: times.reduce((sum, part) => sum + part.wallNs, 0),
    ios: wanted,
    parts: times,
    ...(isProbed ? { probesNs } : {}),
    clock: clocks.name,
    sink,
    opened: window.opened(),
  };
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

/** The I/Os that are cycled through: those of a group are neighbours. */
function ringOf(
  { ios }: TimedWindow,
  group: WindowSlice["group"],
): Int32Array {
  if (group === undefined || group.ios >= ios.length) return ios;
  const first = group.first % (ios.length - group.ios + 1);
  return ios.subarray(first, first + group.ios);
}

/** Replays this many I/Os of a ring, from one on. */
function goRound(
  window: TimedWindow,
  ring: Int32Array,
  { first, count }: { readonly first: number; readonly count: number },
): void {
  const head = Math.min(count, ring.length - first);
  if (head > 0) window.replay(ring.subarray(first, first + head), 1);
  const passes = Math.floor((count - head) / ring.length);
  if (passes > 0) window.replay(ring, passes);
  const tail = count - head - passes * ring.length;
  if (tail > 0) window.replay(ring.subarray(0, tail), 1);
}

/**
 * Refuses a time in which not every I/O ended without an error.
 *
 * @throws {WrongIoError} If those are not as many.
 */
function requireEnded(ended: number, wanted: number): void {
  if (ended === wanted) return;
  throw new WrongIoError(
    `Cannot trust the time: ${ended} I/Os ended well, expected ${wanted}`,
  );
}
