/** Sends one I/O through a path of its own and explains what happened. */
import type { Abi } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { pagePointers } from "../../layouts/page_pointers.ts";
import type { SubmitApi } from "../../sim/block/direct_io.ts";
import type { Submitter } from "../../sim/setup/submitter.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import { kernelStructs } from "../../sim/kernel/path_structs.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { AccessRecorder } from "../../sim/trace/access_batch.ts";
import { TracingView } from "../../sim/trace/tracer.ts";
import { openPath } from "../../sim/setup/open_path.ts";
import type { PathSetup } from "../../sim/setup/path_setup.ts";
import { STAGES } from "../../sim/path/path_stages.ts";
import { type IoWindow, WINDOW_OP } from "../../sim/workload/window.ts";
import { headerWords } from "../../sim/text/field.ts";
import {
  machineSchema,
  type MachineSetup,
} from "../../sim/setup/machine_fields.ts";
import { labTool } from "../machine/tool.ts";
import { type Explanation, EXPLANATION_SCHEMA_VERSION } from "./explanation.ts";
import { Touched } from "./touched.ts";
import { hexOf } from "./vector_bytes.ts";
import { memoryName, PathWatch } from "./watch_path.ts";
import type { Recognition } from "../../sim/recognition/recognition_registry.ts";

export interface ExplainOptions {
  readonly layout: Layout;
  readonly abi: Abi;
  readonly kernel: string;
  /** How P2P memory is recognised. */
  readonly recognition: Recognition;
  /** Name of the device whose limits these are. */
  readonly device: string;
  readonly limits: QueueLimits;
  /** The controller and what is around it. */
  readonly machine: MachineSetup;
  /** Whose memory the buffer is. */
  readonly submitter: Submitter;
  readonly api: SubmitApi;
  /** The machine's memory. */
  readonly map: MemoryMap;
  /** The I/O, alone in a window. */
  readonly window: IoWindow;
  readonly index: number;
  readonly workload: string;
  readonly description: string;
  readonly seed: number;
}

/** Stage in which a request's command is built, after its mapping. */
const COMMAND_STAGE = STAGES.indexOf("command");

/**
 * Explains an I/O.
 *
 * @throws {RangeError} If the layout does not exist on the ABI, cannot serve
 *   the recognition or cannot hold the I/O's segments.
 */
export function explainIo(options: ExplainOptions): Explanation {
  const { layout, abi, limits, machine, submitter } = options;
  const { bios, splits, requests, events, assembly } = watchIo(options);
  const touched = touchedBy(options);
  const pointers = pagePointers(layout, abi);
  return {
    schemaVersion: EXPLANATION_SCHEMA_VERSION,
    tool: labTool(),
    config: {
      workload: options.workload,
      description: options.description,
      layout: layout.name,
      title: layout.title,
      segmentBytes: assembly?.codec.shape.segmentBytes ?? 0,
      pagePointers: submitter !== "user" || isUnsupported(pointers)
        ? null
        : pointers,
      abi: abi.name,
      kernel: options.kernel,
      recognition: options.recognition,
      device: options.device,
      sgl: machine.sgl,
      iommu: machine.iommu,
      registered: submitter === "registered",
      submitter,
      api: options.api,
      setting: [...headerWords(machineSchema, machine)],
      limits: {
        maxSectors: limits.maxSectors,
        chunkSectors: limits.chunkSectors,
        maxSegments: limits.maxSegments,
        maxSegmentBytes: limits.maxSegmentBytes,
        virtBoundaryMask: limits.virtBoundaryMask,
      },
      seed: options.seed,
    },
    io: {
      ...describeIo(options),
      status: assembly?.path.counts.errors === 0 ? "ok" : "error",
    },
    bios,
    splits,
    requests,
    events,
    touched: touched.touches,
    lines: touched.lines,
  };
}

/** The setup of every path here: that of one I/O. */
function setupOf(options: ExplainOptions): PathSetup {
  const segments = options.window.counts[1] as number;
  return { ...options, depth: 1, registered: { buffers: 1, segments } };
}

/** Sends the I/O to a device that decodes its commands, and watches. */
function watchIo(options: ExplainOptions): PathWatch {
  const { kernel, abi, limits, map } = options;
  const { ownKernel } = options.machine;
  const structs = kernelStructs(kernel, abi, ownKernel);
  const lengthBytes = options.window.lengthBytes[0] as number;
  const watch = new PathWatch({ structs, limits, map, lengthBytes });
  watch.assembly = openPath(setupOf(options), {
    question: watch.watch,
    event: watch.observe,
    command: watch.command,
    stage: (stage) => {
      if (stage === COMMAND_STAGE) watch.mapped();
    },
  }, { decode: true, sparsePages: true });
  watch.assembly.path.open(options.window);
  watch.assembly.path.submit(options.window, 0);
  watch.assembly.path.drain();
  return watch;
}

/**
 * Sends it again, through a path of its own that records every access, to a
 * device that only completes: what a device reads is not read by the CPU.
 */
function touchedBy(options: ExplainOptions): Touched {
  const touched = new Touched(STAGES);
  const recorder = AccessRecorder.telling(touched.sink);
  const { path, memory } = openPath(setupOf(options), {
    access: (plain) => new TracingView(plain, recorder),
    freelist: (inside, _taken, zeroes = false) => {
      touched.inAllocator = inside && !zeroes;
      touched.inZeroing = inside && zeroes;
    },
    stage: (stage) => {
      recorder.stage = stage;
    },
  }, { sparsePages: true });
  touched.place(memory.regions, path.regionParts);
  // Done once, long before the I/O.
  path.open(options.window);
  recorder.enabled = true;
  path.submit(options.window, 0);
  path.drain();
  return touched;
}

function describeIo(
  { window, map, index }: ExplainOptions,
): Omit<Explanation["io"], "status"> {
  const sectorHi = (window.sectorHi[0] as number) >>> 0;
  const pieces = window.counts[1] as number;
  return {
    index,
    operation: window.op[0] === WINDOW_OP.write ? "write" : "read",
    sector: sectorHi * 0x1_0000_0000 + ((window.sectorLo[0] as number) >>> 0),
    lengthBytes: window.lengthBytes[0] as number,
    part: window.parts.get(0) ?? null,
    pieces: Array.from({ length: pieces }, (_, piece) => ({
      address: hexOf(
        window.physLo[piece] as number,
        window.physHi[piece] as number,
      ),
      lengthBytes: window.pieceBytes[piece] as number,
      memory: memoryName(map, window.provider[piece] as number),
    })),
  };
}
