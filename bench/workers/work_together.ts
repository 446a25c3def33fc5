/**
 * What all submitters of a group do at the same time: each arrives, and works
 * until the last of them has finished.
 */
import { replayOpen } from "../../sim/replay/replay.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import { requireNothingOpened } from "../contender/time_window.ts";
import type {
  SharedQueueUse,
  SubmitterAnswer,
  SubmitterRequest,
} from "./group_protocol.ts";
import { arriveTogether, groupWords } from "../result/group_words.ts";
import {
  type GroupSubmitter,
  type OpenShare,
  requireEnded,
} from "./submitter.ts";
import {
  observeShare,
  shareTurns,
  sustainShare,
  TURN_IOS,
} from "./sustained_share.ts";

type Answer<Kind> = Extract<SubmitterAnswer, { kind: Kind }>;

/**
 * Times passes over a share, in the company of the whole group.
 *
 * @returns The time of all I/Os that it submitted, those in company too.
 * @throws {WrongIoError} If one of them did not end well.
 */
export function timeTogether(
  from: GroupSubmitter,
  { window, ios }: OpenShare,
  passes: number,
): Answer<"time"> {
  const { assembly, control, request: { setup } } = from;
  const { path } = assembly;
  const at = groupWords(setup);
  const before = path.counts.ios - path.counts.errors;
  const openedBefore = { ...path.opened };
  from.measured++;
  arriveTogether(control, at, setup.workers);
  const start = performance.now();
  for (let pass = 0; pass < passes; pass++) replayOpen(path, window, ios);
  const all = from.measured * setup.workers;
  Atomics.add(control, at.finished, 1);
  // The others still measure: what they share with this worker stays shared.
  // These I/Os count, too. Of more workers than CPUs each would otherwise be as
  // fast as if it were alone, in a time slice that it has for itself.
  const turn = shareTurns({ path, window, ios });
  let company = 0;
  while (
    ios.length > 0 && Atomics.load(control, at.finished) < all &&
    Atomics.load(control, at.stop) === 0
  ) {
    turn();
    company += TURN_IOS;
  }
  path.drain();
  const elapsedNs = (performance.now() - start) * 1e6;
  const submitted = ios.length * passes + company;
  requireEnded(assembly, submitted, before);
  requireNothingOpened(path.opened, openedBefore);
  return {
    kind: "time",
    ...{ elapsedNs, ios: submitted, opened: { ...path.opened } },
  };
}

/**
 * Works for a while, whatever that is in I/Os: a rate without a tail.
 *
 * @returns How many I/Os that were; none of a worker that is not asked to work.
 * @throws {WrongIoError} If one of them did not end well.
 */
export function sustainTogether(
  from: GroupSubmitter,
  { window, ios }: OpenShare,
  request: Extract<SubmitterRequest, { kind: "sustain" }>,
): Answer<"sustain"> {
  const { assembly: { path }, control, request: { setup, worker } } = from;
  const { milliseconds, active } = request;
  if (!active.includes(worker)) {
    return { kind: "sustain", ios: 0, elapsedNs: 0, cpuNs: 0 };
  }
  const before = path.counts.ios - path.counts.errors;
  const openedBefore = { ...path.opened };
  const { name, cpuNs } = cpuClocks();
  const at = groupWords(setup);
  const done = sustainShare({ path, window, ios }, {
    milliseconds,
    arrive: () => arriveTogether(control, at, active.length),
    isStopped: () => Atomics.load(control, at.stop) !== 0,
    clock: () => performance.now(),
    cpuNs,
  });
  requireEnded(from.assembly, done.ios, before);
  requireNothingOpened(path.opened, openedBefore);
  return {
    kind: "sustain",
    ...done,
    cpuNs: name === "thread CPU" ? done.cpuNs : null,
  };
}

/**
 * Replays a share untimed, and looks at latencies, rings, locks and sleeps.
 *
 * @throws {TypeError} If the group was set up to be timed.
 * @throws {WrongIoError} If an I/O did not end well.
 */
export function observeTogether(
  from: GroupSubmitter,
  { window, ios }: OpenShare,
  passes: number,
): Answer<"observe"> {
  const { assembly, latency, control, request: { setup } } = from;
  if (latency === undefined) {
    throw new TypeError("Cannot observe: the group was set up to be timed");
  }
  const { path } = assembly;
  const { counts, sleeps, remoteFrees, shared } = from.path;
  const before = path.counts.ios - path.counts.errors;
  const sleepsBefore = sleeps();
  const freesBefore = remoteFrees();
  const sharedBefore = shared();
  const rings = counts();
  rings?.completionBatches.fill(0);
  rings?.occupancy.fill(0);
  arriveTogether(control, groupWords(setup), setup.workers);
  observeShare({ path, window, ios }, latency, passes);
  requireEnded(assembly, ios.length * passes, before);
  from.path.leave();
  return {
    kind: "observe",
    ios: ios.length * passes,
    latencies: latency.take(),
    completionBatches: rings?.completionBatches.slice() ?? new Int32Array(0),
    occupancy: rings?.occupancy.slice() ?? new Int32Array(0),
    shared: usedSince(shared(), sharedBefore),
    sleeps: sleeps() - sleepsBefore,
    remoteFrees: remoteFrees() - freesBefore,
  };
}

function usedSince(
  now: SharedQueueUse | null,
  before: SharedQueueUse | null,
): SharedQueueUse | null {
  if (now === null || before === null) return null;
  return {
    lockAcquisitions: now.lockAcquisitions - before.lockAcquisitions,
    lockContended: now.lockContended - before.lockContended,
    sentRequests: now.sentRequests - before.sentRequests,
    sentInterrupts: now.sentInterrupts - before.sentInterrupts,
  };
}
