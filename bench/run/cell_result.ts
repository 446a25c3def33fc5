/**
 * What a result says of a cell: what is exact, and what was measured of it.
 */
import type { WorkloadTally } from "../../sim/workload/tally.ts";
import { emptinessWarnings } from "../result/emptiness.ts";
import { summarise } from "../result/summarise.ts";
import { turnsOf } from "../result/turns.ts";
import type { PlannedRounds } from "../statistics/sample.ts";
import { machineWarnings } from "../setup/machine_warnings.ts";
import type { ResultCell } from "../result/result.ts";
import { groupWarnings, isGroup } from "../setup/check_group.ts";
import type { AuditedCell } from "./audit_cell.ts";
import { countWarnings } from "../result/counted_agreement.ts";
import { cellSetting } from "./cell_setting.ts";
import { tallyWarnings, timingWarnings } from "./cell_warnings.ts";
import {
  harnessResults,
  layoutResult,
  timingKey,
} from "./contender_results.ts";
import { buildsOf, type RunOptions, submitterOf } from "./options.ts";
import { BASELINE } from "../setup/baseline.ts";
import type { CellPlan } from "./cell_plan.ts";
import { besideEarlier } from "./repeat.ts";
import type { PreparedCell } from "./prepare_cell.ts";
import type { TimedCell } from "./timed_cell.ts";
import { CONTROL, firstBuildOf } from "./timing_options.ts";

export interface CellTimes {
  readonly timed: TimedCell | undefined;
  /** How groups of workers scale, where there were any. */
  readonly workers?: ResultCell["workers"] | undefined;
  readonly budgetNs: number;
  /** Whether nothing cut it short. */
  readonly isWhole: boolean;
}

export function cellResult(
  prepared: PreparedCell,
  times: CellTimes,
): ResultCell {
  const { plan, audited, simulated, bytesPerSegment, workload, options } =
    prepared;
  const { machineCode } = prepared;
  const { workers, budgetNs, isWhole } = times;
  const { run, repeated } = options;
  const timed = times.timed && besideEarlier(times.timed, repeated);
  const { map } = options.cell;
  const hasGroups = isGroup(run) && plan.engine === "js";
  const how = {
    baseline: BASELINE,
    control: CONTROL,
    seed: run.seed,
    compilers: timed?.compilers?.map(({ title }) => title),
  };
  const summary = timed === undefined || timed.samples.length === 0
    ? undefined
    : summarise(timed.samples, {
      ...how,
      ...(times.timed?.ended === "budget"
        ? { planned: plannedRounds(times.timed, { run, budgetNs }) }
        : {}),
    });
  const coldSummary = summary === undefined || timed === undefined
    ? undefined
    : summarise(timed.cold, how);
  const harness = repeated?.harness ?? harnessResults(timed, run.seed);
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
  return {
    workload: plan.workload,
    description: workload.description,
    abi: plan.abi.name,
    recognition: plan.recognition,
    engine: plan.engine,
    kernel: run.kernel,
    placement: workload.placementText,
    baseline: BASELINE,
    ios: iosOf(tally),
    submitter: submitterOf(run, plan.workload),
    ...(run.api === undefined ? {} : { api: run.api }),
    setting: cellSetting(run, plan),
    skippedByReason: tally.skipped,
    digest: cellDigest(plan, audited),
    verifiedBytes: audited.contenders.get(BASELINE)?.verifiedBytes ?? 0,
    timedIos: audited.windowIos,
    builds: summary?.builds ?? 0,
    rounds: summary?.rounds ?? 0,
    ...timingKey(timed, firstBuildOf(options)),
    ...(plan.engine === "js" && timed !== undefined && summary !== undefined
      ? { turns: turnsOf({ warm: timed.samples, cold: timed.cold }) }
      : {}),
    noiseFloor: summary?.noiseFloor ?? null,
    ...(harness.length === 0 ? {} : { harness }),
    layouts: layoutResults,
    ...(workers === undefined ? {} : { workers }),
    ...(simulated === undefined ? {} : { simulated }),
    ...(isWhole ? {} : { complete: false }),
    leftOut: [...plan.leftOut, ...audited.unfit],
    warnings: [
      ...workload.warnings,
      ...tallyWarnings(tally),
      ...machineCode.warnings,
      ...(timed?.complaint === undefined ? [] : [{
        code: "compiler",
        message: timed.complaint,
        hint: "what is timed was built by the other compiler only",
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

function iosOf(tally: WorkloadTally): ResultCell["ios"] {
  const { ios: total, reads, writes, others, bytes, rounded, cut } = tally;
  const skipped = Object.values(tally.skipped).reduce((a, b) => a + b, 0);
  return { total, reads, writes, others, bytes, skipped, rounded, cut };
}

/** The rounds that were asked for, and a budget of the run that has them. */
function plannedRounds(
  timed: TimedCell,
  from: { run: RunOptions; budgetNs: number },
): PlannedRounds {
  const { rounds, budgetSeconds } = from.run;
  const builds = buildsOf(
    from.run,
    timed.memory === undefined ? "js" : "native",
  );
  const contenders = new Set(timed.samples.map(({ contender }) => contender));
  const done = timed.samples.length / Math.max(1, contenders.size);
  const neededNs = timed.takenNs * rounds * builds / Math.max(1, done);
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
