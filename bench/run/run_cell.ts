/**
 * One cell, whole: audited, timed, summed up.
 */
import { structOffsets } from "../../sim/kernel/struct_offsets.ts";
import {
  openWorkload,
  workloadFolioOrder,
  workloadPoolBytes,
} from "../../sim/workload/workload.ts";
import { memoryMapOf } from "../contender_machine.ts";
import { checkReach } from "../machine_check.ts";
import { machineFacts } from "../machine_text.ts";
import { machineWarnings } from "../machine_warnings.ts";
import type { Abi } from "../../layouts/abi.ts";
import type { Submitter } from "../../sim/assembly.ts";
import type { ContenderSetup, EngineSetup } from "../contender_protocol.ts";
import type { Contender } from "../contender.ts";
import type { Progress } from "../experiment/run_rounds.ts";
import {
  type Sample,
  summarise,
  type Summary,
} from "../experiment/summarise.ts";
import { emptinessWarnings } from "../experiment/emptiness.ts";
import {
  shortestBatchNs,
  type Timer,
  timerWarnings,
} from "../experiment/timer.ts";
import { measuredKeys } from "../experiment/to_result.ts";
import type { WorkloadTally } from "../../sim/workload/tally.ts";
import type { LabWarning } from "../experiment/warning.ts";
import { EMPTY_PATHS, type EmptyPath } from "../empty_path.ts";
import type {
  ResultCell,
  ResultHarness,
  ResultLayout,
  ResultWarmUp,
} from "../result.ts";
import { simulateCell } from "../simulate/simulate_cell.ts";
import { auditCell, type AuditedCell } from "./audit_cell.ts";
import { inParallel } from "./in_parallel.ts";
import type { Cpu } from "../../sim/cache/cpu.ts";
import { defaultCpu } from "./default_cpu.ts";
import type { Isolates } from "./isolates.ts";
import { type LabRunOptions, workloadPath } from "./options.ts";
import { BASELINE, type CellPlan } from "./plan.ts";
import { groupWarnings, isGroup } from "../workers/check_group.ts";
import { groupFigures } from "../workers/group_figures.ts";
import { timeCell, type TimedCell, type TimedWarmUp } from "./time_cell.ts";

/** Name of the baseline's second set of isolates, for the noise floor. */
const CONTROL = `${BASELINE} (control)`;

