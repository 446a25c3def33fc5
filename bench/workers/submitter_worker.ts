/**
 * A worker that submits its share of a window: one CPU of the group, with its
 * own memory, slabs, tags and queue pair.
 */
import type { Assembly } from "../../sim/assembly.ts";
import {
  PhysicalMemory,
  sharedDataBuffers,
} from "../../sim/memory/physical_memory.ts";
import { CommandSetDigest } from "../../sim/queue/command_set_digest.ts";
import { shareOfWindow } from "../../sim/queue/partition.ts";
import { replay, verifyReplay, WrongIoError } from "../../sim/replay.ts";
import { createWindow, type IoWindow } from "../../sim/workload/window.ts";
import type { WindowHandle } from "../contender_protocol.ts";
import {
  failureOf,
  type SubmitterAnswer,
  type SubmitterRequest,
} from "./group_protocol.ts";
import { arriveTogether, groupWords } from "./group_words.ts";
import { LatencyRecorder } from "./latency.ts";
import { createSubmitterPath, type SubmitterPath } from "./submitter_path.ts";

declare const self: {
  onmessage: ((event: MessageEvent<SubmitterRequest>) => void) | null;
  postMessage(answer: SubmitterAnswer): void;
};

/** I/Os between looks whether the others are still measuring. */
const COMPANY_IOS = 64;

/** What a submitter works with once it is set up. */
interface Submitter {
  readonly request: Extract<SubmitterRequest, { kind: "setup" }>;
  readonly path: SubmitterPath;
  readonly assembly: Assembly;
  readonly data: PhysicalMemory | undefined;
  readonly digest: CommandSetDigest;
  readonly latency: LatencyRecorder;
  readonly control: Int32Array;
}

let made: Submitter | undefined;
/** Bytes are moved by the own device only while they are verified. */
let movesBytes = false;
/** Measurements so far. */
let measured = 0;
let opened: { buffer: SharedArrayBuffer; window: IoWindow; ios: Int32Array } | {
  buffer: undefined;
} = { buffer: undefined };

self.onmessage = ({ data: request }) => {
  try {
    self.postMessage(answer(request));
  } catch (error) {
    self.postMessage(failureOf(error));
  }
};

function answer(request: SubmitterRequest): SubmitterAnswer {
  if (request.kind === "setup") return setUp(request);
  if (made === undefined) throw new TypeError("Cannot work: no setup came");
  if (request.kind === "complete") {
    made.path.completeFor(request.end);
    return { kind: "complete" };
  }
  const done = work(made, request);
  // Others may wait for this worker to complete theirs.
  made.path.leave();
  return done;
}

function work(
  from: Submitter,
  request: Exclude<SubmitterRequest, { kind: "setup" | "complete" }>,
): SubmitterAnswer {
  switch (request.kind) {
    case "time":
      return { kind: "time", ...time(from, request) };
    case "observe":
      return observe(from, request);
    case "replay":
      return replayShare(from, request.window);
    case "verify":
      return verify(from, request);
  }
}

function setUp(
  request: Extract<SubmitterRequest, { kind: "setup" }>,
): SubmitterAnswer {
  const { setup, worker, control } = request;
  const { contender, decode } = setup;
  const digest = new CommandSetDigest();
  const latency = new LatencyRecorder();
  const buffers = decode ? sharedDataBuffers(contender.map) : [];
  const data = decode ? new PhysicalMemory(contender.map, buffers) : undefined;
  const path = createSubmitterPath(setup, {
    worker,
    control,
    data: () => movesBytes ? data : undefined,
    digest,
    ...(setup.observe ? { onIoEnd: latency.end } : {}),
  });
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
    end: path.end === null ? null : { ...path.end, data: buffers },
  };
}

function open(
  { request: { setup, worker } }: Submitter,
  handle: WindowHandle,
): { window: IoWindow; ios: Int32Array } {
  if (opened.buffer !== handle.buffer) {
    const window = createWindow(handle.capacity, handle.buffer);
    const ios = shareOfWindow(window, {
      worker,
      workers: setup.workers,
      batch: setup.contender.batch,
    });
    opened = { buffer: handle.buffer, window, ios };
  }
  return opened;
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
  request: Extract<SubmitterRequest, { kind: "time" | "observe" }>,
): { elapsedNs: number; ios: number } {
  const { assembly, control, request: { setup } } = from;
  const { path } = assembly;
  const { window, ios } = open(from, request.window);
  const at = groupWords(setup);
  const before = path.counts.ios - path.counts.errors;
  if (setup.contender.submitter === "registered") path.register(window);
  measured++;
  arriveTogether(control, at, setup.workers);
  const start = performance.now();
  for (let pass = 0; pass < request.passes; pass++) {
    replay(assembly, window, ios);
  }
  const elapsedNs = (performance.now() - start) * 1e6;
  const all = measured * setup.workers;
  Atomics.add(control, at.finished, 1);
  requireEnded(assembly, ios.length * request.passes, before);
  // The others still measure: what they share with this worker stays shared.
  let next = 0;
  while (ios.length > 0 && Atomics.load(control, at.finished) < all) {
    for (let i = 0; i < COMPANY_IOS; i++) {
      path.submit(window, ios[next] as number);
      next = next + 1 === ios.length ? 0 : next + 1;
    }
  }
  path.drain();
  return { elapsedNs, ios: ios.length * request.passes };
}

function observe(
  from: Submitter,
  request: Extract<SubmitterRequest, { kind: "observe" }>,
): SubmitterAnswer {
  const { assembly, latency, control, request: { setup } } = from;
  const { path } = assembly;
  const { counts, sleeps, remoteFrees } = from.path;
  const { window, ios } = open(from, request.window);
  const before = path.counts.ios - path.counts.errors;
  const sleepsBefore = sleeps();
  const freesBefore = remoteFrees();
  if (setup.contender.submitter === "registered") path.register(window);
  const rings = counts();
  rings?.completionBatches.fill(0);
  rings?.occupancy.fill(0);
  arriveTogether(control, groupWords(setup), setup.workers);
  for (let pass = 0; pass < request.passes; pass++) {
    latency.beginPass(window);
    for (let i = 0; i < ios.length; i++) {
      latency.begin(ios[i] as number);
      path.submit(window, ios[i] as number);
    }
    path.drain();
    latency.endPass();
  }
  requireEnded(assembly, ios.length * request.passes, before);
  return {
    kind: "observe",
    ios: ios.length * request.passes,
    latencies: latency.take(),
    completionBatches: rings?.completionBatches.slice() ?? new Int32Array(0),
    occupancy: rings?.occupancy.slice() ?? new Int32Array(0),
    sleeps: sleeps() - sleepsBefore,
    remoteFrees: remoteFrees() - freesBefore,
  };
}

function replayShare(
  from: Submitter,
  handle: WindowHandle,
): SubmitterAnswer {
  const { assembly, path, digest } = from;
  const { window, ios } = open(from, handle);
  const before = assembly.path.counts.ios - assembly.path.counts.errors;
  digest.reset();
  replay(assembly, window, ios);
  requireEnded(assembly, ios.length, before);
  return {
    kind: "replay",
    counts: { ...assembly.path.counts },
    commands: path.end === null ? digest.sum() : null,
  };
}

function verify(
  from: Submitter,
  request: Extract<SubmitterRequest, { kind: "verify" }>,
): SubmitterAnswer {
  const { assembly, data, request: { setup } } = from;
  if (data === undefined) {
    throw new TypeError("Cannot verify: the group does not decode commands");
  }
  const { window, ios } = open(from, request.window);
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
