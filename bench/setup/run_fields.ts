/**
 * The setup of a run: one plain object that goes whole from the command line,
 * or from a file, to the workers, into the result, and back into the command
 * that repeats it. Each of its fields is declared once: here, or by its subject
 * in `workload_fields.ts`, `group_fields.ts`, `measure_fields.ts`,
 * `path_fields.ts` and `machine_fields.ts`.
 */
import { z } from "zod";
import { abis } from "../../layouts/abi.ts";
import { someOf, someText, wholeNumber } from "../../layouts/option_check.ts";
import { layoutNames, layouts } from "../../layouts/registry.ts";
import {
  type Recognition,
  recognitions,
} from "../../sim/recognition/recognition_registry.ts";
import { type Cpu, cpuSchema } from "../../sim/cache/cpu.ts";
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { field } from "../../sim/text/field.ts";
import { type GroupFields, groupShape } from "./group_fields.ts";
import { type MeasureFields, measureShape } from "./measure_fields.ts";
import { type WorkloadFields, workloadShape } from "./workload_fields.ts";
import {
  countText,
  listOf,
  namesText,
  nameText,
} from "../../sim/text/field_text.ts";
import { type PathFields, pathShape } from "../../sim/setup/path_fields.ts";
import { printableLine } from "../../sim/text/printable.ts";
import { BASELINE } from "./baseline.ts";
import { DEFAULT_LAYOUTS, type LayoutChoice } from "./run_layouts.ts";
import {
  type SimulationSetup,
  simulationSetupSchema,
} from "../simulate/setup.ts";
import { CPU_FILE, cpuText, NO_CPU } from "./cpu_option.ts";
import { HOST_CPU } from "./host_cpu.ts";
import { layoutsNamed } from "./layout_names.ts";

const LAYOUT_NAMES: readonly string[] = layoutNames();

/** All options of a run. */
export interface LabRunOptions
  extends PathFields, WorkloadFields, GroupFields, MeasureFields {
  /**
   * Names of layouts, `family:` and the name of a family, or `all`, and layouts
   * of your own; the baseline is always added.
   */
  readonly layouts: readonly LayoutChoice[];
  /** The layout of a run that the others are compared with. */
  readonly baseline?: string;
  /** Names of ABIs. */
  readonly abis: readonly string[];
  /** P2P detections, one cell each. */
  readonly recognitions: readonly Recognition[];
  /**
   * The CPU whose caches are modelled, or `none`; one that fits the ABI if
   * absent.
   */
  readonly cpu?: Cpu | "none";
  /** What runs in simulated time, with which faults; nothing if absent. */
  readonly simulation?: SimulationSetup;
  /** Seed of every random choice. */
  readonly seed: number;
}

const runShape = {
  layouts: field(someOf(z.unknown()).optional(), {
    flag: "--layout",
    value: "<names>",
    help: "layouts, comma-separated, or family:NAME for all of a family, or " +
      "all; page_offset is always included (default: one or more per family)",
    group: "compared",
    text: listOf((names) => layoutsNamed(names).map(({ name }) => name)),
    names: LAYOUT_NAMES,
    one: {
      value: "<name>",
      help: "layout of bio_vec",
      text: nameText("layout", layouts.map(({ name }) => name)),
    },
    // Named, some of them would bring their whole family.
    isUsual: (layouts) =>
      layouts.length === DEFAULT_LAYOUTS.length &&
      DEFAULT_LAYOUTS.every((name) => layouts.includes(name)),
    unsaid: (layouts) =>
      layouts.map((layout) => Object(layout).name)
        .filter((name) => typeof name === "string")
        .map((name) =>
          `No option gives layout "${printableLine(name)}": runLab() takes ` +
          "it from config.layouts of the result."
        ),
    example: ["phyr", "rlist_8"],
    native: true,
  }),
  baseline: field(someText().optional(), {
    flag: "--baseline",
    value: "<name>",
    help: `layout that the others are compared with (default: ${BASELINE})`,
    group: "compared",
    text: nameText("layout", layouts.map(({ name }) => name)),
    isUsual: (name) => name === BASELINE,
    example: "phyr",
    native: true,
  }),
  abis: field(someOf(someText()).default(["lp64"]), {
    flag: "--abi",
    value: "<names>",
    help: "ABIs, comma-separated",
    group: "compared",
    text: namesText("ABI", abis.map(({ name }) => name)),
    one: {
      value: "<name>",
      help: "ABI",
      text: nameText("ABI", abis.map(({ name }) => name)),
    },
    example: ["lp64", "ilp32"],
    native: true,
  }),
  workloads: workloadShape.workloads,
  events: workloadShape.events,
  format: workloadShape.format,
  ios: workloadShape.ios,
  placement: workloadShape.placement,
  recognitions: field(
    someOf(z.enum(recognitions)).default(["page"]),
    {
      flag: "--recognise",
      value: "<names>",
      help: "P2P detections, comma-separated: how the path finds out that an " +
        "address is P2P memory",
      group: "compared",
      text: namesText("P2P detection", recognitions),
      one: {
        value: "<name>",
        help:
          "P2P detection: how the path finds out that an address is P2P memory",
        text: nameText("P2P detection", recognitions),
      },
      example: ["range", "bio"],
      native: true,
    },
  ),
  kernel: pathShape.kernel,
  submitter: pathShape.submitter,
  api: pathShape.api,
  depth: pathShape.depth,
  batch: pathShape.batch,
  workers: groupShape.workers,
  devices: groupShape.devices,
  hwQueues: groupShape.hwQueues,
  poll: groupShape.poll,
  completeOn: groupShape.completeOn,
  limits: pathShape.limits,
  machine: pathShape.machine,
  simulation: simulationSetupSchema.optional().describe(
    "what is simulated in time: device, arrivals, faults",
  ),
  engine: measureShape.engine,
  cc: measureShape.cc,
  counts: measureShape.counts,
  rounds: measureShape.rounds,
  timedWorkloads: measureShape.timedWorkloads,
  builds: measureShape.builds,
  widthPercent: measureShape.widthPercent,
  budgetSeconds: measureShape.budgetSeconds,
  memoryBytes: measureShape.memoryBytes,
  cpu: field(
    z.custom<Cpu | "none" | undefined>().superRefine((cpu, context) => {
      if (cpu === undefined || cpu === NO_CPU) return;
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
    {
      flag: "--cpu",
      value: "<name|file>",
      help:
        "caches to model: those of a CPU, or none (default: a CPU of the ABI)",
      group: "measure",
      text: cpuText([NO_CPU]),
      names: [...cpuPresetNames, HOST_CPU, NO_CPU],
      file: CPU_FILE,
      unsaid: (cpu) =>
        cpu === NO_CPU || cpuPresetNames.includes(cpu.name) ? [] : [
          `Give the file of the CPU "${printableLine(cpu.name)}" with --cpu ` +
          "as well.",
        ],
      example: "none",
      native: true,
    },
  ),
  nativeCache: measureShape.nativeCache,
  seed: field(wholeNumber(0).default(1), {
    flag: "--seed",
    value: "<n>",
    help: "seed of all random choices",
    group: "other",
    text: countText(0),
    example: 7,
    native: true,
  }),
} satisfies Record<keyof LabRunOptions, z.ZodType>;

/** A run: each key, and nothing beside them; what has a default may lack. */
export const runSchema: z.ZodType<LabRunOptions, Partial<LabRunOptions>> = z
  .strictObject(runShape) as unknown as z.ZodType<
    LabRunOptions,
    Partial<LabRunOptions>
  >;

export const runKeys: readonly string[] = Object.keys(runShape);
