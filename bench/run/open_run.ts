/**
 * A run in progress: cells are run one after the other; the builds of those
 * that are timed in C are made in turn when all are counted. Finished cells are
 * kept, whatever happens afterwards.
 */
import type { LabRunEvents } from "./run_events.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import { RESULT_SCHEMA_VERSION } from "../result/result_schema.ts";
import type { LabWarning } from "../statistics/warning.ts";
import { AuditLanes } from "./audit_pool.ts";
import type { CellMachine } from "./cell_machine.ts";
import type { RunCellOptions } from "./cell_options.ts";
import { type CellEnd, cellEnds } from "./cell_series.ts";
import { Isolates } from "./isolates.ts";
import { isTimed } from "./options.ts";
import { BudgetShares } from "./budget_shares.ts";
import { apartError } from "./engines_apart.ts";
import { FoundCells, type OpenCell, present } from "./found_cells.ts";
import { requireContenders } from "./plan.ts";
import { prepareCell, type PreparedCell } from "./prepare_cell.ts";
import type { CellPlan } from "./cell_plan.ts";
import { isTwin } from "./twin_cell.ts";
import { requireSameFigures } from "./repeat.ts";
import { RunInputs } from "./run_inputs.ts";
import { finishCell } from "./run_cell.ts";
import { isGroup } from "../setup/check_group.ts";
import type { RunStart } from "./start_run.ts";
import type { TimedCell } from "./timed_cell.ts";

/** The outcome of a run. */
export interface LabRun {
  /** The result, with all cells that were finished. */
  readonly result: LabResult;
  /**
   * Why cells are missing, if any are: a wrong answer, a worker that failed, a
   * workload that cannot be read, an interrupt. Or why a complete result should
   * not be trusted: engines whose times are too far apart.
   */
  readonly failure?: Error | undefined;
}

export class OpenRun {
  readonly #start: RunStart;
  readonly #events: LabRunEvents;
  readonly #cells: FoundCells;
  readonly #inputs: RunInputs;
  readonly #warnings: LabWarning[];
  readonly #isolates: Isolates;
  readonly #auditLanes = new AuditLanes();
  readonly #budget: BudgetShares;
  readonly #ends: readonly CellEnd[];
  /** The cell whose progress is shown, and the exact half of the next one. */
  #current = 0;
  #early: { readonly index: number; cell: Promise<PreparedCell> } | undefined;
  #failure: Error | undefined;

