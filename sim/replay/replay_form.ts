/** The form of what is replayed and traced, and on what. */
import { z } from "zod";
import { valueOf, wholeNumber } from "../../layouts/option_check.ts";
import { assemblyShape } from "../setup/assembly_form.ts";
import { cpuSchema } from "../cache/cpu.ts";
import { PhysicalMemory } from "../memory/physical_memory.ts";
import type { VerifyOptions } from "./replay.ts";
import type { TraceWindowOptions } from "./trace_window.ts";
import type { TracedPathOptions } from "./traced_path.ts";

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

/** A path, as `assemblePath()` puts it together. */
export const assembledSchema = valueOf(
  "an assembly, as assemblePath() makes it",
  ({ path, memory }) =>
    typeof path === "object" && path !== null && "submit" in path &&
    typeof memory === "object" && memory !== null,
);
