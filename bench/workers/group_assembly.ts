/**
 * What a submitter's path and a device of a group are put together from.
 */
import { pathProfile } from "../../sim/kernel/profile.ts";
import { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { PhysicalMemory } from "../../sim/memory/physical_memory.ts";
import { createController } from "../../sim/nvme/controller.ts";
import {
  createDecodingDevice,
  type DecodedCounts,
} from "../../sim/nvme/decoding_device.ts";
import { pathParts } from "../../sim/setup/path_setup.ts";
import { CommandSetDigest } from "../../sim/workers/command_set_digest.ts";
import { createRinger } from "../../sim/workers/bell.ts";
import {
  createDeviceQueue,
  type DeviceQueue,
} from "../../sim/workers/device_queue.ts";
import { sharedWords } from "../../sim/memory/shared_words.ts";
import { gatheringOf } from "./gathering.ts";
import type { GroupSetup, QueueEnd } from "./group_protocol.ts";
import { groupWords } from "../result/group_words.ts";

/** Kernel memory that only a controller's own tables are in. */
const SCRATCH_BYTES = 4 << 20;

export interface ServedQueue {
  readonly queue: DeviceQueue;
  readonly decoded?: {
    readonly counts: Pick<DecodedCounts, "bytes">;
    readonly digest: CommandSetDigest;
  };
}

export interface ServeOptions {
  /** Memory of the group's words. */
  readonly control: SharedArrayBuffer;
  /** Whether bytes are moved. */
  readonly movesBytes: () => boolean;
}

/**
 * Makes what decodes the commands of a submitter.
 *
 * @param end Where the submitter's memory and its rings are.
 * @param options Whether bytes are moved.
 * @returns The decoder, and the submitter's memory as the device sees it.
 */
export function createEndDecoder(
  setup: GroupSetup,
  end: QueueEnd,
  { movesBytes }: Pick<ServeOptions, "movesBytes">,
  digest: CommandSetDigest,
) {
  const { contender } = setup;
  const { abi, controller, map } = pathParts(contender);
  const memory = new KernelMemory({
    abi,
    sizeBytes: end.arena.byteLength,
    buffer: end.arena,
  });
  const physical = new PhysicalMemory(map, end.data);
  const data = () => movesBytes() ? physical : undefined;
  const scratch = new KernelMemory({ abi, sizeBytes: SCRATCH_BYTES });
  const made = createController(controller ?? {}, {
    memory: scratch,
    map,
    data,
    profile: pathProfile(contender.kernel),
  });
  const decoder = createDecodingDevice(memory, {
    depth: end.words.entries,
    submission: end.words.submission << 2,
    completion: end.words.completion << 2,
    doorbell: end.words.tailDoorbell << 2,
    push: () => {},
    ring: () => {},
    reap: () => -1,
    status: () => 0,
  }, {
    salt: contender.salt,
    data,
    memory: made.memory,
    blockBytes: contender.limits.logicalBlockBytes,
    sgl: made.controller.sgl,
    digest,
    onCommand: () => digest.begin(),
  });
  return { decoder, memory };
}

/** Makes the device's side of a submitter's queue. */
export function serveEnd(
  setup: GroupSetup,
  end: QueueEnd,
  options: ServeOptions,
): ServedQueue {
  const words = sharedWords(end.arena);
  const at = groupWords(setup);
  const wakeHost = createRinger(
    sharedWords(options.control),
    at.submitterBell(end.completer),
  );
  const queueId = end.worker + 1;
  if (!setup.decode) {
    const queue = createDeviceQueue(words, end.words, {
      queueId,
      carryOut: () => 0,
      wakeHost,
      gathering: gatheringOf(
        setup.contender.depth,
        Math.ceil(setup.workers / setup.devices),
      ),
    });
    return { queue };
  }
  const digest = new CommandSetDigest();
  const { decoder } = createEndDecoder(setup, end, options, digest);
  const queue = createDeviceQueue(words, end.words, {
    queueId,
    carryOut: (entry) => {
      decoder.carryOut(entry << 2);
      return 0;
    },
    wakeHost,
  });
  return { queue, decoded: { counts: decoder.counts, digest } };
}
