/** The form of what is simulated in time, with which faults. */
import { z } from "zod";
import {
  callback,
  numberFrom,
  someText,
  valueOf,
  wholeNumber,
} from "../../layouts/option_check.ts";
import { deviceModelSchema, openArrivalsSchema } from "../time/device_form.ts";
import { PhysicalMemory } from "../memory/physical_memory.ts";
import {
  FAULT_KINDS,
  type InjectionPlan,
  TIMEOUT_ENDS,
  WRONG_COMPLETIONS,
} from "../fault/plan.ts";
import type {
  SimulatedReplayOptions,
  SimulatedWindow,
} from "./simulated_replay.ts";
import type { SimulationOptions } from "./simulation.ts";

const choice = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("io"),
    ios: z.array(wholeNumber(0)).min(1, "a list that is not empty"),
  }),
  z.strictObject({
    by: z.literal("every"),
    every: wholeNumber(1),
    from: wholeNumber(0),
  }),
  z.strictObject({
    by: z.literal("probability"),
    probability: numberFrom(0, 1),
  }),
], { error: "one of: io, every, probability" });

const base = { choice, times: wholeNumber(1) };
const nth = { ...base, nth: wholeNumber(1) };

const rule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("mapping"), ...nth }),
  z.strictObject({ kind: z.literal("descriptor"), ...nth }),
  z.strictObject({ kind: z.literal("bounce"), ...nth }),
  z.strictObject({ kind: z.literal("tag"), ...base }),
  z.strictObject({
    kind: z.literal("status"),
    ...base,
    status: wholeNumber(1, 0xffff),
  }),
  z.strictObject({
    kind: z.literal("timeout"),
    ...base,
    end: z.enum(TIMEOUT_ENDS),
  }),
  z.strictObject({
    kind: z.literal("completion"),
    ...base,
    how: z.enum(WRONG_COMPLETIONS),
  }),
  z.strictObject({
    kind: z.literal("short"),
    ...base,
    bytes: wholeNumber(0, 8 << 20),
    reported: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("reorder"),
    ...base,
    delayNs: numberFrom(0, 3.6e12),
  }),
  z.strictObject({
    kind: z.literal("unplug"),
    ...base,
    provider: z.union([wholeNumber(0, 63), someText()], {
      error: "a name or a number of a provider",
    }),
  }),
], { error: `one of: ${FAULT_KINDS.join(", ")}` });

/** Faults, as `readFaultPlan()` reads them. */
export const planSchema: z.ZodType<InjectionPlan> = z.strictObject(
  {
    name: someText(),
    seed: wholeNumber(0),
    device: deviceModelSchema.optional(),
    bouncePoolBytes: wholeNumber(0, 1 << 30),
    rules: z.array(rule),
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

/** One window of a simulated replay. */
export const simulatedWindowSchema = z.strictObject(
  {
    ios: z.unknown(),
    firstIo: wholeNumber(0),
    data: valueOf<PhysicalMemory>(
      "a PhysicalMemory",
      (value) => value instanceof PhysicalMemory,
    ).optional(),
    statuses: valueOf<Int16Array>(
      "an Int16Array",
      (value) => value instanceof Int16Array,
    ).optional(),
  } satisfies Record<keyof SimulatedWindow, z.ZodType>,
);
