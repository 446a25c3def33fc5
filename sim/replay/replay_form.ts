/** The form of what is traced, and on what. */
import { z } from "zod";
import { wholeNumber } from "../../layouts/option_check.ts";
import { assemblyShape } from "../setup/assembly_form.ts";
import { cpuSchema } from "../cache/cpu.ts";
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
