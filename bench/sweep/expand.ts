/**
 * From a plan to its cells: every combination of values, without those that
 * rules drop, and without those that contradict themselves, which are listed
 * with the reason.
 */
import { findAbi } from "../../layouts/abi.ts";
import { workloadPoolBytes } from "../../sim/workload/workload_facts.ts";
import { cellMachine } from "../run/cell_machine.ts";
import type { CellPlan } from "../run/cell_plan.ts";
import { completeOptions, type RunOptions } from "../run/options.ts";
import { attendance, planCells, requireContenders } from "../run/plan.ts";
import { choiceName } from "../setup/run_layouts.ts";
import { sortedJson } from "../text/sorted_json.ts";
import { completedMachine } from "../setup/machine.ts";
import { limitsOnMachine } from "../setup/machine_limits.ts";
import type { GivenSetup } from "../setup/options.ts";
import { DEFAULT_DEVICE } from "../../sim/setup/device_limits.ts";
import type { PartPlan, PlanRule, SweepPlan } from "./plan.ts";
import {
  PLAN_FIELDS,
  type PlanField,
  type PlanSetup,
  type PlanValue,
  setupText,
  withPlanValue,
} from "./plan_fields.ts";
import {
  cellId,
  digestOf,
  inRegistryOrder,
  type LeftOutCell,
  type SweepCell,
} from "./sweep_cell.ts";

/** More than anybody waits for, and few enough for a folder. */
export const MOST_CELLS = 100_000;

export interface ExpandedPlan {
  readonly name: string;
  /** Digest of its cells, in their order: the same plan on every machine. */
  readonly digest: string;
  /** Names of the fields that the plan gives, in their order. */
  readonly axes: readonly string[];
  /** The cells, each once, in one order whatever that of the axes. */
  readonly cells: readonly SweepCell[];
  readonly leftOut: readonly LeftOutCell[];
  readonly dropped: number;
  /** Combinations of several sub-plans that are one cell. */
  readonly repeated: number;
  /** The JSON that the plan was read from. */
  readonly source: unknown;
}

/** Fields that every cell names, given or not. */
const ALWAYS = ["workload", "abi", "recognition", "kernel", "engine", "cpu"];

/**
 * Expands a plan.
 *
 * @param seed A seed that replaces that of the plan, if it was given.
 * @throws {RangeError} If there are too many, or none is left.
 */
