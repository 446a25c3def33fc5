/**
 * The path of a submitter, by where its device is and where its I/Os end.
 */
import type { Assembly } from "../../sim/setup/assembly.ts";
import { openPath } from "../../sim/setup/open_path.ts";
import type { PhysicalMemory } from "../../sim/memory/physical_memory.ts";
import { createRinger } from "../../sim/workers/bell.ts";
import type { CommandSetDigest } from "../../sim/workers/command_set_digest.ts";
import {
  attachCompleter,
  type Completer,
} from "../../sim/workers/completer.ts";
import {
  createCrossQueue,
  type CrossQueue,
} from "../../sim/workers/cross_queue.ts";
import type { HostQueueCounts } from "../../sim/workers/host_queue.ts";
import { createRemoteQueue } from "../../sim/workers/remote_queue.ts";
import { sharedWords } from "../../sim/memory/shared_words.ts";
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { RING_ENTRIES } from "../../sim/path/path.ts";
import {
  createSharedQueue,
  type SharedQueue,
} from "../../sim/workers/shared_queue.ts";
import { hardwareQueuesOf } from "./hardware_queues.ts";
import type { GroupSetup, QueueEnd, SharedQueueUse } from "./group_protocol.ts";
import { endRecorder } from "../result/latency_times.ts";
import { groupWords } from "../result/group_words.ts";

export interface SubmitterPath {
  readonly assembly: Assembly;
  /** Where its queue is, for the workers at the other ends. */
  readonly end:
    | Omit<
      QueueEnd,
      "data" | "times" | "clockOriginMs"
    >
    | null;
  /** Counts of its rings; `null` with a device of its own. */
  readonly counts: () => HostQueueCounts | null;
  readonly sleeps: () => number;
  /** Objects that it has freed in another's memory. */
  readonly remoteFrees: () => number;
  /** What it has done with separate hardware queues so far. */
  readonly shared: () => SharedQueueUse | null;
  /** Becomes the one that completes another's I/Os. */
  readonly completeFor: (end: QueueEnd) => void;
  /** Goes on completing those until all submitters are here. */
  readonly leave: () => void;
}

export interface SubmitterPathOptions {
  /** Which submitter, from 0. */
  readonly worker: number;
  /** Memory of the group's words. */
  readonly control: SharedArrayBuffer;
  /** Memory of separate hardware queues. */
  readonly queues: readonly SharedArrayBuffer[];
  /** Data memory, while bytes are moved. */
  readonly data: () => PhysicalMemory | undefined;
  /** Takes the commands of a device of its own. */
  readonly digest: CommandSetDigest;
  /** Called with I/Os that end here, if that is wanted. */
  readonly onIoEnd?: ((io: number) => void) | undefined;
}

export function createSubmitterPath(
  setup: GroupSetup,
  options: SubmitterPathOptions,
): SubmitterPath {
  if (setup.devices === 0) return ownDevice(setup, options);
  if (options.queues.length > 0) return sharedPath(setup, options);
  return setup.completeOn === "other"
    ? crossPath(setup, options)
    : remotePath(setup, options);
}

function ownDevice(
  setup: GroupSetup,
  options: SubmitterPathOptions,
): SubmitterPath {
  const { digest, data, onIoEnd } = options;
  const assembly = openPath(setup.contender, {
    command: () => digest.begin(),
    ...(onIoEnd && { ioEnd: onIoEnd }),
  }, {
    decode: setup.decode,
    linksAtOnce: true,
    data,
    commandDigest: digest,
  });
  return {
    assembly,
    end: null,
    counts: () => null,
    sleeps: () => 0,
    remoteFrees: () => 0,
    shared: () => null,
    completeFor: () => {},
    leave: () => {},
  };
}

function waiting(setup: GroupSetup, options: SubmitterPathOptions) {
  const { worker, control } = options;
  const at = groupWords(setup);
  const words = new Int32Array(control);
  return {
    bells: sharedWords(control),
    hostBell: at.submitterBell(worker),
    deviceBell: at.deviceBell(worker % setup.devices),
    isStopped: () => Atomics.load(words, at.stop) !== 0,
    spins: setup.poll ? Infinity : undefined,
  };
}

function remotePath(
  setup: GroupSetup,
  options: SubmitterPathOptions,
): SubmitterPath {
  const { worker, data, onIoEnd } = options;
  let remote: ReturnType<typeof createRemoteQueue> | undefined;
  const assembly = openPath(setup.contender, onIoEnd && { ioEnd: onIoEnd }, {
    linksAtOnce: true,
    data,
    queue: (memory, entries) => {
      remote = createRemoteQueue(memory, entries, waiting(setup, options));
      return remote.queue;
    },
    device: () => made(remote).device,
  });
  const { words, counts, sleeps } = made(remote);
  return {
    assembly,
    end: {
      worker,
      completer: worker,
      arena: assembly.memory.buffer,
      words,
      account: 0,
    },
    counts: () => counts,
    sleeps,
    remoteFrees: () => 0,
    shared: () => null,
    completeFor: () => {},
    leave: () => {},
  };
}

