/**
 * Puts a path together from parts whose form is known to be right: kernel
 * memory, the layout's codec, struct pages, recognition, device. This is what a
 * worker does when it starts.
 */
import { checkLimitRules } from "../block/limit_rules.ts";
import { arenaBytes, REGISTERED } from "./arena_bytes.ts";
import type { Assembly, AssemblyOptions } from "./assembly.ts";
import { identityPieces } from "../dma/piece_mapping.ts";
import { calledApart } from "../kernel/called_apart.ts";
import { createKernelContext, type KernelContext } from "../kernel/context.ts";
import { requireApi } from "./submit_api.ts";
import { KernelMemory } from "../memory/kernel_memory.ts";
import type { PageArray } from "../kernel/page_array.ts";
import { reachedPages } from "../kernel/reached_pages.ts";
import { withoutVmemmap } from "../kernel/sparse_codec.ts";
import { createController } from "../nvme/controller.ts";
import type { DeviceMemory } from "../nvme/device_memory.ts";
import type { NvmeController } from "../nvme/driver.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import type { PhysicalMemory } from "../memory/physical_memory.ts";
import { createDecodingDevice } from "../nvme/decoding_device.ts";
import { createNullDevice, type NvmeDevice } from "../nvme/device.ts";
import { createPath, type Path } from "../path/path.ts";
import { watched } from "../path/probe.ts";
import { seeThrough } from "../path/see_through.ts";
import {
  createPremap,
  dmaCodec,
  type Premap,
} from "../recognition/recognise_map_first.ts";
import type { RecognitionStrategy } from "../recognition/recognition.ts";
import {
  makeRecognition,
  requireRecognition,
} from "../recognition/recognition_registry.ts";
import { randomStream } from "../random/random_stream.ts";
import { requireFit } from "./window_fit.ts";
import { handsRanges, joinP2pPieces } from "../workload/p2p_producer.ts";

/**
 * Puts a path together; `assemblePath()` looks at its parts first.
 *
 * @returns The path and what it is on.
 * @throws {RangeError} If limits or settings contradict each other, or the
 *   layout does not exist on the ABI or cannot serve the recognition.
 */
export function putTogether(options: AssemblyOptions): Assembly {
  checkLimitRules(options.limits);
  requireApi(options);
  const { layout, abi, map, recognition } = options;
  requireRecognition(layout, { abi, recognition });
  const { probe = {}, hooks = {} } = options;
  const memory = assembledMemory(options);
  const kernel = createKernelContext(memory, options);
  const { codec: plain, pages, profile } = kernel;
  const isMapFirst = recognition === "map_first";
  const codec = isMapFirst
    ? dmaCodec(plain, memory)
    : options.vmemmap ?? true
    ? plain
    : withoutVmemmap(plain, memory, pages);
  const made = detection(options, kernel);
  const data = options.data ?? (() => undefined);
  const { controller: plainController, memory: deviceMemory } =
    createController(options.controller ?? {}, { memory, map, data, profile });
  const controller = hooks.controller?.(plainController) ?? plainController;
  const end = deviceEnd(options, { data, deviceMemory, controller });
  const premap = isMapFirst ? createPremap({ ...controller, map }) : undefined;
  const pathPages = premap?.pages(pages) ?? pages;
  const unchecked = createPath({
    ...kernel,
    codec,
    pages: hooks.pages?.(pathPages) ?? pathPages,
    hooks,
    limits: options.limits,
    recognition: watched(probe, "question")?.(made) ?? made,
    // What is mapped already needs no mapping.
    controller: isMapFirst
      ? { ...controller, pieces: identityPieces() }
      : controller,
    depth: options.depth,
    batch: options.batch,
    settings: options.settings,
    api: options.api,
    ...submitterParts(options),
    queue: options.queue,
    probe,
    device: (queue) => end.make(memory, queue),
  });
  const fitting: Path = {
    ...unchecked,
    open: (window) => {
      // What the layout is to hold: the pieces that the path itself sees.
      requireFit(window, { ...options, layout: codec.layout });
      unchecked.open(window);
    },
  };
  const { path: seeing, seen } = seePieces(fitting, options, premap);
  const path = options.sparsePages ? makePages(seeing, options, pages) : seeing;
  return {
    path: { ...path, submit: calledApart(path.submit, memory) },
    memory,
    codec,
    device: end.device(),
    seen,
    pages,
    decoded: end.decoder()?.counts,
    digest: end.decoder()?.digest,
  };
}

