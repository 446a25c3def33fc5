/**
 * One cell, whole: audited, timed, summed up.
 */
import { emptinessWarnings } from "../result/emptiness.ts";
import { summarise } from "../result/summarise.ts";
import type { PlannedRounds } from "../statistics/sample.ts";
import { machineWarnings } from "../setup/machine_warnings.ts";
import type { ResultCell } from "../result/result.ts";
import { groupWarnings, isGroup } from "../setup/check_group.ts";
import { groupFigures } from "../workers/group_figures.ts";
import type { AuditedCell } from "./audit_cell.ts";
import { auditInParts } from "./audit_parts.ts";
import type { RunCellOptions } from "./cell_options.ts";
import { openRunCell } from "./cell_machine.ts";
import { countWarnings } from "../result/counted_agreement.ts";
import { cellSetting } from "./cell_setting.ts";
import { cellSetups } from "./cell_setups.ts";
import { isolateBytes, isolatesIn } from "./isolate_room.ts";
import { tallyWarnings, timingWarnings } from "./cell_warnings.ts";
import {
  harnessResults,
  layoutResult,
  timingKey,
} from "./contender_results.ts";
import { birthsOf, isTimed, type RunOptions, submitterOf } from "./options.ts";
import { BASELINE } from "../setup/baseline.ts";
import type { CellPlan } from "./cell_plan.ts";
import type { TimedCell } from "./timed_cell.ts";
import { CONTROL, timeContenders } from "./time_contenders.ts";

/**
 * Runs a cell.
 *
 * @param plan The cell.
 * @param options What it is run with.
 * @returns The cell for the result file.
 * @throws {Error} If a layout gave a wrong answer, a worker failed, or the
 *   input cannot be read.
 */