function crossPath(
  setup: GroupSetup,
  options: SubmitterPathOptions,
): SubmitterPath {
  const { worker, control, data, onIoEnd } = options;
  const { workers, contender } = setup;
  const at = groupWords(setup);
  let cross: CrossQueue | undefined;
  let other: Completer | undefined;
  // An I/O whose submitter drops the last reference ends here after all.
  const watched = onIoEnd && { ioEnd: onIoEnd };
  const assembly: Assembly = openPath(contender, watched, {
    data,
    sharing: "submits",
    queue: (memory, entries) => {
      cross = createCrossQueue(memory, entries, {
        ...waiting(setup, options),
        apply: (ended) => assembly.path.endedElsewhere(ended),
      });
      return cross.queue;
    },
    device: () => made(cross).device,
  });
  const { end, counts, sleeps, serve, serveUntil } = made(cross);
  return {
    assembly,
    end: { worker, completer: (worker + 1) % workers, ...end },
    // Rings are filled here; completions are taken from the other's.
    counts: () => ({
      occupancy: counts.occupancy,
      completionBatches: other?.counts.completionBatches ??
        counts.completionBatches,
    }),
    sleeps,
    remoteFrees: () => other?.remoteFrees() ?? 0,
    completeFor: (whose) => {
      const wake = createRinger(
        sharedWords(control),
        at.submitterBell(whose.worker),
      );
      other = attachCompleter(
        contender,
        whose,
        wake,
        whose.times === null ? undefined : endRecorder(
          whose.times,
          whose.clockOriginMs - performance.timeOrigin,
        ),
      );
      serve(other);
    },
    shared: () => null,
    leave: leaving(setup, control, serveUntil),
  };
}

/** Serves others until all submitters have come to the end of a request. */
function leaving(
  setup: GroupSetup,
  control: SharedArrayBuffer,
  serveUntil: (isOver: () => boolean) => void,
): () => void {
  const { workers } = setup;
  const at = groupWords(setup);
  const words = new Int32Array(control);
  let left = 0;
  return () => {
    left += workers;
    const isLast = Atomics.add(words, at.left, 1) + 1 >= left;
    if (isLast) {
      for (let i = 0; i < workers; i++) {
        createRinger(sharedWords(control), at.submitterBell(i))();
      }
    }
    serveUntil(() => Atomics.load(words, at.left) >= left);
  };
}

/** On a separate hardware queue: shared, or interrupting another submitter. */
function sharedPath(
  setup: GroupSetup,
  options: SubmitterPathOptions,
): SubmitterPath {
  const { worker, data, onIoEnd, control } = options;
  const all = hardwareQueuesOf(setup, options.queues);
  const id = all.findIndex(({ submitters }) => submitters.includes(worker));
  const own = all[id];
  if (own === undefined) {
    throw new RangeError(`Cannot make submitter ${worker}: it has no queue`);
  }
  const at = groupWords(setup);
  let shared: SharedQueue | undefined;
  const sharedOf = (memory: KernelMemory): SharedQueue =>
    shared ??= createSharedQueue(memory, RING_ENTRIES, {
      ...waiting(setup, options),
      deviceBell: at.deviceBell(id % setup.devices),
      worker,
      own,
      interrupts: all.filter(({ interrupt }) => interrupt === worker),
      submitterBell: at.submitterBell,
    });
  const assembly = openPath(
    setup.contender,
    onIoEnd && { ioEnd: onIoEnd },
    {
      linksAtOnce: true,
      data,
      queue: (memory) => sharedOf(memory).queue,
      device: () => made(shared).device,
      hooks: { tags: (memory, depth) => sharedOf(memory).tags(memory, depth) },
    },
  );
  const { counts, sleeps, lock, sentRequests, sentInterrupts, serveUntil } =
    made(shared);
  return {
    assembly,
    end: {
      worker,
      completer: own.interrupt,
      arena: assembly.memory.buffer,
      words: own.at.rings,
      account: 0,
      copy: made(shared).queue.submission >> 2,
    },
    counts: () => counts,
    sleeps,
    remoteFrees: () => 0,
    shared: () => ({
      lockAcquisitions: lock.acquisitions,
      lockContended: lock.contended,
      sentRequests: sentRequests(),
      sentInterrupts: sentInterrupts(),
    }),
    completeFor: () => {},
    leave: leaving(setup, control, serveUntil),
  };
}

function made<Queue>(queue: Queue | undefined): Queue {
  if (queue === undefined) {
    throw new TypeError("Cannot make a submitter: its path asked for no queue");
  }
  return queue;
}
