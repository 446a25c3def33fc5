/**
 * The setup of a run: one plain object that goes whole from the command line,
 * or from a file, to the workers, into the result, and back into the command
 * that repeats it. Each of its fields is declared here, in `path_fields.ts` or
 * in `machine_fields.ts`, and nowhere else.
 */
import { z } from "zod";
import { abis } from "../../layouts/abi.ts";
import type { Recognition } from "../../layouts/layout.ts";
import {
  numberFrom,
  someOf,
  someText,
  wholeNumber,
} from "../../layouts/option_check.ts";
import { layoutFamilies, layouts } from "../../layouts/registry.ts";
import { PATH_RECOGNITIONS } from "../../sim/setup/assembly.ts";
import { type Cpu, cpuSchema } from "../../sim/cache/cpu.ts";
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { field } from "../../sim/text/field.ts";
import {
  anyText,
  countText,
  FieldTextError,
  listOf,
  namesText,
  nameText,
  percentText,
  secondsText,
  sizeText,
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
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import {
  findTraceFormat,
  TRACE_FORMATS,
} from "../../sim/workload/trace_formats.ts";
import { COUNT_CHOICES, type CountChoice } from "./count_choice.ts";
import { ENGINE_CHOICES, type EngineChoice } from "./engine_choice.ts";
import { BASELINE } from "./baseline.ts";
import { DEFAULT_LAYOUTS, type LayoutChoice } from "./run_layouts.ts";
import { simulationSchema, type SimulationSetup } from "../simulate/setup.ts";
import { COMPLETE_ON, type CompleteOn } from "./group_shape.ts";
import { CPU_FILE, cpuText, NO_CPU } from "./cpu_option.ts";
import { HOST_CPU } from "./host_cpu.ts";
import { layoutsNamed } from "./layout_names.ts";
import { PLACEMENT_FILE, placementText } from "./placement_text.ts";
import { isProgramName } from "./program_name.ts";

/** The iologs that ship with the lab. */
export const SHIPPED_WORKLOADS: readonly string[] = [
  "randrw4k",
  "seq128k",
  "mixedbs",
];

/** Names of workloads that are no files. */
const WORKLOAD_NAMES: readonly string[] = [
  ...SHIPPED_WORKLOADS,
  ...WORKLOAD_PRESETS.keys(),
];

/** Names of layouts and of their families. */
const LAYOUT_NAMES: readonly string[] = [
  ...layouts.map(({ name }) => name),
  ...layoutFamilies(),
];

/**
 * What a run without workloads is of: one page of hot registered memory, and
 * many scattered pages, of which a real kernel was recorded and the machine
 * code of the path is on record.
 */
export const DEFAULT_WORKLOADS: readonly string[] = [
  "4k-hot",
  "128k-scattered",
];
/** I/Os of each of those: enough for all exact figures, in a few seconds. */
export const DEFAULT_WORKLOAD_IOS = 1024;
/**
 * Those of them that are timed in JavaScript, so that a run without options
 * ends within 20 s on two CPUs: a layout takes 0.6 s of CPU time to be compiled
 * for each birth and workload. With one segment an I/O, layouts differ by less
 * than JavaScript can show.
 */
export const DEFAULT_TIMED_WORKLOADS: readonly string[] = ["128k-scattered"];

/** All options of a run. */
export interface LabRunOptions extends PathFields {
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
  /** The workloads that are timed; all of them if absent. */
  readonly timedWorkloads?: readonly string[];
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
  /** Whether workers that wait never sleep; needs a device. */
  readonly poll: boolean;
  /** Where I/Os end: on the worker that submitted them or on another one. */
  readonly completeOn: CompleteOn;
  /** What runs the path: JavaScript (the default), C, or each for itself. */
  readonly engine?: EngineChoice;
  /** The C compiler's program; `cc` if absent. */
  readonly cc?: string;
  /** Where compiled objects are kept; the user's cache if absent. */
  readonly nativeCache?: string;
  /** What counts the machine code of the path in C; nothing if absent. */
  readonly counts?: CountChoice;
  /** Memory that the run may take, in bytes; half of what is free if absent. */
  readonly memoryBytes?: number;
  /** What is simulated in time, with which faults; nothing if absent. */
  readonly simulation?: SimulationSetup;
  /** Rounds per birth; 0 for exact figures only. */
  readonly rounds: number;
  /**
   * Births of each layout in JavaScript, builds of all in C; as many as the
   * engine needs if absent.
   */
  readonly births?: number;
  /**
   * Births end once no ratio's interval reaches further than this from its
   * median, in percent; all births are run if absent.
   */
  readonly widthPercent?: number;
  /** Time for all measured halves together, in seconds. */
  readonly budgetSeconds: number;
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
  poll: field(z.boolean().default(false), {
    flag: "--poll",
    help: "threads busy-wait instead of sleeping (with --devices)",
    group: "submit",
    native: true,
  }),
  completeOn: field(z.enum(COMPLETE_ON).default("submitter"), {
    flag: "--complete-on",
    value: "<name>",
    help: `thread on which I/Os complete: ${COMPLETE_ON.join(", ")}`,
    group: "submit",
    text: nameText("place to complete on", COMPLETE_ON),
    isUsual: (place) => place === "submitter",
    native: true,
  }),
  limits: pathShape.limits,
  machine: pathShape.machine,
  simulation: simulationSchema.optional().describe(
    "what is simulated in time: device, arrivals, faults",
  ),
  engine: field(z.enum(ENGINE_CHOICES).optional(), {
    flag: "--engine",
    value: "<name>",
    help: "what runs the path: js, native (C, needs cc) or both (default: js)",
    group: "measure",
    text: nameText("engine", ENGINE_CHOICES),
    isUsual: (engine) => engine === "js",
    native: true,
  }),
  cc: field(someText().optional(), {
    flag: "--cc",
    value: "<program>",
    help: "C compiler of engine native (default: cc)",
    group: "measure",
    text: anyText,
    // A name for PATH, never a file that a stranger may have left somewhere.
    unsaid: (cc) =>
      isProgramName(cc)
        ? []
        : [`Give the C compiler "${printableLine(cc)}" with --cc, too.`],
    native: true,
  }),
  counts: field(z.enum(COUNT_CHOICES).optional(), {
    flag: "--counts",
    value: "<tool>",
    help: "what counts the machine code of the path in C: " +
      `${COUNT_CHOICES.join(", ")} (default: auto in lab:native, else off)`,
    group: "measure",
    text: nameText("tool that counts", COUNT_CHOICES),
    isUsual: (counts) => counts === "off",
    native: true,
  }),
  rounds: field(wholeNumber(0, 10_000).default(9), {
    flag: "--rounds",
    value: "<n>",
    help: "timing rounds per birth (see --births); 0: exact figures only",
    group: "measure",
    text: countText(0, 1e4),
    native: true,
  }),
  timedWorkloads: field(someOf(someText()).optional(), {
    flag: "--time",
    value: "<names>",
    help: "time these of the workloads only, comma-separated (default: all; " +
      `${DEFAULT_TIMED_WORKLOADS.join(", ")} without --workload and --engine)`,
    group: "measure",
    text: listOf((names) => names),
    names: WORKLOAD_NAMES,
    isPath: true,
    native: true,
  }),
  births: field(wholeNumber(1, 200).optional(), {
    flag: "--births",
    value: "<n>",
    help:
      "how often each layout's code is compiled and loaded again (a birth), " +
      "because where code lies in memory alone changes its speed (default: 3, " +
      "in C 20)",
    group: "measure",
    text: countText(1, 200),
    native: true,
  }),
  widthPercent: field(numberFrom(0.01, 100).optional(), {
    flag: "--width",
    value: "<percent>",
    help: "stop early once every interval is within this much of its median " +
      "(default: all births run)",
    group: "measure",
    text: percentText(0.01, 100),
    native: true,
  }),
  budgetSeconds: field(numberFrom(0.1, 86_400).default(10), {
    flag: "--budget",
    value: "<s>",
    help: "total time to spend on timing, in seconds",
    group: "measure",
    text: secondsText(0.1, 86_400),
    native: true,
  }),
  memoryBytes: field(wholeNumber(1).optional(), {
    flag: "--memory",
    value: "<size>",
    help:
      "most memory that the whole run takes (default: half of what is free)",
    group: "measure",
    text: sizeText(1),
    isRepeated: false,
    native: true,
  }),
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
        "caches to model: those of a CPU, or none (default: a CPU with the ABI)",
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
  nativeCache: field(someText().optional(), {
    help: "where compiled objects are kept (default: the user's cache)",
    isRepeated: false,
    native: true,
  }),
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
