/**
 * The options of a run, with their defaults: what `lab run` takes and what
 * `runLab()` takes are the same.
 */
import { fromFileUrl } from "@std/path";
import { z } from "zod";
import { findAbi } from "../../layouts/abi.ts";
import { checkValue } from "../../layouts/option_check.ts";
import {
  checkQueueLimits,
  presetLimits,
} from "../../sim/block/queue_limits.ts";
import { DEFAULT_API } from "../../sim/block/direct_io.ts";
import { pathProfile } from "../../sim/kernel/profile.ts";
import { depthOf } from "../../sim/setup/path_fields.ts";
import { submitterWith } from "../../sim/setup/submit_api.ts";
import type { Submitter } from "../../sim/setup/submitter.ts";
import { nearText, unknownName } from "../../sim/text/unknown_name.ts";
import { placementOptions } from "../../sim/workload/placement_options.ts";
import { findTraceFormat } from "../../sim/workload/trace_formats.ts";
import { workloadSubmitter } from "../../sim/workload/workload_facts.ts";
import { checkMachine } from "../setup/machine_check.ts";
import {
  DEFAULT_TIMED_WORKLOADS,
  DEFAULT_WORKLOAD_IOS,
  DEFAULT_WORKLOADS,
  SHIPPED_WORKLOADS,
} from "../setup/default_workloads.ts";
import { type LabRunOptions, runSchema } from "../setup/run_fields.ts";
import { RUN_FIELDS } from "../setup/options.ts";
import { checkSetup } from "../setup/setup_rules.ts";
import {
  choiceName,
  chooseLayouts,
  type RunLayout,
} from "../setup/run_layouts.ts";

export { DEFAULT_WORKLOADS, type LabRunOptions, SHIPPED_WORKLOADS };

/** The options of a run, completed: plain data, as workers take them. */
export interface RunOptions extends LabRunOptions {
  /** Names of the registry, then descriptions of all other layouts. */
  readonly layouts: readonly RunLayout[];
}

/** Builds of a layout in JavaScript by default: enough to see a sign. */
const JS_BUILDS = 3;
/**
 * Builds in C by default. They differ by 0.3 to 2 %, and cost little: it is
 * builds that time goes into, not rounds.
 */
const NATIVE_BUILDS = 20;

export function buildsOf(
  { builds }: Pick<LabRunOptions, "builds">,
  engine: "js" | "native",
): number {
  return builds ?? (engine === "native" ? NATIVE_BUILDS : JS_BUILDS);
}

/**
 * Returns how many builds are timed in JavaScript.
 *
 * @param isRepeated Whether there are those of an earlier run beside them.
 * @returns As many as were asked for; of a repetition one, unless asked for.
 */
export function jsBuildsOf(
  run: Pick<LabRunOptions, "builds">,
  isRepeated: boolean,
): number {
  return isRepeated ? run.builds ?? 1 : buildsOf(run, "js");
}

export function isTimed(
  { rounds, timedWorkloads }: Pick<LabRunOptions, "rounds" | "timedWorkloads">,
  workload: string,
): boolean {
  return rounds > 0 && (timedWorkloads?.includes(workload) ?? true);
}

/**
 * Returns the workloads that are timed of a run without any that were asked
 * for.
 *
 * @returns Some of them in JavaScript; nothing where all are.
 */
export function usualTimedWorkloads(
  { engine = "js" }: Pick<LabRunOptions, "engine">,
): readonly string[] | undefined {
  return engine === "js" ? DEFAULT_TIMED_WORKLOADS : undefined;
}

/**
 * Completes the options of a run.
 *
 * @throws {TypeError} If an option is unknown or of another type.
 * @throws {RangeError} If a name is not known or a number out of its range.
 */
export function completeOptions(
  given: Partial<LabRunOptions>,
): RunOptions {
  checkValue("run", runSchema, given);
  const run = withoutUsual(
    runSchema.parse({ ...given, depth: depthOf(given) }),
  );
  const { kernel, machine, placement } = run;
  const layouts = chooseLayouts(given.layouts);
  for (const abi of run.abis) findAbi(abi);
  if (run.format !== undefined) findTraceFormat(run.format);
  pathProfile(kernel);
  checkMachine(machine);
  if (placement !== undefined) placementOptions(placement);
  const { sgl, iommu, metadataSgl = false } = machine;
  const limits = run.limits ??
    presetLimits("nvme_prp", { kernel, sgl, iommu, metadataSgl });
  checkQueueLimits(limits);
  checkSetup({ ...run, ...given });
  const names = layouts.map(choiceName);
  if (run.baseline !== undefined && !names.includes(run.baseline)) {
    throw new RangeError(
      `Cannot use baseline "${run.baseline}": it is not among the layouts of ` +
        `the run${nearText(run.baseline, names)}, expected one of: ` +
        names.join(", "),
    );
  }
  const isDefault = given.workloads === undefined;
  // Those of the user are run whole.
  const ios = run.ios ?? (isDefault ? DEFAULT_WORKLOAD_IOS : undefined);
  const timedWorkloads = run.timedWorkloads ??
    (isDefault ? usualTimedWorkloads(run) : undefined);
  for (const name of timedWorkloads ?? []) {
    if (!run.workloads.includes(name)) {
      throw unknownName("timed workload", name, run.workloads);
    }
  }
  return {
    ...run,
    ...(ios === undefined ? {} : { ios }),
    ...(timedWorkloads === undefined ? {} : { timedWorkloads }),
    limits,
    // A cell is run once, however often it was asked for.
    layouts,
    abis: [...new Set(run.abis)],
    workloads: [...new Set(run.workloads)],
    recognitions: [...new Set(run.recognitions)],
  };
}

/**
 * Returns whose memory the I/Os of a workload are on.
 *
 * @param workload Name or path of one of its workloads.
 */
export function submitterOf(
  options: Pick<LabRunOptions, "submitter" | "placement" | "api">,
  workload: string,
): Submitter {
  return options.submitter ?? submitterWith(
    options.api ?? DEFAULT_API,
    workloadSubmitter(workloadPath(workload), options.placement),
  );
}

/** Returns the file of a shipped workload, or the name itself. */
export function workloadPath(name: string): string {
  return SHIPPED_WORKLOADS.includes(name)
    ? fromFileUrl(new URL(`../data/${name}.iolog`, import.meta.url))
    : name;
}

/**
 * Leaves out what its absence says as well, such as `engine: "js"`, and what
 * is there without a value.
 */
function withoutUsual(setup: LabRunOptions): LabRunOptions {
  const usual = RUN_FIELDS.filter(({ path: [key = ""], schema, note }) => {
    const value = setup[key as keyof LabRunOptions];
    return schema instanceof z.ZodOptional && value !== undefined &&
      note.isUsual?.(value) === true;
  }).map(({ path: [key] }) => key);
  return Object.fromEntries(
    Object.entries(setup).filter(([key, value]) =>
      value !== undefined && !usual.includes(key)
    ),
  ) as unknown as LabRunOptions;
}
