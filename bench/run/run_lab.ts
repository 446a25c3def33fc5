/**
 * A whole run: the cells of the plan one after the other, and what is true of
 * all of them. What was finished is kept, whatever happens afterwards.
 */
import { type LabRunEvents, runEventsSchema } from "./run_events.ts";
import { checkValue } from "../../layouts/option_check.ts";
import config from "../../deno.json" with { type: "json" };
import { findAbi } from "../../layouts/abi.ts";
import {
  captureEnvironment,
  checkoutWarnings,
  environmentWarnings,
} from "../machine/environment.ts";
import { readIfPossible } from "../machine/read_if_possible.ts";
import { noiseWarnings, probeNoise } from "../result/machine_noise.ts";
import { rebaseIfThere } from "../result/rebase_result.ts";
import { detectTimer } from "../statistics/timer.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import { RESULT_SCHEMA_VERSION } from "../result/result_schema.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { layoutRefusal } from "../native/layout_refusal.ts";
import { AuditLanes } from "./audit_pool.ts";
import { type CellMachine, cellMachine } from "./cell_machine.ts";
import { cellNeed, roomFor } from "./cell_room.ts";
import { cellEnds } from "./cell_series.ts";
import { Isolates } from "./isolates.ts";
import { completeOptions, isTimed, type LabRunOptions } from "./options.ts";
import { choiceName, layoutsOf } from "../setup/run_layouts.ts";
import { BudgetShares } from "./budget_shares.ts";
import { chooseEngines } from "./engines.ts";
import { apartError } from "./engines_apart.ts";
import { planCells, requireContenders } from "./plan.ts";
import { BASELINE } from "../setup/baseline.ts";
import type { CellPlan } from "./cell_plan.ts";
import { isTwin, withAgreement } from "./twin_cell.ts";
import { requireSameInputs, RunInputs } from "./run_inputs.ts";
import { finishedCells, resumeWarnings } from "./resume.ts";
import { runCell } from "./run_cell.ts";
import { isGroup } from "../setup/check_group.ts";
import { RunCounter } from "./run_counter.ts";

/** What a run gave. */
export interface LabRun {
  /** The result, with all cells that were finished. */
  readonly result: LabResult;
  /**
   * Why not all of them were, if so: a wrong answer, a worker that failed, a
   * workload that cannot be read, an interrupt. Or why they should not be
   * trusted although all are there: engines whose times are too far apart.
   */
  readonly failure?: Error;
}

/**
 * Compares layouts.
 *
 * Needs permission to read the lab's own modules, because each layout runs in
 * a worker, and to read the workloads.
 *
 * @param given Options that differ from the defaults.
 * @param events Signal and callbacks.
 * @returns The result; with `failure` if it ended early.
 * @throws {TypeError} If an option or callback is unknown or of another type, or
 *   a layout cannot be sent to a worker.
 * @throws {RangeError} If an option is out of its range, or the run to be
 *   resumed is another one.
 *
 * @example Exact figures of two layouts
 * ```ts
 * import { runLab } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const { result, failure } = await runLab({
 *   layouts: ["phys_packed"],
 *   workloads: ["randrw4k"], // ships with the lab; a path does as well
 *   recognitions: ["page"],
 *   rounds: 0, // nothing is timed
 * });
 * assertEquals(failure, undefined);
 * const [mainline, packed] = result.cells[0]?.layouts ?? [];
 * assertEquals(mainline?.counts.bvecBytesPerIo, 16);
 * assertEquals(packed?.counts.bvecBytesPerIo, 12);
 * ```
 */
