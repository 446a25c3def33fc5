/**
 * How many threads submit I/O together, and where it ends. Fields as in
 * `run_fields.ts`.
 */
import { z } from "zod";
import { wholeNumber } from "../../layouts/option_check.ts";
import { field } from "../../sim/text/field.ts";
import { countText, nameText } from "../../sim/text/field_text.ts";
import { COMPLETE_ON, type CompleteOn } from "./group_shape.ts";

/** A group of workers. */
export interface GroupFields {
  /** Workers that submit at once; 1 for one that is its own device. */
  readonly workers: number;
  /** Workers that are devices; 0 where each submitter has its own. */
  readonly devices: number;
  /** Hardware queues; one for each worker that submits if absent. */
  readonly hwQueues?: number;
  /** Whether workers that wait never sleep; needs a device. */
  readonly poll: boolean;
  /** Where I/Os end: on the worker that submitted them or on another one. */
  readonly completeOn: CompleteOn;
}

/** The fields, each with its check and its option. */
export const groupShape = {
  workers: field(wholeNumber(1, 255).default(1), {
    flag: "--workers",
    value: "<n>",
    help: "threads that submit I/O",
    group: "submit",
    text: countText(1, 255),
    isUsual: (workers) => workers === 1,
    example: 3,
    native: true,
  }),
  devices: field(wholeNumber(0, 255).default(0), {
    flag: "--devices",
    value: "<n>",
    help: "threads that act as devices; 0: each submitter is its own device",
    group: "submit",
    text: countText(0, 255),
    isUsual: (devices) => devices === 0,
    example: 2,
    native: true,
  }),
  hwQueues: field(wholeNumber(1, 255).optional(), {
    flag: "--hw-queues",
    value: "<n>",
    help:
      "hardware queues; if fewer than --workers, neighbours share a queue, " +
      "its tags and its lock, as in blk_mq_map_queues() (default: one per " +
      "worker)",
    group: "submit",
    text: countText(1, 255),
    example: 2,
    native: true,
  }),
  poll: field(z.boolean().default(false), {
    flag: "--poll",
    help: "threads busy-wait instead of sleeping (with --devices)",
    group: "submit",
    example: true,
    native: true,
  }),
  completeOn: field(z.enum(COMPLETE_ON).default("submitter"), {
    flag: "--complete-on",
    value: "<name>",
    help: `thread on which I/Os complete: ${COMPLETE_ON.join(", ")}; other ` +
      "takes the interrupt and completes, ipi takes it and sends requests back",
    group: "submit",
    text: nameText("place of completion", COMPLETE_ON),
    isUsual: (place) => place === "submitter",
    example: "other",
    native: true,
  }),
} satisfies Record<keyof GroupFields, z.ZodType>;
