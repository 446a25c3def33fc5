/** The form of what `runLab()` takes beside its options. */
import { z } from "zod";
import { callback, valueOf, wholeNumber } from "../../layouts/option_check.ts";
import type { LabRunEvents } from "./run_lab.ts";

/** Who is told what of a run. */
export const runEventsSchema = z.strictObject(
  {
    signal: valueOf<AbortSignal>(
      "an AbortSignal",
      (value) => value instanceof AbortSignal,
    ).optional(),
    onProgress: callback().optional(),
    onCell: callback().optional(),
    resume: z.strictObject({
      result: valueOf(
        "a result, as runLab() and readResult() give it",
        ({ cells, config }) =>
          Array.isArray(cells) && typeof config === "object",
      ),
      name: z.string(),
    }).optional(),
    watch: z.strictObject({
      timeoutMs: wholeNumber(1).optional(),
      startTimeoutMs: wholeNumber(1).optional(),
      module: valueOf<URL>("a URL", (value) => value instanceof URL).optional(),
      graceMs: wholeNumber(0).optional(),
    }).optional(),
    inputs: valueOf(
      "a Map of functions that open streams",
      (value) => typeof value.get === "function",
    ).optional(),
    read: z.array(z.strictObject({
      name: z.string(),
      sizeBytes: wholeNumber(0).nullable(),
      sha256: z.string().nullable(),
    })).optional(),
  } satisfies Record<keyof LabRunEvents, z.ZodType>,
);