export async function runLab(
  given: Partial<LabRunOptions> = {},
  events: LabRunEvents = {},
): Promise<LabRun> {
  const options = completeOptions(given);
  checkValue("run", runEventsSchema, events, "events");
  const asked = given.layouts?.map(choiceName);
  const { signal, onProgress, onCell, resume } = events;
  const clock = () => performance.now() * 1e6;
  const cpuClock = cpuClocks().cpuNs;
  const environment = await captureEnvironment();
  // Exact figures do not depend on what else the machine does.
  const hasTimes = options.rounds > 0;
  const noise = hasTimes
    ? await probeNoise({ cpuClock, readText: readIfPossible })
    : null;
  const timer = hasTimes ? detectTimer(cpuClock) : null;
  const warnings = noise === null ? [] : [
    // The load tells of the last minute, the CPUs' shares of right now.
    ...(noise.busyShare === null ? environmentWarnings(environment) : []),
    ...noiseWarnings(noise),
    ...checkoutWarnings(environment),
  ];
  const abis = options.abis.map((name) => findAbi(name));
  const engines = await chooseEngines({
    ...options,
    engine: options.engine ?? "js",
    ...(options.nativeCache === undefined
      ? {}
      : { cacheDir: options.nativeCache }),
    abis,
  });
  warnings.push(...engines.warnings);
  const counter = await RunCounter.start({
    ...{ run: options, abis },
    ...(signal ? { signal } : {}),
  });
  warnings.push(...counter.warnings);
  const plan = planCells({
    layouts: layoutsOf(options.layouts),
    abis,
    workloads: options.workloads,
    recognitions: options.recognitions,
    enginesOf: engines.of,
    refusalOf: (engine, layout, abi) =>
      engine === "native" ? layoutRefusal(layout, abi) : undefined,
  });
  requireContenders(
    plan.map(({ contenders, leftOut }) => ({
      present: contenders.length,
      leftOut,
    })),
    asked,
  );
  const machines = plan.map((cell) => cellMachine(cell, options));
  const room = roomFor(
    plan.map((cell, index) =>
      cellNeed(cell, options, machines[index]?.poolBytes ?? 0)
    ),
    options,
  );
  const { compiler, compilerFlags } = engines;
  const identity = {
    tool: { name: TOOL_NAME, version: config.version },
    environment: {
      ...environment,
      noise,
      timer,
      ...(compiler === null ? {} : { compiler, compilerFlags }),
    },
    config: { ...options },
    seed: options.seed,
  };
  const finished = resume && finishedCells(resume, identity);
  if (resume !== undefined) {
    const { inputs = [] } = resume.result;
    await requireSameInputs(inputs, resume.name, events.read);
  }
  const kept = plan.filter((cell) => finished?.(cell) !== undefined).length;
  if (resume !== undefined && options.rounds > 0) {
    warnings.push(...resumeWarnings(kept));
  }
  const cells: ResultCell[] = [];
  const shown: ResultCell[] = [];
  const beside = (cell: ResultCell) =>
    // No warning of what nobody asked for.
    options.baseline === undefined &&
      cell.layouts.every(({ name }) => name !== BASELINE)
      ? cell
      : rebaseIfThere(cell, options.baseline ?? BASELINE, options.seed);
  const inputs = new RunInputs(events.inputs);
  if (kept > 0) inputs.add(resume?.result.inputs ?? []);
  inputs.add(events.read ?? []);
  const resultOf = (complete: boolean): LabResult => ({
    schemaVersion: RESULT_SCHEMA_VERSION,
    ...identity,
    inputs: inputs.list,
    warnings,
    complete,
    ...(signal?.aborted ? { interrupted: true } : {}),
    cells: [...shown],
  });
  const take = async (cell: ResultCell) => {
    cells.push(cell);
    const own = beside(cell);
    shown.push(own);
    const whole = cell.complete !== false && cells.length === plan.length;
    await onCell?.(own, resultOf(whole));
  };
  const isMeasured = ({ workload }: CellPlan) =>
    isGroup(options) || isTimed(options, workload);
  const budget = new BudgetShares(
    options.budgetSeconds * 1e9,
    plan.filter((cell) => isMeasured(cell) && finished?.(cell) === undefined)
      .length,
  );
  const isolates = new Isolates({ ...events.watch, room }, signal);
  const auditLanes = new AuditLanes();
  const ends = cellEnds(
    plan.map((cell, index) => ({
      plan: cell,
      machine: machines[index] as CellMachine,
      isDone: finished?.(cell) !== undefined,
    })),
  );
  let failure: Error | undefined;
  try {
    for (const [index, cell] of plan.entries()) {
      if (signal?.aborted) break;
      const earlier = finished?.(cell);
      if (earlier !== undefined) {
        await take(earlier);
        continue;
      }
      const twin = cell.engine === "native"
        ? cells.find((other) => isTwin(other, cell))
        : undefined;
      const found = await runCell(cell, {
        run: options,
        isolates,
        auditLanes,
        counter,
        compilers: options.rounds > 0 ? engines.compilers : [],
        budgetNs: isMeasured(cell) ? budget.next() : 0,
        room,
        isKept: ends[index]?.isKept ?? false,
        cell: machines[index] as CellMachine,
        clock,
        ...(timer === null ? {} : { timer }),
        ...(events.watch?.timeoutMs
          ? { timeoutMs: events.watch.timeoutMs }
          : {}),
        onMeasured: (takenNs) => budget.take(takenNs),
        ...(signal ? { signal } : {}),
        onProgress: (stage, progress) => onProgress?.(cell, stage, progress),
        ...(twin ? { twin } : {}),
        ...(events.inputs ? { inputs: events.inputs } : {}),
      });
      if (ends[index]?.endsAll) await isolates.endUnused();
      warnings.push(...await inputs.digestNew());
      await take(
        twin === undefined
          ? found
          // A resumed one may be beside another layout.
          : withAgreement(rebaseIfThere(twin, BASELINE, options.seed), found),
      );
    }
    // Some can be told only from the segments of the workload.
    requireContenders(
      cells.map(({ layouts, leftOut = [] }) => ({
        present: layouts.length,
        leftOut,
      })),
      asked,
    );
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  } finally {
    inputs.stop();
    await isolates.stop();
  }
  if (signal?.aborted) failure = signal.reason;
  const isWhole = failure === undefined && cells.length === plan.length;
  // Told at the end, when all cells are there: they are kept.
  failure ??= apartError(
    cells.flatMap((cell) => {
      const twin = cell.agreement && cells.find((other) => isTwin(other, cell));
      return twin ? [[twin, cell] as const] : [];
    }),
  );
  return {
    result: resultOf(isWhole),
    ...(failure === undefined ? {} : { failure }),
  };
}