export function expandPlan(plan: SweepPlan, seed?: number): ExpandedPlan {
  const named = new Set([
    ...ALWAYS,
    ...plan.parts.flatMap(({ axes }) => axes.map(({ of }) => of.name)),
  ]);
  const fields = PLAN_FIELDS.filter(({ name, isSet }) =>
    named.has(name) && !isSet
  );
  const cells = new Map<string, SweepCell>();
  const leftOut: LeftOutCell[] = [];
  const machines = new CheckedMachines();
  let dropped = 0;
  let repeated = 0;
  requireFew(plan);
  for (const part of plan.parts) {
    for (const choice of combinations(part)) {
      if (isDropped(part, choice)) {
        dropped++;
        continue;
      }
      try {
        const { setup, device, paths } = cellSetup(choice, { seed, machines });
        const id = cellId(setup);
        if (cells.has(id)) repeated++;
        else {
          cells.set(id, {
            id,
            setup,
            axes: Object.fromEntries(
              fields.map((
                of,
              ) => [of.name, setupText(of, { ...setup, device })]),
            ),
            paths,
            jobs: setup.rounds > 0 ? ["exact", "timed"] : ["exact"],
          });
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        leftOut.push({ axes: textsOf(choice), reason: error.message });
      }
    }
  }
  if (cells.size === 0) throw emptyError(plan, leftOut, dropped);
  return {
    name: plan.name,
    digest: digestOf([...cells.keys()]),
    axes: PLAN_FIELDS.filter(({ name }) => named.has(name))
      .map(({ name }) => name),
    cells: [...cells.values()],
    leftOut,
    dropped,
    repeated,
    source: plan.source,
  };
}

function emptyError(
  { name }: SweepPlan,
  [first]: readonly LeftOutCell[],
  dropped: number,
): RangeError {
  return new RangeError(
    `Cannot sweep "${name}": found no cell that can be run (` +
      (first === undefined
        ? `include and exclude drop all ${dropped}`
        : `${Object.values(first.axes).join(", ")}: ${first.reason}`) +
      "), expected at least one",
  );
}

function requireFew({ name, parts }: SweepPlan): void {
  const sizes = parts.map(({ axes }) =>
    axes.reduce((product, { values }) => product * values.length, 1)
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= MOST_CELLS) return;
  throw new RangeError(
    `Cannot sweep "${name}": found ${total} combinations, expected at most ` +
      `${MOST_CELLS}`,
  );
}

type Choice = ReadonlyMap<PlanField, PlanValue>;

function* combinations({ axes }: PartPlan, at = 0): Generator<Choice> {
  const axis = axes[at];
  if (axis === undefined) {
    yield new Map();
    return;
  }
  for (const value of axis.values) {
    for (const rest of combinations({ axes } as PartPlan, at + 1)) {
      yield new Map([[axis.of, value], ...rest]);
    }
  }
}

function isDropped({ include, exclude }: PartPlan, choice: Choice): boolean {
  return exclude.some((rule) => matches(rule, choice)) ||
    include.length > 0 && !include.some((rule) => matches(rule, choice));
}

function matches(rule: PlanRule, choice: Choice): boolean {
  const [abi] = [...choice].filter(([{ name }]) => name === "abi")
    .map(([, { value }]) => String(value));
  const usual = abi === undefined ? {} : { abis: [abi] };
  return rule.every(({ of, values }) => {
    const given = choice.get(of);
    const own = given?.value === undefined ? setupText(of, usual) : given.text;
    return values.some(({ text, value }) =>
      text === own || value === undefined && given?.value === undefined
    );
  });
}

function textsOf(choice: Choice): Record<string, string> {
  return Object.fromEntries(
    [...choice].filter(([{ isSet }]) => !isSet)
      .map(([{ name }, { text }]) => [name, text]),
  );
}

/** The complete setup of a cell, as for `lab run`. */
function cellSetup(
  choice: Choice,
  { seed, machines }: { seed: number | undefined; machines: CheckedMachines },
): Pick<SweepCell, "setup" | "paths"> & { readonly device: string } {
  let chosen: PlanSetup = seed === undefined ? {} : { seed };
  for (const [of, { value }] of choice) {
    if (of.name === "seed" && seed !== undefined) continue;
    chosen = withPlanValue(chosen, of, value);
  }
  const { device = DEFAULT_DEVICE, ...own } = chosen;
  const given = withOwnRounds(own);
  const machine = completedMachine(given);
  const abis = (given.abis ?? ["lp64"]).map((name) => findAbi(name));
  const limits = limitsOnMachine(device, { ...given, machine }, {
    abis,
    leastDramBytes: Math.max(
      0,
      ...(given.workloads ?? []).map((name) =>
        workloadPoolBytes(name, given.placement)
      ),
    ),
  });
  const run = completeOptions({ ...given, machine, limits });
  const setup = { ...run, layouts: inRegistryOrder(run.layouts) };
  return { setup, device, paths: requireComparison(setup, given, machines) };
}

/** A cell is timed or not: its setup need not say which workloads are. */
function withOwnRounds(given: GivenSetup): GivenSetup {
  const { timedWorkloads, ...others } = given;
  if (timedWorkloads === undefined) return given;
  const isTimed = given.workloads?.some((name) =>
    timedWorkloads.includes(name)
  );
  return isTimed ? others : { ...others, rounds: 0 };
}

/** What `runLab()` would refuse before it runs anything; who is left. */
function requireComparison(
  run: RunOptions,
  { layouts }: GivenSetup,
  machines: CheckedMachines,
): number {
  const plan = planCells(
    run,
    () => [run.engine === "native" ? "native" : "js"],
  );
  requireContenders(plan.map(attendance), layouts?.map(choiceName));
  for (const cell of plan) machines.check(cell, run);
  return plan.reduce((sum, { contenders }) => sum + contenders.length, 0);
}

/**
 * Whether machines can be had. Drawing where a workload's buffers are is most
 * of the work, and does not depend on who is compared, nor on the caches.
 */
class CheckedMachines {
  readonly #found = new Map<string, RangeError | undefined>();

  check(cell: CellPlan, run: RunOptions): void {
    const { workloads, placement, seed, machine, limits } = run;
    const key = sortedJson({
      ...{ workloads, seed, machine, limits, abi: cell.abi.name },
      placement: placement ?? null,
    });
    if (!this.#found.has(key)) this.#found.set(key, refusal(cell, run));
    const found = this.#found.get(key);
    if (found !== undefined) throw found;
  }
}

function refusal(cell: CellPlan, run: RunOptions): RangeError | undefined {
  try {
    cellMachine(cell, run);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}
