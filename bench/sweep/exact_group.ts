/**
 * The exact figures of cells that differ in their CPU alone, made in this
 * isolate: a workload is read once, and a layout's path run and traced once,
 * for all of them. The figures are those of `runLab()`, whose code makes them.
 */
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { rebaseIfThere } from "../result/rebase_result.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { ResultCell } from "../result/result.ts";
import type { ResultInput } from "../files/result_input.ts";
import { windowCapacity } from "../run/audit_cell.ts";
import { traceViewOf } from "../run/audit_parts.ts";
import { AuditLanes, type Auditors } from "../run/audit_pool.ts";
import { BASELINE } from "../setup/baseline.ts";
import { openRunCell } from "../run/cell_machine.ts";
import { NO_LIMIT } from "../run/isolate_room.ts";
import { type IsolateKey, Isolates } from "../run/isolates.ts";
import type { RunOptions } from "../run/options.ts";
import { planCells } from "../run/plan.ts";
import { runCell } from "../run/run_cell.ts";
import { RunCounter } from "../run/run_counter.ts";
import { RunInputs } from "../run/run_inputs.ts";
import { sortedJson } from "../text/sorted_json.ts";
import type { KeptWorkloads } from "./kept_workloads.ts";
import {
  LocalContender,
  type LocalWork,
  type SharedWork,
} from "./local_contender.ts";

/** What was saved by doing things once. */
export interface Reuse {
  /** Cells whose workload was read for them. */
  readonly read: number;
  /** Cells whose workload was there already. */
  readonly reread: number;
  /** Paths that were run and traced. */
  readonly traced: number;
  /** Paths whose trace was there already. */
  readonly retraced: number;
}

export interface ExactGroup {
  /** Its cells, in their order; an error's message where one failed. */
  readonly cells: readonly (ResultCell | { readonly error: string })[];
  readonly inputs: readonly ResultInput[];
  /** What is true of all of them. */
  readonly warnings: readonly LabWarning[];
  readonly reuse: Reuse;
}

/**
 * Makes the exact figures of a group.
 *
 * @param setups Setups that differ in their CPU alone, one at least.
 * @throws {Error} If none of them can be made.
 */
export async function exactGroup(
  setups: readonly RunOptions[],
  { kept, work }: { kept: KeptWorkloads; work: SharedWork },
): Promise<ExactGroup> {
  const [first] = setups;
  if (first === undefined) {
    throw new RangeError("Cannot count: found no cell, expected at least one");
  }
  const run: RunOptions = { ...first, rounds: 0 };
  const inputs = new RunInputs();
  const reuse = { read: 0, reread: 0, traced: 0, retraced: 0 };
  try {
    const [plan] = planCells(run);
    if (plan === undefined) {
      throw new RangeError(
        "Cannot count: found no cell, expected at least one",
      );
    }
    // Whether it can be had was looked at when the plan was expanded.
    const { map, placement, open: openOnce } = openRunCell(plan, run);
    const machine = { map, poolBytes: placement.poolBytes };
    const key = workloadKey(run, map);
    const { open, isKept, isNew } = await kept.find(
      key,
      openOnce,
      windowCapacity(machine.poolBytes),
    );
    const warnings: LabWarning[] = [];
    if (isNew) {
      warnings.push(...await inputs.digestNew());
      kept.note(key, inputs.list);
    } else inputs.add(kept.inputsOf(key));
    const counter = await RunCounter.start({ run, abis: [plan.abi] });
    const auditors = new LocalAuditors({
      work,
      views: setups.map((setup) => traceViewOf(setup, plan.abi)),
      lasting: kept.lasting,
      onTrace: (isNew) => isNew ? reuse.traced++ : reuse.retraced++,
    });
    const cells: (ResultCell | { error: string })[] = [];
    for (const [index, setup] of setups.entries()) {
      const own: RunOptions = { ...setup, rounds: 0 };
      reuse[index === 0 && isNew || !isKept ? "read" : "reread"]++;
      try {
        const cell = await runCell(plan, {
          run: own,
          isolates: new Isolates(),
          auditLanes: new AuditLanes(),
          auditors,
          open,
          // One after the other: they are in one isolate.
          room: isKept ? { memoryBytes: 0, isolates: 1 } : NO_LIMIT,
          isKept: true,
          counter,
          cell: machine,
          budgetNs: 0,
          clock: () => 0,
        });
        cells.push(rebaseIfThere(cell, own.baseline ?? BASELINE, own.seed));
      } catch (error) {
        cells.push({ error: (error as Error).message });
      }
    }
    warnings.push(...counter.warnings, ...await inputs.digestNew());
    return { cells, inputs: inputs.list, warnings, reuse };
  } finally {
    inputs.stop();
  }
}

/** What decides the I/Os of a workload, and where they are. */
function workloadKey(run: RunOptions, map: MemoryMap): string {
  const { workloads, ios, placement, format, events, seed } = run;
  return sortedJson({ workloads, ios, placement, format, events, seed, map });
}

/** Contenders in this isolate, by layout: all else is the same in a group. */
class LocalAuditors implements Auditors {
  readonly #shared: LocalWork;
  readonly #contenders = new Map<string, Promise<LocalContender>>();

  constructor(shared: LocalWork) {
    this.#shared = shared;
  }

  get({ setup }: IsolateKey): Promise<LocalContender> {
    const known = this.#contenders.get(setup.layout);
    if (known !== undefined) return known;
    const made = LocalContender.start(setup, this.#shared);
    this.#contenders.set(setup.layout, made);
    return made;
  }

  release(): Promise<void> {
    return Promise.resolve();
  }
}
