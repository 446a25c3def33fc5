/**
 * What is between the block layer and the NVMe queue: a request is mapped and
 * its command pushed, completions are reaped and the request unmapped.
 */
import type { DriverParts } from "../block/block_layer.ts";
import { BLK_STS } from "../kernel/operation.ts";
import type { BlockDriver } from "../block/queue_parts.ts";
import type { NvmeDevice } from "../nvme/device.ts";
import { createNvmeDriver, type NvmeDriver } from "../nvme/driver.ts";
import type { IodFields } from "../nvme/iod.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import { nvmeErrorStatus } from "../nvme/status.ts";
import type { PathOptions } from "./path_options.ts";

// Constants of its own: bench/HOT_PATH.md.
const OK = BLK_STS.ok;
const RESOURCE = BLK_STS.resource;
const errorStatus = nvmeErrorStatus;

/** What the driver of a path works with. */
export interface PathDriverOptions {
  /** What the path is made of. */
  readonly path: PathOptions;
  /** The rings. */
  readonly queue: NvmeQueue;
  /** Entries of each. */
  readonly entries: number;
  /** The device at their other end. */
  readonly device: NvmeDevice;
  /** Where the driver's part of a request has its fields. */
  readonly iod: IodFields;
  /** Called with the stages that begin. */
  readonly onStage: (stage: number) => void;
  /** The word that DMA segments are counted in. */
  readonly dmaSegmentsAt: number;
}

export interface PathDriver {
  /** As the block layer sees it; `wait` takes the completions there are. */
  readonly driver: BlockDriver;
  /** Mapping and commands. */
  readonly nvme: NvmeDriver;
}

/** Makes the driver of a path. */
export function createPathDriver(
  parts: DriverParts,
  options: PathDriverOptions,
): PathDriver {
  const { path, queue, entries, device, iod, onStage } = options;
  const { dmaSegmentsAt } = options;
  const { hooks = {} } = path;
  const { memory, bios, requests, complete } = parts;
  const { addOwn } = memory;
  const nvme = createNvmeDriver({
    ...parts,
    iod,
    entries,
    controller: path.controller,
    queueAt: queue.state,
  });
  const { prepare, map, finish, unmap, dmaSegments } = nvme;
  const countSegments = (segments: number): void =>
    addOwn(dmaSegmentsAt, segments);
  if (hooks.driver !== undefined) {
    const { field } = requests;
    const hooked = hooks.driver({
      memory,
      queue,
      requests,
      nvme,
      complete,
      firstBio: (request) => memory.getPointer(request + field.bio),
      nextBio: (bio) => memory.getPointer(bio + bios.field.next),
      ioOfBio: parts.cookieOf,
      yieldCpu: parts.yieldCpu,
      onMapped: countSegments,
    });
    return { driver: hooked, nvme };
  }
  /** Takes the completions there are; says whether there was any. */
  const reap = (): boolean => {
    onStage(5);
    device.process();
    onStage(6);
    for (let isFirst = true;; isFirst = false) {
      const commandId = queue.reap();
      if (commandId < 0) return !isFirst;
      const request = requests.byTag(commandId);
      const status = unmap(request);
      complete(
        request,
        status === OK ? errorStatus(queue.status()) : status,
      );
    }
  };
  /**
   * Maps a request, and again once others have given something back where a
   * list or a buffer is missing (blk_mq_dispatch_rq_list).
   */
  const mapOrWait = (request: number): number => {
    for (;;) {
      onStage(3);
      prepare(request);
      const status = map(request);
      if (status !== RESOURCE) return status;
      queue.ring();
      if (!reap()) return status;
    }
  };
  const driver: BlockDriver = {
    queue: (request) => {
      const status = mapOrWait(request);
      countSegments(dmaSegments());
      if (status !== OK) return status;
      onStage(4);
      requests.start(request);
      queue.push(finish(request));
      return OK;
    },
    commit: queue.ring,
    wait: reap,
    // Never called: NVMe takes FUA, and a workload's flushes are counted but
    // not replayed (cell_notes.ts says so in a report).
    flush: () => {},
  };
  return { driver, nvme };
}