export async function runCell(
  plan: CellPlan,
  options: RunCellOptions,
): Promise<ResultCell> {
  const { run, signal, onProgress } = options;
  const { map } = options.cell;
  const setups = cellSetups(plan, { run, map });
  onProgress?.("checking");
  const { audited, simulated, bytesPerSegment, workload } = await auditInParts({
    setups,
    abi: plan.abi,
    open: options.open ?? openRunCell(plan, run, options.inputs).open,
    options,
  });
  const fit = new Map(
    [...setups].filter(([name]) => audited.contenders.has(name)),
  );
  const machineCode = await options.counter.count(plan.abi.name, {
    setups: fit,
    window: audited.window,
    twin: options.twin?.layouts,
    onStage: (stage) => onProgress?.(stage),
  });
  // Groups of workers get half of the time.
  const hasGroups = isGroup(run) && plan.engine === "js";
  const share = hasGroups ? 0.5 : 1;
  const budgetNs = options.budgetNs * share;
  if (isTimed(run, plan.workload)) onProgress?.("warming up");
  const timed = !isTimed(run, plan.workload)
    ? undefined
    : await timeContenders({
      setups: fit,
      audited,
      options: { ...options, budgetNs },
    });
  // Groups have workers of their own.
  if (hasGroups) await options.isolates.endUnused();
  const groupsStart = options.clock();
  const workers = !hasGroups || signal?.aborted
    ? undefined
    : await groupFigures({
      ...run,
      births: birthsOf(run, "js"),
      setups: fit,
      baseline: BASELINE,
      window: audited.window,
      budgetNs: options.budgetNs - budgetNs,
      mostIsolates: isolatesIn(
        options.room,
        isolateBytes("member", {
          poolBytes: options.cell.poolBytes,
          depth: run.depth,
          isNative: false,
        }),
      ),
      clock: options.clock,
      ...(options.timeoutMs ? { timeoutMs: options.timeoutMs } : {}),
      ...(signal ? { signal } : {}),
      onStage: (stage) => onProgress?.(stage),
      onProgress: (progress) => onProgress?.("timing groups", progress),
    }).catch((error) => {
      // What was timed before the interrupt is kept.
      if (signal?.aborted) return undefined;
      throw error;
    });
  options.onMeasured?.(
    (timed?.takenNs ?? 0) + (options.clock() - groupsStart),
  );
  const summary = timed === undefined || timed.samples.length === 0
    ? undefined
    : summarise(timed.samples, {
      baseline: BASELINE,
      control: CONTROL,
      seed: run.seed,
      compilers: timed.compilers?.map(({ title }) => title),
      ...(timed.ended === "budget"
        ? { planned: plannedRounds(timed, { run, budgetNs }) }
        : {}),
    });
  const coldSummary = summary === undefined || timed === undefined
    ? undefined
    : summarise(timed.cold, {
      baseline: BASELINE,
      control: CONTROL,
      seed: run.seed,
      compilers: timed.compilers?.map(({ title }) => title),
    });
  const harness = harnessResults(timed, run.seed);
  const layoutResults = plan.contenders.filter(({ layout }) =>
    audited.contenders.has(layout.name)
  ).map(({ layout, recognition }) =>
    layoutResult(layout.name, {
      audited,
      summary,
      coldSummary,
      timed,
      recognition,
      bytesPerSegment: bytesPerSegment.get(layout.name) ?? null,
      twin: options.twin?.layouts.find(({ name }) => name === layout.name),
      machineCode: machineCode.of.get(layout.name),
    })
  );
  const { tally } = workload;
  const skipped = Object.values(tally.skipped).reduce((a, b) => a + b, 0);
  return {
    workload: plan.workload,
    description: workload.description,
    abi: plan.abi.name,
    recognition: plan.recognition,
    engine: plan.engine,
    kernel: run.kernel,
    placement: workload.placementText,
    baseline: BASELINE,
    ios: {
      total: tally.ios,
      reads: tally.reads,
      writes: tally.writes,
      others: tally.others,
      bytes: tally.bytes,
      skipped,
      rounded: tally.rounded,
      cut: tally.cut,
    },
    submitter: submitterOf(run, plan.workload),
    ...(run.api === undefined ? {} : { api: run.api }),
    setting: cellSetting(run, plan),
    skippedByReason: tally.skipped,
    digest: cellDigest(plan, audited),
    verifiedBytes: audited.contenders.get(BASELINE)?.verifiedBytes ?? 0,
    timedIos: audited.windowIos,
    births: summary?.births ?? 0,
    rounds: summary?.rounds ?? 0,
    ...timingKey(timed),
    noiseFloor: summary?.noiseFloor ?? null,
    ...(harness.length === 0 ? {} : { harness }),
    layouts: layoutResults,
    ...(workers === undefined ? {} : { workers }),
    ...(simulated === undefined ? {} : { simulated }),
    ...(timed?.ended === "interrupted" || (hasGroups && signal?.aborted)
      ? { complete: false }
      : {}),
    leftOut: [...plan.leftOut, ...audited.unfit],
    warnings: [
      ...workload.warnings,
      ...tallyWarnings(tally),
      ...machineCode.warnings,
      ...(timed?.complaint === undefined ? [] : [{
        code: "compiler",
        message: timed.complaint,
        hint: "what is timed was built by the other compiler alone",
      }]),
      ...(timed === undefined ? [] : machineWarnings(run.machine, map)),
      ...(summary?.warnings ?? []),
      ...(timed === undefined ? [] : timingWarnings(timed, options.timer)),
      ...emptinessWarnings(layoutResults, harness),
      ...countWarnings({
        engine: plan.engine,
        baseline: BASELINE,
        layouts: layoutResults,
      }),
      ...(hasGroups ? groupWarnings(run, navigator.hardwareConcurrency) : []),
    ],
  };
}

/** The rounds that were asked for, and a budget of the run that has them. */
function plannedRounds(
  timed: TimedCell,
  from: { run: RunOptions; budgetNs: number },
): PlannedRounds {
  const { rounds, budgetSeconds } = from.run;
  const births = birthsOf(
    from.run,
    timed.memory === undefined ? "js" : "native",
  );
  const contenders = new Set(timed.samples.map(({ contender }) => contender));
  const done = timed.samples.length / Math.max(1, contenders.size);
  const neededNs = timed.takenNs * rounds * births / Math.max(1, done);
  // As much more than this cell's share as the cell needs; a machine is never
  // as quick again.
  const times = Math.max(1, neededNs / from.budgetNs);
  return { rounds, budgetSeconds: Math.ceil(1.2 * times * budgetSeconds) };
}

/** The digest that the layouts of the cell's own recognition share. */
function cellDigest(plan: CellPlan, audited: AuditedCell): string {
  const own =
    plan.contenders.find(({ recognition }) =>
      recognition === plan.recognition
    ) ?? plan.contenders[0];
  return audited.contenders.get(own?.layout.name ?? BASELINE)?.digest ?? "";
}
