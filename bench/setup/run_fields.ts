/**
 * The setup of a run: one plain object that goes whole from the command line,
 * or from a file, to the workers, into the result, and back into the command
 * that repeats it. Each of its fields is declared here, in `path_fields.ts` or
 * in `machine_fields.ts`, and nowhere else.
 */
import { z } from "zod";
import { abis } from "../../layouts/abi.ts";
import type { Recognition } from "../../layouts/layout.ts";
import { someOf, someText, wholeNumber } from "../../layouts/option_check.ts";
import { layoutFamilies, layouts } from "../../layouts/registry.ts";
import { PATH_RECOGNITIONS } from "../../sim/setup/assembly.ts";
import { type Cpu, cpuSchema } from "../../sim/cache/cpu.ts";
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { field } from "../../sim/text/field.ts";
import { DEFAULT_WORKLOADS, WORKLOAD_NAMES } from "./default_workloads.ts";
import { type MeasureFields, measureShape } from "./measure_fields.ts";
import {
  anyText,
  countText,
  FieldTextError,
  listOf,
  namesText,
  nameText,
  textOf,
} from "../../sim/text/field_text.ts";
import { type PathFields, pathShape } from "../../sim/setup/path_fields.ts";
import { printableLine } from "../../sim/text/printable.ts";
import {
  EVENT_SELECTIONS,
  type EventSelection,
} from "../../sim/workload/event_choice.ts";
import {
  PLACEMENT_PRESETS,
  type PlacementOptions,
} from "../../sim/workload/placement_options.ts";
import {
  findTraceFormat,
  TRACE_FORMATS,
} from "../../sim/workload/trace_formats.ts";
import { BASELINE } from "./baseline.ts";
import { DEFAULT_LAYOUTS, type LayoutChoice } from "./run_layouts.ts";
import { simulationSchema, type SimulationSetup } from "../simulate/setup.ts";
import { COMPLETE_ON, type CompleteOn } from "./group_shape.ts";
import { CPU_FILE, cpuText, NO_CPU } from "./cpu_option.ts";
import { HOST_CPU } from "./host_cpu.ts";
import { layoutsNamed } from "./layout_names.ts";
import { PLACEMENT_FILE, placementText } from "./placement_text.ts";

/** Names of layouts and of their families. */
const LAYOUT_NAMES: readonly string[] = [
  ...layouts.map(({ name }) => name),
  ...layoutFamilies(),
];

/** All options of a run. */
export interface LabRunOptions extends PathFields, MeasureFields {
  /**
   * Names of layouts, or `family:` and the name of a family, and layouts of your
   * own; the baseline is always added.
   */
  readonly layouts: readonly LayoutChoice[];
  /** The layout of a run that the others are compared with. */
  readonly baseline?: string;
  /** Names of ABIs. */
  readonly abis: readonly string[];
  /**
   * Names of shipped iologs and presets, or paths of files; if absent, those of
   * `DEFAULT_WORKLOADS`, the first 1024 I/Os of each.
   */
  readonly workloads: readonly string[];
  /** Recognitions, one cell each. */
  readonly recognitions: readonly Recognition[];
  /** The first reads and writes of each workload; all of them if absent. */
  readonly ios?: number;
  /** Format of all traces; told by their content if absent. */
  readonly format?: string;
  /** Events of block traces that are I/Os; the best ones if absent. */
  readonly events?: EventSelection;
  /** Where buffers lie; the workload's own placement if absent. */
  readonly placement?: string | Partial<PlacementOptions>;
  /**
   * The CPU whose caches are modelled, or `none`; one that fits the ABI if
   * absent.
   */
  readonly cpu?: Cpu | "none";
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
  /** What is simulated in time, with which faults; nothing if absent. */
  readonly simulation?: SimulationSetup;
  /** Seed of every random choice. */
  readonly seed: number;
}

const eventText = textOf((text) => {
  const found = EVENT_SELECTIONS.find((known) =>
    known.toLowerCase() === text.toLowerCase()
  );
  if (found !== undefined) return found;
  throw new FieldTextError(
    `"${text}"`,
    `one of ${EVENT_SELECTIONS.join(", ")}`,
  );
});

/** What no option gives: a placement's own settings, which are numbers. */
function placementNote(placement: Partial<PlacementOptions>): string {
  const { name }: { name?: unknown } = Object(placement.recorded ?? {});
  if (typeof name === "string") {
    return `Give the placement "${printableLine(name)}" with --placement, too.`;
  }
  const settings = JSON.stringify(
    Object.fromEntries(
      Object.entries(placement).filter(([name, value]) =>
        /^\w{1,24}$/.test(name) && typeof value === "number"
      ),
    ),
  );
  return `No option gives the placement: ${settings}.`;
}

