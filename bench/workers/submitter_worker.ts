/**
 * A worker that submits its share of a window: one CPU of the group, with its
 * own memory, slabs, tags and queue pair.
 */
import {
  PhysicalMemory,
  sharedDataBuffers,
} from "../../sim/memory/physical_memory.ts";
import { CommandSetDigest } from "../../sim/workers/command_set_digest.ts";
import { shareOfWindow } from "../../sim/workers/partition.ts";
import { replayOpen, verifyReplay } from "../../sim/replay/replay.ts";
import { createWindow } from "../../sim/workload/window.ts";
import { failureOf } from "../contender/failure.ts";
import type { SubmitterAnswer, SubmitterRequest } from "./group_protocol.ts";
import type { LatencyRecorder } from "../result/latency.ts";
import { createSubmitterPath } from "./submitter_path.ts";
import {
  type GroupSubmitter,
  type OpenShare,
  requireEnded,
} from "./submitter.ts";
import {
  observeTogether,
  sustainTogether,
  timeTogether,
} from "./work_together.ts";

declare const self: {
  onmessage: ((event: MessageEvent<SubmitterRequest>) => void) | null;
  postMessage(answer: SubmitterAnswer): void;
};

let made: GroupSubmitter | undefined;
/** Bytes are moved by the own device only while they are verified. */
let movesBytes = false;
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
  if (made === undefined) {
    throw new TypeError("Cannot work: found no setup, expected one first");
  }
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
  from: GroupSubmitter,
  request: Exclude<
    SubmitterRequest,
    { kind: "setup" | "complete" | "open" }
  >,
): SubmitterAnswer {
  const share = openShare(request.window);
  switch (request.kind) {
    case "time":
      return timeTogether(from, share, request.passes);
    case "sustain":
      return sustainTogether(from, share, request);
    case "observe":
      return observeTogether(from, share, request.passes);
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
  made = {
    request,
    path,
    assembly: path.assembly,
    data,
    digest,
    latency,
    control: new Int32Array(control),
    measured: 0,
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
  { assembly: { path }, request: { setup, worker } }: GroupSubmitter,
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

function replayShare(
  from: GroupSubmitter,
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
  from: GroupSubmitter,
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
