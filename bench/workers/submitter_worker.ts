/**
 * A worker that submits its share of a window: one CPU of the group, with its
 * own memory, slabs, tags and queue pair.
 */
import type { Assembly } from "../../sim/setup/assembly.ts";
import {
  PhysicalMemory,
  sharedDataBuffers,
} from "../../sim/memory/physical_memory.ts";
import type { OpenCounts } from "../../sim/path/open_counts.ts";
import { CommandSetDigest } from "../../sim/workers/command_set_digest.ts";
import { shareOfWindow } from "../../sim/workers/partition.ts";
import {
  replayOpen,
  verifyReplay,
  WrongIoError,
} from "../../sim/replay/replay.ts";
import { createWindow, type IoWindow } from "../../sim/workload/window.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import { requireNothingOpened } from "../contender/time_window.ts";
import {
  failureOf,
  type SharedQueueUse,
  type SubmitterAnswer,
  type SubmitterRequest,
} from "./group_protocol.ts";
import { arriveTogether, groupWords } from "../result/group_words.ts";
import type { LatencyRecorder } from "../result/latency.ts";
import {
  observeShare,
  shareTurns,
  sustainShare,
  TURN_IOS,
} from "./sustained_share.ts";
import { createSubmitterPath, type SubmitterPath } from "./submitter_path.ts";

declare const self: {
  onmessage: ((event: MessageEvent<SubmitterRequest>) => void) | null;
  postMessage(answer: SubmitterAnswer): void;
};

/** An open window. */
interface OpenShare {
  readonly id: number;
  readonly window: IoWindow;
  readonly ios: Int32Array;
}

/** What a submitter works with once it is set up. */
interface Submitter {
  readonly request: Extract<SubmitterRequest, { kind: "setup" }>;
  readonly path: SubmitterPath;
  readonly assembly: Assembly;
  readonly data: PhysicalMemory | undefined;
  readonly digest: CommandSetDigest;
  /** Of a group that is observed. */
  readonly latency: LatencyRecorder | undefined;
  readonly control: Int32Array;
}

let made: Submitter | undefined;
/** Bytes are moved by the own device only while they are verified. */
let movesBytes = false;
/** Measurements so far. */
let measured = 0;
/** The open window, and this worker's share of it. */
let open: OpenShare | undefined;

self.onmessage = async ({ data: request }) => {
  try {
    const answered = request.kind === "setup"
      ? await setUp(request)
      : answer(request);
    self.postMessage(answered);
  } catch (error) {
    self.postMessage(failureOf(error));
  }
};

function answer(
  request: Exclude<SubmitterRequest, { kind: "setup" }>,
): SubmitterAnswer {
  if (made === undefined) throw new TypeError("Cannot work: no setup came");
  if (request.kind === "complete") {
    made.path.completeFor(request.end);
    return { kind: "complete" };
  }
  if (request.kind === "open") return openWindow(made, request);
  const done = work(made, request);
  // Others may wait for this worker to complete theirs; what it does for them
  // while it is observed is observed, too.
  if (request.kind !== "observe") made.path.leave();
  return done;
}

function work(
  from: Submitter,
  request: Exclude<
    SubmitterRequest,
    { kind: "setup" | "complete" | "open" }
  >,
): SubmitterAnswer {
  const share = openShare(request.window);
  switch (request.kind) {
    case "time":
      return { kind: "time", ...time(from, share, request.passes) };
    case "sustain":
      return sustain(from, share, request);
    case "observe":
      return observe(from, share, request.passes);
    case "replay":
      return replayShare(from, share);
    case "verify":
      return verify(from, share, request);
  }
}

/** The open window, if it is that one: a number cannot open another. */
function openShare(id: number): OpenShare {
  if (open?.id === id) return open;
  throw new TypeError(
    `Cannot use window ${id}: window ${open?.id ?? "none"} is open, ` +
      `expected that one`,
  );
}

