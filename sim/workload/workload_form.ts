/** The form of what opens workloads and lays out windows. */
import { z } from "zod";
import { someText, valueOf, wholeNumber } from "../../layouts/option_check.ts";
import { memoryMapSchema } from "../memory/memory_map_form.ts";
import { EVENT_SELECTIONS } from "./event_choice.ts";
import type { TraceOptions } from "./read_trace.ts";
import type { WorkloadOptions } from "./workload.ts";
import type { WorkloadReading } from "./open_io_source.ts";

/** A seed: any whole number. */
const seedSchema: z.ZodType<number> = z.int({ error: "a whole number" });

const reading = {
  format: someText().optional(),
  events: z.enum(EVENT_SELECTIONS).optional(),
  inputs: valueOf(
    "a Map of functions that open streams",
    (value) => typeof value.get === "function",
  ).optional(),
} satisfies Record<keyof WorkloadReading, z.ZodType>;

const source = {
  ...reading,
  seed: seedSchema,
  ios: wholeNumber(1, 100_000_000).optional(),
};

/** What `openIoSource()` takes; a machine may be there. */
export const ioSourceSchema = z.strictObject({
  ...source,
  memoryMap: memoryMapSchema.optional(),
  placement: z.unknown().optional(),
});

/** What `openWorkload()` takes. */
export const workloadSchema = z.strictObject(
  {
    ...source,
    memoryMap: memoryMapSchema,
    // Its own check names the parameter.
    placement: z.unknown().optional(),
  } satisfies Record<keyof WorkloadOptions, z.ZodType>,
);

/** What `Placement` draws for. */
export const placedMachineSchema = z.strictObject({
  seed: seedSchema,
  memoryMap: memoryMapSchema,
});

/** How a trace is read. */
export const traceOptionsSchema = z.strictObject(
  {
    format: valueOf(
      "a TraceFormat, as findTraceFormat() gives it",
      ({ id, detect, read }) =>
        typeof id === "string" && typeof detect === "function" &&
        typeof read === "function",
    ).optional(),
    events: z.enum(EVENT_SELECTIONS).optional(),
  } satisfies Record<keyof TraceOptions, z.ZodType>,
);
