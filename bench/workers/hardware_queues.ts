/**
 * The hardware queues of a group that are separate from its submitters: their
 * memory, and the device's side of one that several submitters use.
 */
import { pathProfile } from "../../sim/kernel/profile.ts";
import { nvmeQueueSettings } from "../../sim/block/queue_settings.ts";
import { sharedWords } from "../../sim/memory/shared_words.ts";
import { RING_ENTRIES } from "../../sim/path/path.ts";
import { pathParts } from "../../sim/setup/path_setup.ts";
import { CommandSetDigest } from "../../sim/workers/command_set_digest.ts";
import { createRinger } from "../../sim/workers/bell.ts";
import { createDeviceQueue } from "../../sim/workers/device_queue.ts";
import {
  hardwareQueueBytes,
  type HardwareQueueSize,
  layOutHardwareQueue,
  REQUEST_STATE,
  resetHardwareQueue,
} from "../../sim/workers/hardware_queue_words.ts";
import type { QueueView } from "../../sim/workers/shared_queue.ts";
import { groupWords } from "../result/group_words.ts";
import { groupQueues } from "../setup/group_shape.ts";
import {
  createEndDecoder,
  type ServedQueue,
  type ServeOptions,
} from "./group_assembly.ts";
import type { GroupSetup, QueueEnd } from "./group_protocol.ts";

const COMMAND_WORDS = 16;

function sizeOf(
  { contender }: GroupSetup,
  submitters: number,
): HardwareQueueSize {
  const { abi, settings = {} } = pathParts(contender);
  const profile = pathProfile(contender.kernel);
  return {
    abi,
    entries: RING_ENTRIES,
    tags: nvmeQueueSettings(settings, profile).tags,
    submitters,
  };
}

/**
 * Makes the memory of a group's hardware queues, all of them empty.
 *
 * @returns Memory of each queue; none where each submitter has its own.
 */
export function hardwareQueueBuffers(setup: GroupSetup): SharedArrayBuffer[] {
  const { submitters = [] } = groupQueues(setup) ?? {};
  return submitters.map(({ length }) => {
    const size = sizeOf(setup, length);
    const buffer = new SharedArrayBuffer(hardwareQueueBytes(size));
    resetHardwareQueue(
      sharedWords(buffer),
      layOutHardwareQueue(buffer, size).at,
    );
    return buffer;
  });
}

/**
 * Returns a worker's view of hardware queues.
 *
 * @returns The queues, and the submitter that the interrupt of each comes to.
 */
export function hardwareQueuesOf(
  setup: GroupSetup,
  buffers: readonly SharedArrayBuffer[],
): readonly (QueueView & { readonly interrupt: number })[] {
  const queues = groupQueues(setup);
  return buffers.map((buffer, i) => {
    const submitters = queues?.submitters[i] ?? [];
    const size = sizeOf(setup, submitters.length);
    return {
      words: sharedWords(buffer),
      at: layOutHardwareQueue(buffer, size).at,
      submitters,
      interrupt: queues?.interrupts[i] ?? 0,
    };
  });
}

/**
 * Makes the device's side of a separate hardware queue.
 *
 * A device has one memory before it; here each submitter has an arena of its
 * own, and whose command it is decides in which its lists are looked up.
 *
 * @param queue The queue, and its number from 0.
 */
export function serveHardwareQueue(
  setup: GroupSetup,
  queue: ReturnType<typeof hardwareQueuesOf>[number] & { readonly id: number },
  options: ServeOptions & { readonly ends: readonly QueueEnd[] },
): ServedQueue {
  const { words, at, submitters, interrupt, id } = queue;
  const { control, ends } = options;
  const wakeHost = createRinger(
    sharedWords(control),
    groupWords(setup).submitterBell(interrupt),
  );
  const served = { queueId: id + 1, wakeHost };
  if (!setup.decode) {
    const plain = { ...served, carryOut: () => 0 };
    return { queue: createDeviceQueue(words, at.rings, plain) };
  }
  const digest = new CommandSetDigest();
  const decoders = ends.filter(({ worker }) => submitters.includes(worker))
    .map((end) => {
      const { decoder, memory } = createEndDecoder(setup, end, options, digest);
      return { ...decoder, words: memory.words(), copyAt: end.copy ?? 0 };
    });
  const first = submitters[0] ?? 0;
  const counts = {
    get bytes() {
      return decoders.reduce((sum, { counts }) => sum + counts.bytes, 0);
    },
  };
  const carryOut = (entry: number): number => {
    const tag = words.read(entry) >>> 16;
    const owner = submitters.length === 1 ? first : words.read(
      at.requests + tag * at.requestWords + REQUEST_STATE.owner,
    );
    const own = decoders[owner - first];
    if (own === undefined) {
      throw new RangeError(
        `Cannot execute tag ${tag}: found submitter ${owner}, expected one ` +
          `of those of its queue`,
      );
    }
    for (let i = 0; i < COMMAND_WORDS; i++) {
      own.words.write(own.copyAt + i, words.read(entry + i));
    }
    own.carryOut(own.copyAt << 2);
    return 0;
  };
  return {
    queue: createDeviceQueue(words, at.rings, { ...served, carryOut }),
    decoded: { counts, digest },
  };
}