/** What only one kind of submitter has. */
function submitterParts(
  { submitter, registered = REGISTERED }: AssemblyOptions,
) {
  return {
    registered: submitter === "registered" ? registered : undefined,
    pageCache: submitter === "pagecache" || undefined,
    kernelUser: submitter === "kernel" || undefined,
  };
}

/** How P2P memory is found, with what a test has put around it. */
function detection(
  { recognition, map, ranges, hooks }: AssemblyOptions,
  { memory, pages, structs }: KernelContext,
): RecognitionStrategy {
  const parts = { memory, pages, map, bio: structs.bio, ranges };
  const made = makeRecognition(recognition, parts);
  return hooks?.recognition?.(made) ?? made;
}

/** The path after what joins the pieces of windows, or maps them first. */
function seePieces(
  path: Path,
  { layout, p2pProducer }: AssemblyOptions,
  premap: Premap | undefined,
): ReturnType<typeof seeThrough> {
  const joins = handsRanges(layout, p2pProducer);
  if (premap === undefined && !joins) return { path, seen: (window) => window };
  return seeThrough(path, (window) => {
    const joined = joins ? joinP2pPieces(window) : window;
    if (premap === undefined) return joined;
    const mapped = premap.window(joined);
    path.opened.mapped = premap.mapped();
    return mapped;
  });
}

/** The path after what makes the struct pages of windows. */
function makePages(
  path: Path,
  { sparsePieces }: AssemblyOptions,
  pages: PageArray,
): Path {
  return seeThrough(path, (window) => {
    pages.make(reachedPages(pages, window, sparsePieces));
    return window;
  }).path;
}

/** The device at the other end of the rings, which is there once they are. */
function deviceEnd(
  options: AssemblyOptions,
  { data, deviceMemory, controller }: {
    readonly data: () => PhysicalMemory | undefined;
    readonly deviceMemory: DeviceMemory;
    readonly controller: NvmeController;
  },
) {
  const { hooks = {}, probe = {} } = options;
  const onCommand = watched(probe, "command");
  let decoder: ReturnType<typeof createDecodingDevice> | undefined;
  let device: NvmeDevice = { process: () => {} };
  return {
    make: (memory: KernelMemory, queue: NvmeQueue): NvmeDevice => {
      if (options.device) return device = options.device(memory, queue);
      if (!options.decode) {
        const make = hooks.device ?? createNullDevice;
        return device = make(memory, queue, () => {});
      }
      decoder = createDecodingDevice(memory, queue, {
        salt: options.salt ?? 0,
        data,
        memory: deviceMemory,
        blockBytes: options.limits.logicalBlockBytes,
        sgl: controller.sgl,
        metadataSgl: controller.metadataSgl === true,
        digest: options.commandDigest,
        onCommand,
        make: hooks.device,
        budget: options.budget,
      });
      return device = decoder;
    },
    device: () => device,
    decoder: () => decoder,
  };
}

/** Kernel memory that is large enough, with its random placement. */
function assembledMemory(options: AssemblyOptions): KernelMemory {
  const { abi, arena, sharing, scatterSeed, probe = {} } = options;
  const sizeBytes = arenaBytes(options);
  return new KernelMemory({
    abi,
    sizeBytes,
    initOnAlloc: options.initOnAlloc ?? true,
    buffer: arena,
    isAlone: arena === undefined,
    kept: options.kept,
    linksAtOnce: options.linksAtOnce,
    ...(options.placeArena?.(sizeBytes) ?? {}),
    sharing,
    wrap: watched(probe, "access"),
    onFreelist: watched(probe, "freelist"),
    scatter: scatterSeed === undefined
      ? undefined
      : randomStream(scatterSeed, "scatter"),
  });
}