async function setUp(
  request: Extract<SubmitterRequest, { kind: "setup" }>,
): Promise<SubmitterAnswer> {
  const { setup, worker, control, queues } = request;
  const { contender, decode } = setup;
  const digest = new CommandSetDigest();
  const latency = setup.observe ? await makeRecorder() : undefined;
  const buffers = decode ? sharedDataBuffers(contender.map) : [];
  const data = decode ? new PhysicalMemory(contender.map, buffers) : undefined;
  const path = createSubmitterPath(setup, {
    worker,
    control,
    queues,
    data: () => movesBytes ? data : undefined,
    digest,
    onIoEnd: latency?.end,
  });
  // Another group may have had the worker.
  open = undefined;
  movesBytes = false;
  measured = 0;
  made = {
    request,
    path,
    assembly: path.assembly,
    data,
    digest,
    latency,
    control: new Int32Array(control),
  };
  return {
    kind: "setup",
    end: path.end === null ? null : {
      ...path.end,
      times: latency?.times ?? null,
      clockOriginMs: performance.timeOrigin,
      data: buffers,
    },
  };
}

/** Histograms are a package of their own, which no timed group needs. */
async function makeRecorder(): Promise<LatencyRecorder> {
  const { LatencyRecorder } = await import("../result/latency.ts");
  return new LatencyRecorder();
}

function openWindow(
  { assembly: { path }, request: { setup, worker } }: Submitter,
  request: Extract<SubmitterRequest, { kind: "open" }>,
): SubmitterAnswer {
  const { id, window: { capacity, buffer } } = request;
  // What cannot be opened leaves no window open.
  open = undefined;
  const window = createWindow(capacity, buffer);
  path.open(window);
  const ios = shareOfWindow(window, {
    worker,
    workers: setup.workers,
    batch: setup.contender.batch,
  });
  open = { id, window, ios };
  return { kind: "open", opened: { ...path.opened } };
}

/** Counts of a path may be read only after it has drained. */
function requireEnded(
  assembly: Assembly,
  wanted: number,
  before: number,
): void {
  const { counts } = assembly.path;
  const ended = counts.ios - counts.errors - before;
  if (ended === wanted) return;
  throw new WrongIoError(
    `Cannot trust the workers: ${ended} I/Os ended well, expected ${wanted}`,
  );
}

function time(
  from: Submitter,
  { window, ios }: OpenShare,
  passes: number,
): { elapsedNs: number; ios: number; opened: OpenCounts } {
  const { assembly, control, request: { setup } } = from;
  const { path } = assembly;
  const at = groupWords(setup);
  const before = path.counts.ios - path.counts.errors;
  const openedBefore = { ...path.opened };
  measured++;
  arriveTogether(control, at, setup.workers);
  const start = performance.now();
  for (let pass = 0; pass < passes; pass++) replayOpen(path, window, ios);
  const all = measured * setup.workers;
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
  return { elapsedNs, ios: submitted, opened: { ...path.opened } };
}

/** Works for a while, whatever that is in I/Os: a rate without a tail. */
function sustain(
  from: Submitter,
  { window, ios }: OpenShare,
  request: Extract<SubmitterRequest, { kind: "sustain" }>,
): SubmitterAnswer {
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

function observe(
  from: Submitter,
  { window, ios }: OpenShare,
  passes: number,
): SubmitterAnswer {
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

function replayShare(
  from: Submitter,
  { window, ios }: OpenShare,
): SubmitterAnswer {
  const { assembly, path, digest } = from;
  const before = assembly.path.counts.ios - assembly.path.counts.errors;
  digest.reset();
  replayOpen(assembly.path, window, ios);
  requireEnded(assembly, ios.length, before);
  return {
    kind: "replay",
    counts: { ...assembly.path.counts },
    commands: path.end === null ? digest.sum() : null,
  };
}

function verify(
  from: Submitter,
  { window, ios }: OpenShare,
  request: Extract<SubmitterRequest, { kind: "verify" }>,
): SubmitterAnswer {
  const { assembly, data, request: { setup } } = from;
  if (data === undefined) {
    throw new TypeError("Cannot verify: the group does not decode commands");
  }
  const own = ios.filter((io) => io < request.ios);
  const before = assembly.decoded?.bytes ?? 0;
  movesBytes = true;
  try {
    verifyReplay(assembly, window, {
      ios: own,
      data,
      salt: setup.contender.salt,
      firstIo: request.firstIo,
    });
  } finally {
    movesBytes = false;
  }
  return { kind: "verify", bytes: (assembly.decoded?.bytes ?? 0) - before };
}