  constructor(start: RunStart, events: LabRunEvents) {
    const { options, plan, machines, finished } = start;
    this.#start = start;
    this.#events = events;
    this.#cells = new FoundCells(plan, options);
    this.#warnings = [...start.warnings];
    this.#inputs = new RunInputs(events.inputs);
    if (start.kept > 0) this.#inputs.add(events.resume?.result.inputs ?? []);
    this.#inputs.add(events.read ?? []);
    this.#isolates = new Isolates(
      { ...events.watch, room: start.room },
      events.signal,
    );
    this.#budget = new BudgetShares(
      options.budgetSeconds * 1e9,
      plan.filter((cell) =>
        this.#isMeasured(cell) && finished(cell) === undefined
      ).length,
    );
    this.#ends = cellEnds(
      plan.map((cell, index) => ({
        plan: cell,
        machine: machines[index] as CellMachine,
        isDone: finished(cell) !== undefined,
      })),
    );
  }

  /** What is counted and waits for being timed in C, with its budget. */
  get waiting(): readonly PreparedCell[] {
    return this.#cells.all.flatMap(({ waiting }) => waiting ?? []);
  }

  /**
   * Runs all cells but those that are timed in C: they are counted, and wait.
   * Where a cell fails, those after it are not run.
   */
  async runUntimed(): Promise<void> {
    try {
      for (const [index, open] of this.#cells.all.entries()) {
        if (this.#events.signal?.aborted) break;
        await this.#run(index, open);
      }
    } catch (error) {
      this.fail(error);
      // Nobody waits for what the cell after it has begun.
      if (this.#early !== undefined) await this.#isolates.stop();
    }
    await this.#isolates.endUnused();
    for (const open of this.#cells.all) {
      if (open.waiting === undefined) continue;
      const { options } = open.waiting;
      open.waiting = {
        ...open.waiting,
        options: { ...options, budgetNs: this.#budget.next() },
      };
    }
  }

  async takeTimes(prepared: PreparedCell, timed: TimedCell): Promise<void> {
    const open = this.#cells.all.find(({ plan }) => plan === prepared.plan);
    if (open === undefined) return;
    delete open.waiting;
    await this.#take(open, this.#cells.summedUp(prepared, timed));
  }

  /**
   * Tells the result so far: cells that wait are in it without times, or with
   * those that are there, and not complete.
   *
   * @param timesOf Times so far of a cell that waits.
   */
  async tellSoFar(
    timesOf?: (cell: PreparedCell) => TimedCell | undefined,
  ): Promise<void> {
    const { onSoFar } = this.#events;
    if (onSoFar !== undefined) await onSoFar(this.#result(false, timesOf));
  }

  /** Ends the run for a reason; the first one counts. */
  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  async end(): Promise<LabRun> {
    const { signal } = this.#events;
    this.#inputs.stop();
    await this.#isolates.stop();
    if (signal?.aborted) this.#failure = signal.reason;
    const cells = this.#cells.found;
    const isWhole = this.#failure === undefined &&
      this.#cells.areAllFound;
    // Called at the end, when all cells are there: they are kept.
    this.#failure ??= apartError(
      cells.flatMap((cell) => {
        const twin = cell.agreement &&
          cells.find((other) => isTwin(other, cell));
        return twin ? [[twin, cell] as const] : [];
      }),
    );
    const failure = this.#failure;
    return {
      result: this.#result(isWhole),
      failure,
    };
  }

  /** Runs a cell, or takes what is there of it. */
  async #run(index: number, open: OpenCell): Promise<void> {
    const { plan } = open;
    const earlier = this.#start.finished(plan);
    if (earlier !== undefined) {
      this.#requireContenders({ ...open, cell: earlier });
      return await this.#take(open, earlier);
    }
    const { options } = this.#start;
    const isBuilt = plan.engine === "native" &&
      isTimed(options, plan.workload);
    this.#current = index;
    const early = this.#early?.index === index ? this.#early.cell : undefined;
    this.#early = undefined;
    const cellOptions = {
      ...this.#optionsOf(index, isBuilt ? 0 : undefined),
      onFree: () => this.#prepareEarly(index + 1),
    };
    if (early !== undefined) cellOptions.onProgress?.("checking");
    const prepared = await (early ?? prepareCell(plan, cellOptions));
    this.#requireContenders({ ...open, waiting: prepared });
    const found = isBuilt ? prepared : await finishCell(prepared, cellOptions);
    if (this.#ends[index]?.endsAll) await this.#isolates.endUnused();
    this.#warnings.push(...await this.#inputs.digestNew());
    if ("audited" in found) {
      open.waiting = found;
      await this.tellSoFar();
    } else await this.#take(open, this.#cells.besideTwin(found));
  }

  /**
   * Refuses a run in which nobody is left to be compared, before its last cell
   * is timed: whether segments fit is known only when they were looked at.
   */
  #requireContenders(found: OpenCell): void {
    requireContenders(
      this.#cells.all.map((open) =>
        present(open.plan === found.plan ? found : open)
      ),
      this.#start.asked,
    );
  }

  /**
   * Begins the exact half of a cell while the one before it keeps some of its
   * isolates waiting. Where anything is timed nothing may run beside it.
   */
  #prepareEarly(index: number): void {
    const { options, finished } = this.#start;
    const plan = this.#cells.all[index]?.plan;
    const isNext = index === this.#current + 1 && this.#early === undefined;
    if (
      !isNext || plan === undefined || finished(plan) !== undefined ||
      options.rounds > 0 || isGroup(options) || plan.engine !== "js" ||
      !this.#ends[index - 1]?.isKept || this.#events.signal?.aborted
    ) return;
    const cell = prepareCell(plan, {
      ...this.#optionsOf(index),
      onFree: () => this.#prepareEarly(index + 1),
    });
    // Called when it is its turn.
    cell.catch(() => {});
    this.#early = { index, cell };
  }

  #optionsOf(index: number, budgetNs?: number): RunCellOptions {
    const { options, engines, counter, room, clock, timer } = this.#start;
    const { signal, watch, inputs, onProgress } = this.#events;
    const plan = this.#cells.all[index]?.plan as CellPlan;
    const twin = plan.engine === "native"
      ? this.#cells.twinOf(plan)
      : undefined;
    const repeated = this.#start.repeated(plan);
    return {
      run: options,
      isolates: this.#isolates,
      auditLanes: this.#auditLanes,
      counter,
      compilers: options.rounds > 0 ? engines.compilers : [],
      budgetNs: budgetNs ??
        (this.#isMeasured(plan) ? this.#budget.next() : 0),
      room,
      isKept: this.#ends[index]?.isKept ?? false,
      laterPoolBytes: this.#laterPoolBytes(index),
      cell: this.#start.machines[index] as CellMachine,
      clock,
      timer: timer ?? undefined,
      timeoutMs: watch?.timeoutMs,
      onMeasured: (takenNs) => this.#budget.take(takenNs),
      signal,
      onProgress: (stage, progress) => {
        if (index === this.#current) onProgress?.(plan, stage, progress);
      },
      twin,
      repeated,
      // Nobody waits for times that would be refused.
      onCounted: repeated &&
        ((cell) =>
          requireSameFigures(repeated, cell, this.#events.repeat?.name ?? "")),
      inputs,
    };
  }

  /** Bytes of the largest pool of the cells that continue with its isolates. */
  #laterPoolBytes(index: number): number {
    let most = 0;
    if (this.#start.options.rounds > 0) return most;
    for (let next = index; this.#ends[next]?.isKept; next++) {
      most = Math.max(most, this.#start.machines[next + 1]?.poolBytes ?? 0);
    }
    return most;
  }

  #isMeasured({ workload }: CellPlan): boolean {
    const { options } = this.#start;
    return isGroup(options) || isTimed(options, workload);
  }

  async #take(open: OpenCell, cell: ResultCell): Promise<void> {
    const shown = this.#cells.keep(open, cell);
    const isWhole = cell.complete !== false && this.#cells.areAllFound;
    await this.#events.onCell?.(shown, this.#result(isWhole));
  }

  #result(
    complete: boolean,
    timesOf?: (cell: PreparedCell) => TimedCell | undefined,
  ): LabResult {
    return {
      schemaVersion: RESULT_SCHEMA_VERSION,
      ...this.#start.identity,
      inputs: this.#inputs.list,
      warnings: this.#warnings,
      complete,
      ...(this.#events.signal?.aborted ? { interrupted: true } : {}),
      cells: this.#cells.shown(timesOf),
    };
  }
}
