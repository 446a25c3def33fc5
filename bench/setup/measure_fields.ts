/**
 * How a run is measured: which engine runs the path, what counts its machine
 * code, and how much is timed. Fields as in `run_fields.ts`.
 */
import { z } from "zod";
import {
  numberFrom,
  someOf,
  someText,
  wholeNumber,
} from "../../layouts/option_check.ts";
import { field } from "../../sim/text/field.ts";
import {
  countText,
  listOf,
  nameText,
  percentText,
  secondsText,
  sizeText,
} from "../../sim/text/field_text.ts";
import { printableLine } from "../../sim/text/printable.ts";
import { COUNT_CHOICES, type CountChoice } from "./count_choice.ts";
import {
  DEFAULT_TIMED_WORKLOADS,
  WORKLOAD_NAMES,
} from "./default_workloads.ts";
import { ENGINE_CHOICES, type EngineChoice } from "./engine_choice.ts";
import { isProgramName, programText } from "./program_name.ts";

/** How a run is measured. */
export interface MeasureFields {
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
  /** The workloads that are timed; all of them if absent. */
  readonly timedWorkloads?: readonly string[];
  /** Rounds per build; 0 for exact figures only. */
  readonly rounds: number;
  /**
   * Builds: of each layout in JavaScript, of all together in C; as many as the
   * engine needs if absent.
   */
  readonly builds?: number;
  /**
   * Builds end once no ratio's interval reaches further than this from its
   * median, in percent; all builds are run if absent.
   */
  readonly widthPercent?: number;
  /** Time for all measured halves together, in seconds. */
  readonly budgetSeconds: number;
}

/** The fields, each with its check and its option. */
export const measureShape = {
  engine: field(z.enum(ENGINE_CHOICES).optional(), {
    flag: "--engine",
    value: "<name>",
    help: "what runs the path: js, native (C, needs cc) or both (default: js)",
    group: "measure",
    text: nameText("engine", ENGINE_CHOICES),
    isUsual: (engine) => engine === "js",
    example: "both",
    native: true,
  }),
  cc: field(someText().optional(), {
    flag: "--cc",
    value: "<program>",
    help:
      "C compiler of engine native (default: cc, gcc and clang build in turn)",
    group: "measure",
    text: programText,
    // A name for PATH, never a file that a stranger may have left somewhere.
    unsaid: (cc) =>
      isProgramName(cc)
        ? []
        : [`Give the C compiler "${printableLine(cc)}" with --cc as well.`],
    example: "clang-19",
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
    example: "valgrind",
    native: true,
  }),
  rounds: field(wholeNumber(0, 10_000).default(9), {
    flag: "--rounds",
    value: "<n>",
    help: "timing rounds per build (see --builds); 0: exact figures only",
    group: "measure",
    text: countText(0, 1e4),
    example: 2,
    native: true,
  }),
  timedWorkloads: field(someOf(someText()).optional(), {
    flag: "--time",
    value: "<names>",
    help: "time only these of the workloads, comma-separated (default: all; " +
      `${DEFAULT_TIMED_WORKLOADS.join(", ")} without --workload and --engine)`,
    group: "measure",
    text: listOf((names) => names),
    names: WORKLOAD_NAMES,
    isPath: true,
    isTiming: true,
    example: ["4k-hot"],
    native: true,
  }),
  builds: field(wholeNumber(1, 200).optional(), {
    flag: "--builds",
    value: "<n>",
    help:
      "how often each layout's code is compiled and loaded afresh (a build): " +
      "code placement alone changes its speed (default: 3, in C 20)",
    group: "measure",
    text: countText(1, 200),
    isTiming: true,
    example: 5,
    native: true,
  }),
  widthPercent: field(numberFrom(0.01, 100).optional(), {
    flag: "--width",
    value: "<percent>",
    help: "stop early once every interval is within this much of its median " +
      "(default: all builds run)",
    group: "measure",
    text: percentText(0.01, 100),
    isTiming: true,
    example: 1.5,
    native: true,
  }),
  budgetSeconds: field(numberFrom(0.1, 86_400).default(9), {
    flag: "--budget",
    value: "<s>",
    help: "maximum time for timing rounds, in seconds",
    group: "measure",
    text: secondsText(0.1, 86_400),
    isTiming: true,
    example: 0.5,
    native: true,
  }),
  memoryBytes: field(wholeNumber(1).optional(), {
    flag: "--memory",
    value: "<size>",
    help:
      "limit on the memory of the whole run (default: half of what is free)",
    group: "measure",
    text: sizeText(1),
    isRepeated: false,
    native: true,
  }),
  nativeCache: field(someText().optional(), {
    help: "where compiled objects are kept (default: the user's cache)",
    isRepeated: false,
    native: true,
  }),
} satisfies Record<keyof MeasureFields, z.ZodType>;
