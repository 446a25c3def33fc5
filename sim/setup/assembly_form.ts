/** The form of what a path is put together from. */
import { z } from "zod";
import { abiSchema } from "../../layouts/abi_form.ts";
import { recognitions } from "../recognition/recognition_registry.ts";
import { layoutSchema } from "../../layouts/layout_form.ts";
import {
  callback,
  someText,
  valueOf,
  wholeNumber,
} from "../../layouts/option_check.ts";
import type { AssemblyOptions } from "./assembly.ts";
import { SUBMIT_APIS } from "../block/direct_io.ts";
import { queueLimitsSchema } from "../block/queue_form.ts";
import { KeptArena } from "../memory/kept_arena.ts";
import { memoryMapSchema } from "../memory/memory_map_form.ts";
import { controllerSchema } from "../nvme/controller_form.ts";
import type { Probe } from "../path/probe.ts";
import { pathMachineShape } from "./path_machine_fields.ts";
import { SUBMITTERS } from "./submitter.ts";

/** Most I/Os in flight: more than any queue of the lab's devices takes. */
const MOST_DEPTH = 1024;

/**
 * The part of a path that is watched: parts that are not there watch nothing.
 */
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
  submitter: z.enum(SUBMITTERS).optional(),
  api: z.enum(SUBMIT_APIS).optional(),
  registered: z.strictObject({
    buffers: wholeNumber(1, 2 ** 24),
    segments: wholeNumber(1, 2 ** 26),
  }).optional(),
  decode: z.boolean(),
  data: callback().optional(),
  controller: controllerSchema.optional(),
  ...pathMachineShape,
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
  kept: valueOf<KeptArena>(
    "a KeptArena",
    (value) => value instanceof KeptArena,
  ).optional(),
  placeArena: callback().optional(),
  sparsePages: z.boolean().optional(),
  sparsePieces: wholeNumber(0).optional(),
  linksAtOnce: z.boolean().optional(),
  scatterSeed: wholeNumber(0).optional(),
  sharing: z.enum(["submits", "completes"]).optional(),
  queue: callback().optional(),
  device: callback().optional(),
} satisfies Record<keyof AssemblyOptions, z.ZodType>;

/** What `assemblePath()` takes: each key, and nothing beside them. */
export const assemblySchema = z.strictObject(assemblyShape);
