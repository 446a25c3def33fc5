/**
 * The options of a run, with their defaults: what `lab run` takes and what
 * `runLab()` takes are the same.
 */
import { runOptionsSchema } from "./options_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { fromFileUrl } from "@std/path";
import { findAbi } from "../../layouts/abi.ts";
import {
  checkQueueLimits,
  presetLimits,
  type QueueLimits,
} from "../../sim/block/queue_limits.ts";
import type { Cpu } from "../../sim/cache/cpu.ts";
import type { EventSelection } from "../../sim/workload/event_choice.ts";
import { findTraceFormat } from "../../sim/workload/trace_formats.ts";
import { workloadSubmitter } from "../../sim/workload/workload.ts";
import {
  type PlacementOptions,
  placementOptions,
} from "../../sim/workload/placement_options.ts";
import type { Recognition } from "../../layouts/layout.ts";
import { DEFAULT_KERNEL, pathProfile } from "../../sim/kernel/profile.ts";
import type { Submitter } from "../../sim/setup/assembly.ts";
import {
  type MachineSetup,
  PLAIN_MACHINE,
} from "../../sim/setup/machine_setup.ts";
import { checkMachine } from "../machine_check.ts";
import type { CountChoice } from "../native/count/machine_code.ts";
import type { SimulationSetup } from "../simulate/setup.ts";
import { checkSetup } from "../setup_rules.ts";
import type { CompleteOn } from "../workers/group_protocol.ts";
import type { EngineChoice } from "./engines.ts";
import {
  chooseLayouts,
  type LayoutChoice,
  type RunLayout,
} from "./run_layouts.ts";

/** The iologs that ship with the lab: what a run without arguments uses. */
export const SHIPPED_WORKLOADS: readonly string[] = [
  "randrw4k",
  "seq128k",
  "mixedbs",
];

/** All options of a run. */
export interface LabRunOptions {
  /**
   * Names of layouts, or `family:` and the name of a family, and layouts of your
   * own; the baseline is always added.
   */
  readonly layouts: readonly LayoutChoice[];
  /** Names of ABIs. */
  readonly abis: readonly string[];
  /** Names of shipped iologs and presets, or paths of files. */
  readonly workloads: readonly string[];
  /** Recognitions, one cell each. */
  readonly recognitions: readonly Recognition[];
  /** Kernel version whose structures and rules are used. */
  readonly kernel: string;
  /** Limits of the queue; those of NVMe with MDTS 7 on the kernel if absent. */
  readonly limits: QueueLimits;
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
  /** I/Os in flight. */
  readonly depth: number;
  /** I/Os submitted under one plug; 1 for no plug. */
  readonly batch: number;
  /**
   * Whether I/O is on pinned user memory, on registered buffers or of the page
   * cache; what each workload has by itself if absent.
   */
  readonly submitter?: Submitter;
  /** The controller and the buses. */
  readonly machine: MachineSetup;
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
  /** Births of each layout. */
  readonly births: number;
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

/** The options of a run, completed: plain data, as workers take them. */
export interface RunOptions extends LabRunOptions {
  /** Names of the registry, then descriptions of all other layouts. */
  readonly layouts: readonly RunLayout[];
}

/**
 * Completes the options of a run.
 *
 * @param given Those that were given.
 * @returns All of them.
 * @throws {TypeError} If an option is unknown or of another type.
 * @throws {RangeError} If a name is not known or a number out of its range.
 */
export function completeOptions(
  given: Partial<LabRunOptions>,
): RunOptions {
  checkValue("run", runOptionsSchema, given);
  const layouts = chooseLayouts(given.layouts);
  const abis = given.abis ?? ["lp64"];
  for (const abi of abis) findAbi(abi);
  if (given.format !== undefined) findTraceFormat(given.format);
  const { kernel = DEFAULT_KERNEL, machine = PLAIN_MACHINE } = given;
  pathProfile(kernel);
  checkMachine(machine);
  const workloads = given.workloads ?? SHIPPED_WORKLOADS;
  const { placement } = given;
  if (placement !== undefined) placementOptions(placement);
  const limits = given.limits ??
    presetLimits("nvme_prp", {
      kernel,
      sgl: machine.sgl,
      iommu: machine.iommu,
      ...(machine.metadataSgl ? { metadataSgl: true } : {}),
    });
  checkQueueLimits(limits);
  const shape = {
    workers: given.workers ?? 1,
    devices: given.devices ?? 0,
    poll: given.poll ?? false,
    completeOn: given.completeOn ?? "submitter",
  };
  checkSetup({ ...given, ...shape, abis, workloads, kernel, machine });
  return {
    // A cell is run once, however often it was asked for.
    layouts,
    abis: [...new Set(abis)],
    workloads: [...new Set(workloads)],
    recognitions: [
      ...new Set<Recognition>(given.recognitions ?? ["page"]),
    ],
    kernel,
    limits,
    ...(given.ios === undefined ? {} : { ios: given.ios }),
    ...(given.format === undefined ? {} : { format: given.format }),
    ...(given.events === undefined ? {} : { events: given.events }),
    ...(placement === undefined ? {} : { placement }),
    ...(given.cpu === undefined ? {} : { cpu: given.cpu }),
    depth: given.depth ?? 32,
    batch: given.batch ?? 1,
    ...(given.submitter === undefined ? {} : { submitter: given.submitter }),
    machine,
    ...shape,
    ...(given.widthPercent === undefined
      ? {}
      : { widthPercent: given.widthPercent }),
    ...(given.engine === undefined ? {} : { engine: given.engine }),
    ...(given.cc === undefined ? {} : { cc: given.cc }),
    ...(given.nativeCache === undefined
      ? {}
      : { nativeCache: given.nativeCache }),
    ...(given.memoryBytes === undefined
      ? {}
      : { memoryBytes: given.memoryBytes }),
    ...(given.counts === undefined || given.counts === "off"
      ? {}
      : { counts: given.counts }),
    ...(given.simulation === undefined ? {} : { simulation: given.simulation }),
    rounds: given.rounds ?? 12,
    births: given.births ?? 3,
    budgetSeconds: given.budgetSeconds ?? 30,
    seed: given.seed ?? 1,
  };
}

/**
 * Tells whose memory the I/Os of a workload are on.
 *
 * @param options The options.
 * @param workload Name or path of one of its workloads.
 * @returns The submitter that was asked for, or the workload's own.
 */
export function submitterOf(
  options: Pick<LabRunOptions, "submitter" | "placement">,
  workload: string,
): Submitter {
  return options.submitter ??
    workloadSubmitter(workloadPath(workload), options.placement);
}

/**
 * Gives the file of a shipped workload, or the name as it is.
 *
 * @param name What the user typed.
 * @returns A path, or the name.
 */
export function workloadPath(name: string): string {
  return SHIPPED_WORKLOADS.includes(name)
    ? fromFileUrl(new URL(`../data/${name}.iolog`, import.meta.url))
    : name;
}
