/**
 * A path of whatever parts a program gives: their form is looked at before
 * `put_together.ts` makes the path.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import type { Layout } from "../../layouts/layout.ts";
import { checkValue } from "../../layouts/option_check.ts";
import type { QueueLimits } from "../block/queue_limits.ts";
import { assemblySchema } from "./assembly_form.ts";
import type { PageArray } from "../kernel/page_array.ts";
import type { RegisteredCapacity } from "../block/registered.ts";
import type { KeptArena } from "../memory/kept_arena.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import type { SubmitApi } from "../block/direct_io.ts";
import type {
  ArenaPlace,
  KernelMemory,
  MemorySharing,
} from "../memory/kernel_memory.ts";
import type { PhysicalMemory } from "../memory/physical_memory.ts";
import type { ControllerOptions } from "../nvme/controller.ts";
import type { DecodedCounts } from "../nvme/decoding_device.ts";
import type { NvmeDevice } from "../nvme/device.ts";
import type { StreamDigest } from "../nvme/digest.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import type { IoWindow } from "../workload/window.ts";
import type { Path } from "../path/path.ts";
import type { AssemblyHooks } from "../path/path_hooks.ts";
import type { Probe } from "../path/probe.ts";
import type { PathMachine } from "./path_machine_fields.ts";
import { putTogether } from "./put_together.ts";
import { requireFit } from "./window_fit.ts";
import type { Submitter } from "./submitter.ts";
import type { Recognition } from "../recognition/recognition_registry.ts";

/** What a path is assembled from. */
export interface AssemblyOptions extends PathMachine {
  /** The layout under test. */
  readonly layout: Layout;
  /** The ABI. */
  readonly abi: Abi;
  /** Kernel version whose structures are used. */
  readonly kernel: string;
  /** How P2P memory is detected. */
  readonly recognition: Recognition;
  /** Limits of the queue. */
  readonly limits: QueueLimits;
  /** The machine's memory. */
  readonly map: MemoryMap;
  /** I/Os in flight at most. */
  readonly depth: number;
  /** I/Os submitted under one plug, up to `depth`; default: 1, unplugged. */
  readonly batch?: number | undefined;
  /**
   * Whether I/O is on pinned user memory, the default, on registered buffers
   * (io_uring), which take no references, on folios of the page cache, or on
   * pages that a user inside the kernel holds itself.
   */
  readonly submitter?: Submitter | undefined;
  /** How a program submits; default: io_uring. */
  readonly api?: SubmitApi | undefined;
  /** Buffers and segments that can be registered at once. */
  readonly registered?: RegisteredCapacity | undefined;
  /** Whether the device decodes commands or only completes them. */
  readonly decode: boolean;
  /** Data memory, while a decoding device is to move bytes. */
  readonly data?: () => PhysicalMemory | undefined;
  /** What the controller can do; default: PRP only, reaching all memory. */
  readonly controller?: ControllerOptions | undefined;
  /** What is observed of the path; default: nothing. */
  readonly probe?: Partial<Probe> | undefined;
  /** Salt of the medium's content; default: 0. */
  readonly salt?: number | undefined;
  /** Digests what a decoding device sees; default: in order. */
  readonly commandDigest?: StreamDigest | undefined;
  /** Bytes that a decoding device still moves; default: all. */
  readonly budget?: { bytes: number } | undefined;
  /**
   * What is put into the path, such as faults; default: nothing.
   *
   * @internal
   */
  readonly hooks?: AssemblyHooks | undefined;
  /**
   * Whether only those struct pages are made that opened windows reach, where
   * nobody times and the path is not handed to another engine; default: false.
   */
  readonly sparsePages?: boolean | undefined;
  /**
   * Pieces of a window whose struct pages are made then, from its first one on,
   * where no I/O after them is submitted; default: all.
   */
  readonly sparsePieces?: number | undefined;
  /**
   * Whether slabs link all of their free objects at once, for what is timed or
   * read in C; default: false, they are linked as they are reached.
   *
   * @internal
   */
  readonly linksAtOnce?: boolean | undefined;
  /**
   * An arena that another path had, which must not be used any more, where
   * nobody times; default: none.
   *
   * @internal
   */
  readonly kept?: KeptArena | undefined;
  /** Memory of an equal assembly of another worker; default: new. */
  readonly arena?: SharedArrayBuffer | undefined;
  /** Finds new memory for kernel memory of that size; default: any page. */
  readonly placeArena?: ((sizeBytes: number) => ArenaPlace) | undefined;
  /**
   * Seed of random placement: gaps between structures, and the order in which
   * slabs hand out objects. Timed paths have a different one in each build;
   * default: no randomness, as for everything that is counted.
   */
  readonly scatterSeed?: number | undefined;
  /** Whether another worker completes what is submitted, and whose side. */
  readonly sharing?: MemorySharing | undefined;
  /** Makes the queue pair; default: one for a device in the same worker. */
  readonly queue?:
    | ((memory: KernelMemory, entries: number) => NvmeQueue)
    | undefined;
  /** Makes the device; default: the null or the decoding one. */
  readonly device?:
    | ((memory: KernelMemory, queue: NvmeQueue) => NvmeDevice)
    | undefined;
}

