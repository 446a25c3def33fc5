/**
 * The words that all workers of a group see beside the queues: bells, the
 * barrier that starts a measurement, and what ends it. Each has 128 bytes of
 * its own.
 */
import { OWN_LINE_BYTES } from "../../sim/workers/queue_words.ts";

const LINE_WORDS = OWN_LINE_BYTES / 4;
/** Looks at the barrier before sleeping at it. */
const BARRIER_SPINS = 20_000;

export interface GroupWords {
  /** Ends the service of the devices once it is not 0. */
  readonly stop: number;
  /** Arrivals at the barrier so far. */
  readonly arrived: number;
  /** Barriers that have opened. */
  readonly opened: number;
  /** Measurements that submitters have finished. */
  readonly finished: number;
  /** Submitters whose I/Os of a request have all ended. */
  readonly left: number;
  readonly submitterBell: (worker: number) => number;
  readonly deviceBell: (device: number) => number;
  readonly count: number;
}

export function groupWords(
  shape: { readonly workers: number; readonly devices: number },
): GroupWords {
  const line = (index: number) => index * LINE_WORDS;
  const { workers, devices } = shape;
  return {
    stop: line(0),
    arrived: line(1),
    opened: line(2),
    finished: line(3),
    left: line(4),
    submitterBell: (worker) => line(5 + worker),
    deviceBell: (device) => line(5 + workers + device),
    count: line(5 + workers + devices),
  };
}

/** Waits until all submitters of a group have arrived. */
export function arriveTogether(
  control: Int32Array,
  at: GroupWords,
  workers: number,
): void {
  const opened = Atomics.load(control, at.opened);
  if ((Atomics.add(control, at.arrived, 1) + 1) % workers === 0) {
    Atomics.add(control, at.opened, 1);
    Atomics.notify(control, at.opened);
    return;
  }
  for (let i = 0; i < BARRIER_SPINS; i++) {
    if (Atomics.load(control, at.opened) !== opened) return;
  }
  while (Atomics.load(control, at.opened) === opened) {
    Atomics.wait(control, at.opened, opened);
  }
}