/** A run: each key, and nothing beside them; what has a default may lack. */
const runShape = {
  layouts: field(someOf(z.unknown()).optional(), {
    flag: "--layout",
    value: "<names>",
    help: "layouts, comma-separated, or family:NAME for all of a family; " +
      "page_offset is always among them (default: one or more per family)",
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
    native: true,
  }),
  baseline: field(someText().optional(), {
    flag: "--baseline",
    value: "<name>",
    help: `layout that the others are compared with (default: ${BASELINE})`,
    group: "compared",
    text: nameText("layout", layouts.map(({ name }) => name)),
    isUsual: (name) => name === BASELINE,
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
    native: true,
  }),
  workloads: field(someOf(someText()).default([...DEFAULT_WORKLOADS]), {
    flag: "--workload",
    value: "<names>",
    help:
      "trace files or names, comma-separated (\\, in a path), - for stdin " +
      `(default: ${DEFAULT_WORKLOADS.join(", ")})`,
    group: "workload",
    text: listOf((names) => names),
    names: WORKLOAD_NAMES,
    isPath: true,
    one: {
      value: "<name>",
      help: "a trace file, or a name that lab run takes, - for stdin",
      text: anyText,
    },
    native: true,
  }),
  events: field(z.enum(EVENT_SELECTIONS).optional(), {
    flag: "--events",
    value: "<letter>",
    help: "which events of a block trace count as its I/Os: Q, D, C or auto, " +
      "the best that it has (default: auto)",
    group: "workload",
    text: eventText,
    names: EVENT_SELECTIONS,
    isUsual: (events) => events === "auto",
    native: true,
  }),
  format: field(someText().optional(), {
    flag: "--format",
    value: "<name>",
    help: "format of the traces, or the format string of blkparse -f " +
      "(default: told by content)",
    group: "workload",
    text: textOf((text) => {
      findTraceFormat(text);
      return text;
    }),
    names: TRACE_FORMATS.map(({ id }) => id),
    native: true,
  }),
  ios: field(wholeNumber(1, 100_000_000).optional(), {
    flag: "--ios",
    value: "<n>",
    help: "only the first N reads and writes of each workload",
    group: "workload",
    text: countText(1, 1e8),
    native: true,
  }),
  // placementOptions() names the parameter.
  placement: field(
    z.custom<string | Partial<PlacementOptions>>().optional(),
    {
      flag: "--placement",
      value: "<name|file>",
      help: "where buffers lie in memory: a name, or a file of physical runs " +
        "per I/O (default: the workload's)",
      group: "workload",
      text: placementText,
      names: Object.keys(PLACEMENT_PRESETS),
      file: PLACEMENT_FILE,
      unsaid: (placement) =>
        typeof placement === "string" ? [] : [placementNote(placement)],
      native: true,
    },
  ),
  recognitions: field(
    someOf(z.enum(PATH_RECOGNITIONS)).default(["page"]),
    {
      flag: "--recognise",
      value: "<names>",
      help: "P2P detections, comma-separated: how the path finds out that an " +
        "address is P2P memory",
      group: "compared",
      text: namesText("P2P detection", PATH_RECOGNITIONS),
      one: {
        value: "<name>",
        help:
          "P2P detection: how the path finds out that an address is P2P memory",
        text: nameText("P2P detection", PATH_RECOGNITIONS),
      },
      native: true,
    },
  ),
  kernel: pathShape.kernel,
  submitter: pathShape.submitter,
  api: pathShape.api,
  depth: pathShape.depth,
  batch: pathShape.batch,
  workers: field(wholeNumber(1, 255).default(1), {
    flag: "--workers",
    value: "<n>",
    help: "threads that submit I/O",
    group: "submit",
    text: countText(1, 255),
    isUsual: (workers) => workers === 1,
    native: true,
  }),
  devices: field(wholeNumber(0, 255).default(0), {
    flag: "--devices",
    value: "<n>",
    help: "threads that act as devices; 0: each submitter is its own device",
    group: "submit",
    text: countText(0, 255),
    isUsual: (devices) => devices === 0,
    native: true,
  }),
  hwQueues: field(wholeNumber(1, 255).optional(), {
    flag: "--hw-queues",
    value: "<n>",
    help:
      "hardware queues; fewer than --workers are shared by neighbours, as " +
      "blk_mq_map_queues() has it, with tags and a lock in common (default: " +
      "one for each worker)",
    group: "submit",
    text: countText(1, 255),
    native: true,
  }),
  poll: field(z.boolean().default(false), {
    flag: "--poll",
    help: "threads busy-wait instead of sleeping (with --devices)",
    group: "submit",
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
    native: true,
  }),
  limits: pathShape.limits,
  machine: pathShape.machine,
  simulation: simulationSchema.optional().describe(
    "what is simulated in time: device, arrivals, faults",
  ),
  engine: measureShape.engine,
  cc: measureShape.cc,
  counts: measureShape.counts,
  rounds: measureShape.rounds,
  timedWorkloads: measureShape.timedWorkloads,
  births: measureShape.births,
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
          `Give the file of the CPU "${printableLine(cpu.name)}" with ` +
          "--cpu, too.",
        ],
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
    native: true,
  }),
} satisfies Record<keyof LabRunOptions, z.ZodType>;

/** A run: each key, and nothing beside them; what has a default may lack. */
export const runSchema: z.ZodType<LabRunOptions, Partial<LabRunOptions>> = z
  .strictObject(runShape) as unknown as z.ZodType<
    LabRunOptions,
    Partial<LabRunOptions>
  >;

/** The keys of a run. */
export const runKeys: readonly string[] = Object.keys(runShape);