/** A path and what it is built on. */
export interface Assembly {
  /** The path. */
  readonly path: Path;
  /** Kernel memory. */
  readonly memory: KernelMemory;
  /** The layout's codec. */
  readonly codec: SegmentCodec;
  /** The device at the other end of the rings. */
  readonly device: NvmeDevice;
  /**
   * The open window as the path sees it: with DMA addresses, if mapped first.
   */
  readonly seen: (window: IoWindow) => IoWindow;
  /**
   * The machine's struct pages.
   *
   * @internal
   */
  readonly pages: PageArray;
  /** What a decoding device has counted. */
  readonly decoded?: DecodedCounts | undefined;
  /** Digest of the commands that a decoding device has seen. */
  readonly digest?: StreamDigest | undefined;
}

/**
 * Assembles a path, from a bio_vec to the commands that a device gets, and back
 * to the end of the I/O.
 *
 * @param options The layout, the machine, and what is observed.
 * @returns The path and what it is built on.
 * @throws {TypeError} If an option is missing, unknown or of the wrong type.
 * @throws {RangeError} If an option is out of range, or the layout does not
 *   exist on the ABI or cannot serve the P2P detection. The path's `open()`
 *   throws it, or the first `submit()` of a window that need not be opened, if
 *   the layout cannot hold one of the window's segments.
 *
 * @example A custom layout builds the commands that mainline's builds
 * ```ts
 * import { defineLayout, findAbi, findLayout } from "@bvec/lab";
 * import {
 *   assemblePath,
 *   defaultMemoryMap,
 *   openWorkload,
 *   QUEUE_LIMIT_PRESETS,
 * } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const lengthFirst = defineLayout({
 *   name: "length_first",
 *   title: "length before the address",
 *   source: { author: "me", date: "2026-01-01", subject: "an example" },
 *   struct: {
 *     name: "bio_vec",
 *     fields: [
 *       { name: "len", type: "u32" },
 *       { name: "phys", type: "phys_addr_t" },
 *     ],
 *     packed: true,
 *   },
 *   roles: {
 *     address: { kind: "phys", field: "phys" },
 *     length: { field: "len" },
 *   },
 * });
 * const map = defaultMemoryMap(true);
 * const workload = await openWorkload("128k-scattered", {
 *   seed: 1,
 *   memoryMap: map,
 *   ios: 20,
 * });
 * for await (const window of workload.windows({ ios: 20, pieces: 640 })) {
 *   const digests = [lengthFirst, findLayout("page_offset")].map((layout) => {
 *     const { path, digest } = assemblePath({
 *       layout,
 *       abi: findAbi("lp64"),
 *       kernel: "7.2",
 *       recognition: "page",
 *       limits: QUEUE_LIMIT_PRESETS.nvme_prp,
 *       map,
 *       depth: 8,
 *       decode: true,
 *     });
 *     path.open(window); // what comes once, before any I/O
 *     for (let io = 0; io < 20; io++) path.submit(window, io);
 *     path.drain();
 *     assertEquals(path.counts.requests, 20);
 *     return digest?.hex();
 *   });
 *   assertEquals(digests[0], digests[1]);
 * }
 * ```
 */
export function assemblePath(options: AssemblyOptions): Assembly {
  checkValue("assemble a path", assemblySchema, options);
  const assembly = putTogether(options);
  const { open, submit } = assembly.path;
  let fits: IoWindow | undefined;
  return {
    ...assembly,
    path: {
      ...assembly.path,
      open: (window) => {
        open(window);
        fits = window;
      },
      submit: (window, io) => {
        // What is pinned I/O by I/O needs not be opened.
        if (window !== fits) requireFit(window, options);
        fits = window;
        submit(window, io);
      },
    },
  };
}
