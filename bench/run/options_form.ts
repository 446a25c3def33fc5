/** The form of what `runLab()` takes. */
import { z } from "zod";
import {
  callback,
  numberFrom,
  someOf,
  someText,
  valueOf,
  wholeNumber,
} from "../../layouts/option_check.ts";
import { recognitions } from "../../layouts/layout.ts";
import {
  queueLimitsSchema,
  queueSettingsSchema,
} from "../../sim/block/queue_form.ts";
import { cpuSchema } from "../../sim/cache/cpu.ts";
import {
  deviceModelSchema,
  openArrivalsSchema,
} from "../../sim/time/device_form.ts";
import { planSchema } from "../../sim/simulation/simulation_form.ts";
import { P2P_PRODUCERS } from "../../sim/workload/p2p_producer.ts";
import { EVENT_SELECTIONS } from "../../sim/workload/event_choice.ts";
import type { MachineSetup } from "../../sim/setup/machine_setup.ts";
import { COUNT_CHOICES } from "../native/count/machine_code.ts";
import type { SimulationSetup } from "../simulate/setup.ts";
import { ENGINE_CHOICES } from "./engines.ts";
import type { LabRunOptions } from "./options.ts";
import type { LabRunEvents } from "./run_lab.ts";

const machineSchema = z.strictObject(
  {
    sgl: z.boolean(),
    sglThresholdBytes: wholeNumber(0, 2 ** 32 - 1).optional(),
    iommu: z.boolean(),
    dmaMaskBits: wholeNumber(24, 64).optional(),
    forceBounce: z.boolean().optional(),
    bouncePoolBytes: wholeNumber(0, 2 ** 32).optional(),
    metadataSgl: z.boolean().optional(),
    integrity: z.literal("t10").optional(),
    vmemmap: z.boolean().optional(),
    ranges: z.enum(["sorted", "maple"]).optional(),
    p2pProducer: z.enum(P2P_PRODUCERS).optional(),
    memoryStart: wholeNumber(0).optional(),
    settings: queueSettingsSchema.optional(),
    topology: z.strictObject({ name: someText(), text: z.string().optional() })
      .optional(),
    client: someText().optional(),
  } satisfies Record<keyof MachineSetup, z.ZodType>,
);

const simulationSchema = z.strictObject(
  {
    model: deviceModelSchema.optional(),
    arrivals: openArrivalsSchema.optional(),
    plan: planSchema.optional(),
  } satisfies Record<keyof SimulationSetup, z.ZodType>,
);

/** What a run takes: each key, and nothing beside them; all have defaults. */
export const runOptionsSchema = z.strictObject(
  {
    // Each is looked at where it is made plain data.
    layouts: someOf(z.unknown()).optional(),
    abis: someOf(someText()).optional(),
    workloads: someOf(someText()).optional(),
    recognitions: someOf(z.enum(recognitions)).optional(),
    kernel: someText().optional(),
    limits: queueLimitsSchema.optional(),
    ios: wholeNumber(1, 100_000_000).optional(),
    format: someText().optional(),
    events: z.enum(EVENT_SELECTIONS).optional(),
    // placementOptions() names the parameter.
    placement: z.unknown().optional(),
    cpu: z.unknown().superRefine((cpu, context) => {
      if (cpu === undefined || cpu === "none") return;
      if (typeof cpu === "string") {
        context.addIssue({
          code: "custom",
          message: "none, or a CPU as cpuPreset() gives it",
        });
        return;
      }
      for (const issue of cpuSchema.safeParse(cpu).error?.issues ?? []) {
        context.addIssue(
          { ...issue } as Parameters<typeof context.addIssue>[0],
        );
      }
    }).optional(),
    depth: wholeNumber(1, 256).optional(),
    batch: wholeNumber(1, 256).optional(),
    submitter: z.enum(["user", "registered", "pagecache"]).optional(),
    machine: machineSchema.optional(),
    workers: wholeNumber(1, 255).optional(),
    devices: wholeNumber(0, 255).optional(),
    poll: z.boolean().optional(),
    completeOn: z.enum(["submitter", "other"]).optional(),
    engine: z.enum(ENGINE_CHOICES).optional(),
    cc: someText().optional(),
    nativeCache: someText().optional(),
    counts: z.enum(COUNT_CHOICES).optional(),
    memoryBytes: wholeNumber(1).optional(),
    simulation: simulationSchema.optional(),
    rounds: wholeNumber(0, 10_000).optional(),
    births: wholeNumber(1, 20).optional(),
    widthPercent: numberFrom(0.01, 100).optional(),
    budgetSeconds: numberFrom(0.1, 86_400).optional(),
    seed: wholeNumber(0).optional(),
  } satisfies Record<keyof LabRunOptions, z.ZodType>,
);

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
  } satisfies Record<keyof LabRunEvents, z.ZodType>,
);
