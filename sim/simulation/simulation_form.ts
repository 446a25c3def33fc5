/** The form of what is simulated in time, with which faults. */
import { z } from "zod";
import {
  callback,
  numberFrom,
  someText,
  wholeNumber,
} from "../../layouts/option_check.ts";
import { deviceModelSchema, openArrivalsSchema } from "../time/device_form.ts";
import {
  FAULT_KINDS,
  type InjectionPlan,
  TIMEOUT_ENDS,
  WRONG_COMPLETIONS,
} from "../fault/plan.ts";
import type { SimulatedReplayOptions } from "./simulated_replay.ts";
import type { SimulationOptions } from "./simulation.ts";

const choice = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("io").describe("by number"),
    ios: z.array(wholeNumber(0)).min(1, "a list that is not empty").describe(
      "numbers of I/Os in the workload, from 0",
    ),
  }),
  z.strictObject({
    by: z.literal("every").describe("every so many"),
    every: wholeNumber(1).describe("one of how many I/Os"),
    from: wholeNumber(0).describe("number of the first one"),
  }),
  z.strictObject({
    by: z.literal("probability").describe("by chance"),
    probability: numberFrom(0, 1).describe("chance of each I/O"),
  }),
], { error: "one of: io, every, probability" });

const base = {
  choice: choice.describe("which I/Os"),
  times: wholeNumber(1).describe("attempts of its first request that are hit"),
};
const nth = {
  ...base,
  nth: wholeNumber(1).describe("which one of the request, from 1"),
};

const rule = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("mapping").describe(
      "the n-th DMA mapping of a request fails",
    ),
    ...nth,
  }),
  z.strictObject({
    kind: z.literal("descriptor").describe(
      "the n-th descriptor list of a request cannot be allocated",
    ),
    ...nth,
  }),
  z.strictObject({
    kind: z.literal("bounce").describe(
      "the n-th bounce buffer of a request cannot be had",
    ),
    ...nth,
  }),
  z.strictObject({
    kind: z.literal("tag").describe("no tag is free"),
    ...base,
  }),
  z.strictObject({
    kind: z.literal("status").describe(
      "the device ends the command with an error",
    ),
    ...base,
    status: wholeNumber(1, 0xffff).describe("NVMe status of the completion"),
  }),
  z.strictObject({
    kind: z.literal("timeout").describe("the device says nothing"),
    ...base,
    end: z.enum(TIMEOUT_ENDS).describe("what becomes of the command then"),
  }),
  z.strictObject({
    kind: z.literal("completion").describe("the completion is wrong"),
    ...base,
    how: z.enum(WRONG_COMPLETIONS).describe("what is wrong with it"),
  }),
  z.strictObject({
    kind: z.literal("short").describe("the device moves only the first bytes"),
    ...base,
    bytes: wholeNumber(0, 8 << 20).describe("bytes that are moved"),
    reported: z.boolean().describe("whether the device says so"),
  }),
  z.strictObject({
    kind: z.literal("reorder").describe(
      "the device takes longer, others overtake",
    ),
    ...base,
    delayNs: numberFrom(0, 3.6e12).describe("how much longer, in ns"),
  }),
  z.strictObject({
    kind: z.literal("unplug").describe("the provider is unplugged"),
    ...base,
    provider: z.union([wholeNumber(0, 63), someText()], {
      error: "a name or a number of a provider",
    }).describe("name of the provider, or its number from 0"),
  }),
], { error: `one of: ${FAULT_KINDS.join(", ")}` });

/** Faults, as `readFaultPlan()` reads them. */
export const planSchema: z.ZodType<InjectionPlan> = z.strictObject(
  {
    name: someText().describe("name of the plan"),
    seed: wholeNumber(0).describe("seed of every chance"),
    device: deviceModelSchema.optional().describe(
      "the device in simulated time (default: null)",
    ),
    bouncePoolBytes: wholeNumber(0, 1 << 30).describe(
      "bytes of a bounce pool that all host memory goes through; 0: none",
    ),
    rules: z.array(rule).describe(
      "the faults; the first that fits an attempt hits it",
    ),
  } satisfies Record<keyof InjectionPlan, z.ZodType>,
) as unknown as z.ZodType<InjectionPlan>;

const simulationShape = {
  plan: planSchema.optional(),
  model: deviceModelSchema.optional(),
  seed: wholeNumber(0).optional(),
  onEnd: callback().optional(),
} satisfies Record<keyof SimulationOptions, z.ZodType>;

/** What `assembleSimulated()` takes. */
export const simulationSchema = z.strictObject(simulationShape);

/** What `createSimulatedReplay()` takes. */
export const simulatedReplaySchema = z.strictObject(
  {
    ...simulationShape,
    arrivals: openArrivalsSchema.optional(),
    keepsLatencies: z.boolean().optional(),
  } satisfies Record<keyof SimulatedReplayOptions, z.ZodType>,
);
