/** The form of what a path is put together from. */
import { z } from "zod";
import { abiSchema } from "../layouts/abi_form.ts";
import { recognitions } from "../layouts/layout.ts";
import { layoutSchema } from "../layouts/layout_form.ts";
import {
  callback,
  someText,
  valueOf,
  wholeNumber,
} from "../layouts/option_check.ts";
import type { AssemblyOptions } from "./assembly.ts";
import { queueLimitsSchema, queueSettingsSchema } from "./block/queue_form.ts";
import { cpuSchema } from "./cache/cpu.ts";
import { PhysicalMemory } from "./memory/physical_memory.ts";
import { memoryMapSchema } from "./machine_form.ts";
import { controllerSchema } from "./nvme/controller_form.ts";
import { P2P_PRODUCERS } from "./pci/p2p_producer.ts";
import type { Probe } from "./probe.ts";
import type { VerifyOptions } from "./replay.ts";
import type { TraceWindowOptions } from "./trace_window.ts";
import type { TracedPathOptions } from "./traced_path.ts";
import type { IoWindow } from "./workload/window.ts";

/** Most I/Os in flight: more than any queue of the lab's devices takes. */
const MOST_DEPTH = 1024;

/** What of a path is watched: parts that are not there watch nothing. */
const probeSchema = z.strictObject(
  {
    access: callback().optional(),
    freelist: callback().optional(),
    stage: callback().optional(),
    question: callback().optional(),
    event: callback().optional(),
    command: callback().optional(),
    ioEnd: callback().optional(),
  } satisfies Record<keyof Probe, z.ZodType>,
);

/** Each key of `AssemblyOptions`. */
export const assemblyShape = {
  layout: layoutSchema,
  abi: abiSchema,
  kernel: someText(),
  recognition: z.enum(recognitions),
  limits: queueLimitsSchema,
  map: memoryMapSchema,
  depth: wholeNumber(1, MOST_DEPTH),
  batch: wholeNumber(1, MOST_DEPTH).optional(),
  submitter: z.enum(["user", "registered", "pagecache"]).optional(),
  registered: z.strictObject({
    buffers: wholeNumber(1, 2 ** 24),
    segments: wholeNumber(1, 2 ** 26),
  }).optional(),
  settings: queueSettingsSchema.optional(),
  decode: z.boolean(),
  data: callback().optional(),
  controller: controllerSchema.optional(),
  vmemmap: z.boolean().optional(),
  ranges: z.enum(["sorted", "maple"]).optional(),
  p2pProducer: z.enum(P2P_PRODUCERS).optional(),
  probe: probeSchema.optional(),
  salt: z.int({ error: "a whole number" }).optional(),
  commandDigest: z.looseObject({}).optional(),
  budget: z.strictObject({
    bytes: z.custom<number>(
      (bytes) => bytes === Infinity || Number(bytes) >= 0,
      {
        error: "a number of bytes from 0",
      },
    ),
  }).optional(),
  hooks: z.looseObject({}).optional(),
  arena: valueOf<SharedArrayBuffer>(
    "a SharedArrayBuffer",
    (value) => value instanceof SharedArrayBuffer,
  ).optional(),
  placeArena: callback().optional(),
  sharing: z.enum(["submits", "completes"]).optional(),
  queue: callback().optional(),
  device: callback().optional(),
} satisfies Record<keyof AssemblyOptions, z.ZodType>;

/** What `assemblePath()` takes: each key, and nothing beside them. */
export const assemblySchema = z.strictObject(assemblyShape);

const {
  decode: _decode,
  data: _data,
  probe: _probe,
  ...tracedShape
} = assemblyShape;

/** What `tracePath()` takes. */
export const tracedPathSchema = z.strictObject(
  tracedShape satisfies Record<keyof TracedPathOptions, z.ZodType>,
);

/** What `traceWindow()` takes. */
export const traceWindowSchema = z.strictObject(
  {
    ...tracedShape,
    cpu: cpuSchema.optional(),
    lineBytes: wholeNumber(1, 2 ** 20).refine(
      (bytes) => Number.isInteger(Math.log2(bytes)),
      "a power of two",
    ).optional(),
    singleIos: wholeNumber(0, 1e8).optional(),
    warmUpIos: wholeNumber(0, 1e8).optional(),
    countedIos: wholeNumber(0, 1e8).optional(),
  } satisfies Record<keyof TraceWindowOptions, z.ZodType>,
);

/** What `verifyReplay()` takes. */
export const verifySchema = z.strictObject(
  {
    ios: z.unknown(),
    data: valueOf<PhysicalMemory>(
      "a PhysicalMemory",
      (value) => value instanceof PhysicalMemory,
    ),
    salt: z.int({ error: "a whole number" }),
    digests: valueOf<Int32Array>(
      "an Int32Array",
      (value) => value instanceof Int32Array,
    ).optional(),
    firstIo: wholeNumber(0),
  } satisfies Record<keyof VerifyOptions, z.ZodType>,
);

/** A window of I/Os, as `createWindow()` lays it out. */
export const windowSchema: z.ZodType<IoWindow> = valueOf(
  "a window of I/Os, as createWindow() makes it",
  ({ counts, op, firstPiece, physLo }) =>
    counts instanceof Int32Array && op instanceof Uint8Array &&
    firstPiece instanceof Int32Array && physLo instanceof Int32Array,
);

/** A path, as `assemblePath()` puts it together. */
export const assembledSchema = valueOf(
  "an assembly, as assemblePath() makes it",
  ({ path, memory }) =>
    typeof path === "object" && path !== null && "submit" in path &&
    typeof memory === "object" && memory !== null,
);