/** What a cell is run with. */
export interface RunCellOptions {
  /** The options of the whole run, complete. */
  readonly run: LabRunOptions;
  /** Isolates that later cells can use again. */
  readonly isolates: Isolates;
  /** Time for the measured half. */
  readonly budgetNs: number;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** What is known of the clock. */
  readonly timer?: Timer;
  /** The same cell on the other engine: its traces are this one's, too. */
  readonly twin?: ResultCell;
  /** Told how long the measured half took. */
  readonly onMeasured?: (elapsedNs: number) => void;
  /** Ends the cell early. */
  readonly signal?: AbortSignal;
  /** Longest wait for a worker of a group in ms. */
  readonly timeoutMs?: number;
  /** Told how far the cell is. */
  readonly onProgress?: (stage: string, progress?: Progress) => void;
}

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
  const { run, isolates, signal, onProgress } = options;
  const path = workloadPath(plan.workload);
  const map = memoryMapOf(run.machine, {
    is64Bit: plan.abi.pointerBytes === 8,
    leastDramBytes: workloadPoolBytes(path, run.placement),
    folioOrder: workloadFolioOrder(path, run.placement),
  });
  checkReach(run.machine, { map, abi: plan.abi, limits: run.limits });
  const setups = new Map(
    plan.contenders.map(({ layout, recognition }) => [
      layout.name,
      {
        layout: layout.name,
        abi: plan.abi.name,
        kernel: run.kernel,
        recognition,
        limits: run.limits,
        map,
        depth: run.depth,
        batch: run.batch,
        submitter: run.submitter,
        machine: run.machine,
        salt: run.seed,
        ...(plan.engine === "native" ? { engine: engineOf(run) } : {}),
      } satisfies ContenderSetup,
    ]),
  );
  const open = () =>
    openWorkload(path, {
      seed: run.seed,
      memoryMap: map,
      ...(run.ios === undefined ? {} : { ios: run.ios }),
      ...(run.placement === undefined ? {} : { placement: run.placement }),
    });
  const workload = await open();
  onProgress?.("checking");
  const auditors = new Map<string, Contender>();
  await inParallel([...setups], async ([name, setup]) => {
    auditors.set(name, await isolates.get({ setup, role: "audit" }));
  });
  const audited = await auditCell(workload, {
    contenders: new Map([...setups.keys()].map((name) => [
      name,
      auditors.get(name) as Contender,
    ])),
    ...(run.cpu === "none" ? {} : { cpu: run.cpu ?? defaultCpu(plan.abi) }),
    ...namedLine(run.cpu),
    traces: options.twin === undefined,
    ...(signal ? { signal } : {}),
    onProgress: (ios) => onProgress?.(`checked ${ios} I/Os`),
  });
  const simulated = run.simulation === undefined || options.twin !== undefined
    ? undefined
    : await simulateCell(await open(), {
      contenders: new Map(
        [...auditors].filter(([name]) => audited.contenders.has(name)),
      ),
      setup: run.simulation,
      seed: run.seed,
      depth: run.depth,
      ...(signal ? { signal } : {}),
      onProgress: (ios) => onProgress?.(`simulated ${ios} I/Os`),
    });
  const bytesPerSegment = new Map(
    [...auditors].map(([name, { bytesPerSegment }]) => [name, bytesPerSegment]),
  );
  const start = options.clock();
  const fit = new Map(
    [...setups].filter(([name]) => audited.contenders.has(name)),
  );
  // Groups of workers get half of the time.
  const hasGroups = isGroup(run) && plan.engine === "js";
  const share = hasGroups ? 0.5 : 1;
  const budgetNs = options.budgetNs * share;
  const timed = run.rounds === 0 ? undefined : await timeThem({
    setups: fit,
    audited,
    options: { ...options, budgetNs },
  });
  const workers = !hasGroups || signal?.aborted
    ? undefined
    : await groupFigures({
      ...run,
      setups: fit,
      baseline: BASELINE,
      window: audited.window,
      budgetNs: options.budgetNs - budgetNs,
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
  options.onMeasured?.(options.clock() - start);
  const summary = timed === undefined || timed.samples.length === 0
    ? undefined
    : summarise(timed.samples, {
      baseline: BASELINE,
      control: CONTROL,
      seed: run.seed,
    });
  const harness = harnessTimes(timed, run.seed);
  const layoutResults = plan.contenders.filter(({ layout }) =>
    audited.contenders.has(layout.name)
  ).map(({ layout, recognition }) =>
    layoutResult(layout.name, {
      audited,
      summary,
      timed,
      recognition,
      bytesPerSegment: bytesPerSegment.get(layout.name) ?? null,
      twin: options.twin?.layouts.find(({ name }) => name === layout.name),
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
    setting: setting(run, plan.abi),
    skippedByReason: tally.skipped,
    digest: cellDigest(plan, audited),
    verifiedBytes: audited.contenders.get(BASELINE)?.verifiedBytes ?? 0,
    timedIos: audited.windowIos,
    births: summary?.births ?? 0,
    rounds: summary?.rounds ?? 0,
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
      ...(timed === undefined ? [] : machineWarnings(run.machine, map)),
      ...(summary?.warnings ?? []),
      ...(timed === undefined ? [] : timingWarnings(timed, options)),
      ...emptinessWarnings(layoutResults, harness),
      ...(hasGroups ? groupWarnings(run, navigator.hardwareConcurrency) : []),
    ],
  };
}

function timeThem(
  from: {
    setups: ReadonlyMap<string, ContenderSetup>;
    audited: AuditedCell;
    options: RunCellOptions;
  },
): Promise<TimedCell> {
  const { setups, audited, options } = from;
  const { run, isolates, signal, onProgress, timer } = options;
  return timeCell({
    window: audited.window,
    windowIos: audited.windowIos,
    contenders: [CONTROL, ...setups.keys()],
    apart: EMPTY_PATHS,
    isolate: (contender, birth) => {
      const isControl = contender === CONTROL;
      const empty = EMPTY_PATHS.find((name) => name === contender);
      const ownSetup = setups.get(
        isControl || empty !== undefined ? BASELINE : contender,
      );
      if (ownSetup === undefined) {
        throw new RangeError(
          `Cannot time "${contender}": it is not in the cell`,
        );
      }
      const setup = empty === undefined
        ? ownSetup
        : emptySetup(ownSetup, empty);
      const role = `${isControl ? "control" : "timed"} ${birth}`;
      return isolates.get({
        setup: setup.engine === undefined ? setup : {
          ...setup,
          // The control's code lies elsewhere, too.
          engine: {
            ...setup.engine,
            birth: isControl ? run.births + birth : birth,
          },
        },
        role,
      });
    },
    births: run.births,
    rounds: run.rounds,
    budgetNs: options.budgetNs,
    seed: run.seed,
    clock: options.clock,
    ...(timer ? { timer } : {}),
    ...(run.widthPercent === undefined ? {} : {
      enough: (samples) => isNarrow(samples, run),
    }),
    ...(signal ? { signal } : {}),
    onProgress: (progress) => onProgress?.("timing", progress),
  });
}

/** Enough of a setup for a worker without a path; one serves all cells. */
function emptySetup(from: ContenderSetup, empty: EmptyPath): ContenderSetup {
  const { engine: _engine, ...setup } = from;
  return { ...setup, empty };
}

/** The engine in C, as a worker is told of it. */
function engineOf({ cc, nativeCache }: LabRunOptions): EngineSetup {
  return {
    name: "native",
    ...(cc === undefined ? {} : { cc }),
    ...(nativeCache === undefined ? {} : { cacheDir: nativeCache }),
  };
}

/** Whether no ratio of the samples so far is wider than was wished. */
function isNarrow(samples: readonly Sample[], run: LabRunOptions): boolean {
  const { contenders } = summarise(samples, {
    baseline: BASELINE,
    control: CONTROL,
    seed: run.seed,
    permutations: 1, // only intervals are asked for
  });
  const widest = Math.max(
    ...contenders.map(({ ratio: { median, low, high } }) =>
      Math.max(high / median, median / low) - 1
    ),
  );
  return 100 * widest <= (run.widthPercent ?? Infinity);
}

/** Times of the contenders without a path. */
function harnessTimes(
  timed: TimedCell | undefined,
  seed: number,
): ResultHarness[] {
  const baseline = timed?.apart[0]?.contender;
  if (timed === undefined || baseline === undefined) return [];
  const { contenders } = summarise(timed.apart, { baseline, seed });
  return EMPTY_PATHS.flatMap((name) => {
    const found = contenders.find(({ contender }) => contender === name);
    return found === undefined ? [] : [{ name, nsPerIo: found.nsPerIo }];
  });
}

function warmUpsOf(
  name: string,
  warmUps: readonly TimedWarmUp[],
): ResultWarmUp[] {
  return warmUps.filter(({ contender }) => contender === name)
    .map(({ birth, steady, series }) => ({ birth, steady, nsPerIo: series }));
}

function layoutResult(
  name: string,
  from: {
    audited: AuditedCell;
    summary: Summary | undefined;
    timed: TimedCell | undefined;
    recognition: string;
    bytesPerSegment: number | null;
    twin: ResultLayout | undefined;
  },
): ResultLayout {
  const exact = from.audited.contenders.get(name);
  if (exact === undefined) {
    throw new RangeError(`Cannot report "${name}": it was not audited`);
  }
  const measured = from.summary?.contenders.find(({ contender }) =>
    contender === name
  );
  return {
    name,
    recognition: from.recognition,
    bytesPerSegment: from.bytesPerSegment,
    ...(measured === undefined || from.timed === undefined
      ? { nsPerIo: null, ratio: null, verdict: null }
      : measuredKeys(measured, {
        samples: from.timed.samples,
        warmUps: warmUpsOf(name, from.timed.warmUps),
      })),
    counts: from.twin?.counts ?? exact.counts,
    footprint: from.twin?.footprint ?? exact.footprint,
    modelled: from.twin?.modelled ?? exact.modelled,
  };
}

/** The digest that the layouts of the cell's own recognition share. */
function cellDigest(plan: CellPlan, audited: AuditedCell): string {
  const own =
    plan.contenders.find(({ recognition }) =>
      recognition === plan.recognition
    ) ?? plan.contenders[0];
  return audited.contenders.get(own?.layout.name ?? BASELINE)?.digest ?? "";
}

const SUBMITTER_TEXT: Readonly<Record<Submitter, string>> = {
  user: "pinned user memory",
  registered: "registered buffers",
  pagecache: "page cache",
};

/** What a table cannot show of the machine and the submitter, in one line. */
function setting(run: LabRunOptions, abi: Abi): string {
  const { machine, limits } = run;
  return [
    // Not every ABI has a recorded kernel of the version whose rules are used.
    `structures of ${structOffsets(run.kernel, abi, "bio").source}`,
    `requests of ${limits.maxSectors / 2} KiB and ${limits.maxSegments} ` +
    "segments at most",
    `depth ${run.depth}`,
    run.batch === 1 ? "no plug" : `${run.batch} I/Os a plug`,
    SUBMITTER_TEXT[run.submitter],
    ...machineFacts(machine),
  ].join(", ");
}

/** What the reader changed in I/Os before the path saw them. */
function tallyWarnings(tally: WorkloadTally): LabWarning[] {
  const warnings: LabWarning[] = [];
  if (tally.cut > 0) {
    warnings.push({
      code: "cut-ios",
      message:
        `${tally.cut} I/Os are longer than 8 MiB: each was replayed as ` +
        `several, and figures are per replayed I/O`,
      hint: "leave them out of the trace for figures per I/O of the trace",
    });
  }
  if (tally.rounded > 0) {
    warnings.push({
      code: "rounded-ios",
      message: `${tally.rounded} I/Os were widened to whole sectors of 512 B`,
      hint: "check the unit of offsets and lengths in the trace",
    });
  }
  return warnings;
}

function timingWarnings(
  timed: TimedCell,
  { timer }: RunCellOptions,
): LabWarning[] {
  const warnings: LabWarning[] = [];
  const unsteady = timed.warmUps.filter(({ steady }) => !steady).length;
  if (unsteady > 0) {
    warnings.push({
      code: "not-steady",
      message: `${unsteady} of ${timed.warmUps.length} warm-ups ended ` +
        `while times were still changing`,
      hint: "use a quieter machine, or more rounds",
    });
  }
  if (timer === undefined) return warnings;
  const { shortestNs } = timed;
  const neededNs = shortestBatchNs(timer);
  if (shortestNs !== null && shortestNs < neededNs / 2) {
    warnings.push({
      code: "short-batch",
      message: `a measurement took only ${millis(shortestNs)} ms, the clock ` +
        `needs ${millis(neededNs)} ms for an error of 0.1 %`,
      hint: "use a workload with more I/Os",
    });
  }
  return [...warnings, ...timerWarnings(timer)];
}

/**
 * The line of a CPU that was named: footprints count what it would. Without
 * one they count lines of 64 bytes, whatever CPU the ABI is modelled on.
 */
function namedLine(cpu: Cpu | "none" | undefined): { lineBytes?: number } {
  if (cpu === undefined || cpu === "none") return {};
  const data = cpu.levels.find(({ holds }) => holds !== "instruction");
  return data === undefined ? {} : { lineBytes: data.lineBytes };
}

function millis(ns: number): string {
  return (ns / 1e6).toPrecision(2);
}
