/**
 * Where something else can be put into a path when it is made: faults, a
 * device in simulated time, error handling. Each is picked once, so that a
 * path without hooks pays nothing for them.
 */
import type { BlockDriver } from "../block/queue_parts.ts";
import type { RequestTable } from "../block/request.ts";
import type { Tags } from "../block/tags.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { PageArray } from "../kernel/page_array.ts";
import type { NvmeController, NvmeDriver } from "../nvme/driver.ts";
import type { MakeDevice } from "../nvme/device.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import type { RecognitionStrategy } from "../recognition/recognition.ts";

/** What is between the block layer and the device. */
export interface DriverHookParts {
  readonly memory: KernelMemory;
  /** The rings. */
  readonly queue: NvmeQueue;
  readonly requests: RequestTable;
  /** The driver's mapping and commands. */
  readonly nvme: NvmeDriver;
  /** Completes a request at the block layer. */
  readonly complete: (request: number, status: number) => void;
  /** The first bio of a request, or the one after a bio; 0 for none. */
  readonly firstBio: (request: number) => number;
  /** The bio after a bio of the same request; 0 for none. */
  readonly nextBio: (bio: number) => number;
  /** The index of the I/O that a bio belongs to, as `submit` was given it. */
  readonly ioOfBio: (bio: number) => number;
  /** An interrupt is done: workers of the queue get the CPU. */
  readonly yieldCpu: () => void;
  /** Called with a mapped request's DMA segments, for the path's counts. */
  readonly onMapped: (dmaSegments: number) => void;
}

export interface PathHooks {
  /** Makes the driver in place of the plain one. */
  readonly driver?: (parts: DriverHookParts) => BlockDriver;
  /** Stands in front of the request table. */
  readonly requests?: (made: RequestTable) => RequestTable;
  /**
   * Makes the tags of its requests, where others have them, too; `undefined`
   * for tags of its own.
   */
  readonly tags?: (memory: KernelMemory, depth: number) => Tags | undefined;
  /** The simulated time; schedulers' deadlines stand still without it. */
  readonly nowNs?: () => number;
  /** Called with an I/O that was refused before it had a bio, and the errno. */
  readonly onRefused?: (io: number, errno: number) => void;
  /**
   * Called with an I/O one of whose bios could not be filled, and the errno.
   */
  readonly onUnfilled?: (io: number, errno: number) => void;
}

/** Hooks of everything that a path is put together from. */
export interface AssemblyHooks extends PathHooks {
  /** Changes the controller. */
  readonly controller?: ((made: NvmeController) => NvmeController) | undefined;
  /** Stands in front of the struct pages. */
  readonly pages?: ((made: PageArray) => PageArray) | undefined;
  /** Stands in front of the P2P detection. */
  readonly recognition?:
    | ((made: RecognitionStrategy) => RecognitionStrategy)
    | undefined;
  /** Makes the device that executes commands in place of the plain one. */
  readonly device?: MakeDevice | undefined;
}
