/**
 * What a path is made of.
 */
import type { KernelContext } from "../kernel/context.ts";
import type { QueueLimits } from "../block/queue_limits.ts";
import type { QueueSettings } from "../block/queue_settings.ts";
import type { RegisteredCapacity } from "../block/registered.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { NvmeDevice } from "../nvme/device.ts";
import type { NvmeController } from "../nvme/driver.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import type { SubmitApi } from "../block/direct_io.ts";
import type { PathHooks } from "./path_hooks.ts";
import type { Probe } from "./probe.ts";
import type { RecognitionStrategy } from "../recognition/recognition.ts";

/** What a path is made of. */
export interface PathOptions extends KernelContext {
  readonly limits: QueueLimits;
  /** How P2P memory is recognised. */
  readonly recognition: RecognitionStrategy;
  /** The controller, and how it reaches memory. */
  readonly controller: NvmeController;
  /** I/Os in flight at most, 1 to 256. */
  readonly depth: number;
  /** I/Os submitted together under one plug, up to `depth`; default: 1. */
  readonly batch?: number | undefined;
  /** Settings of the queue other than those of NVMe. */
  readonly settings?: Partial<QueueSettings> | undefined;
  /** Room for registered buffers; user memory is pinned where it is absent. */
  readonly registered?: RegisteredCapacity | undefined;
  /** How a program submits; default: io_uring. */
  readonly api?: SubmitApi | undefined;
  /** Whether I/O is that of the page cache; default: direct. */
  readonly pageCache?: boolean | undefined;
  /** Whether I/O is on pages of the submitter's own, inside the kernel. */
  readonly kernelUser?: boolean | undefined;
  /** Makes the queue pair; default: one for a device in the same worker. */
  readonly queue?:
    | ((memory: KernelMemory, entries: number) => NvmeQueue)
    | undefined;
  /** What of it is watched; default: nothing. */
  readonly probe?: Partial<Probe> | undefined;
  /** Makes the device of the queue pair. */
  readonly device: (queue: NvmeQueue) => NvmeDevice;
  /** What is put into it; default: nothing. */
  readonly hooks?: PathHooks | undefined;
}
