/**
 * Repeating a run: its exact figures are counted again and must be the same,
 * and builds that are timed now are summed up with those of its file. Ratios are
 * taken inside rounds, so that builds of several days are as good as those of
 * one; what the machine is and what code runs has to be the same.
 */
import { plural } from "../../sim/text/plural.ts";
import { printableLine } from "../../sim/text/printable.ts";
import { cpuClocks } from "../machine/cpu_clock.ts";
import { exactChanges, simulatedChanges } from "../result/exact_changes.ts";
import { cellName } from "../result/likeness.ts";
import type { ResultCell } from "../result/result.ts";
import { unlikeTurns } from "../result/turn_figures.ts";
import { brokenTurns, buildsOfTurns, samplesOfTurns } from "../result/turns.ts";
import { BASELINE } from "../setup/baseline.ts";
import { isGroup } from "../setup/check_group.ts";
import { WrongAnswerError } from "../shell/context.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { CellPlan } from "./cell_plan.ts";
import { isTimed, type RunOptions } from "./options.ts";
import { finishedCells, type ResumeFrom, type RunIdentity } from "./resume.ts";
import type { TimedCell } from "./timed_cell.ts";
import { CONTROL } from "./timing_options.ts";

/** No slice takes as long: those that are chosen take some ms. */
const SLICE_NS = 10e9;

/**
 * Finds the cells of an earlier run beside which those of this one are timed.
 *
 * @throws {RangeError} If the earlier run was another one, or has nothing that
 *   times can be summed up with; says what.
 */
export function repeatedCells(
  from: ResumeFrom,
  now: RunIdentity,
  { run, plan }: {
    readonly run: RunOptions;
    readonly plan: readonly CellPlan[];
  },
): (plan: CellPlan) => ResultCell {
  const refuse = (found: string, expected: string) =>
    new RangeError(
      `Cannot repeat "${printableLine(from.name)}": found ${found}, expected ` +
        expected,
    );
  if (isGroup(run)) {
    throw refuse("groups of workers", "--workers 1 and --devices 0");
  }
  const cellOf = finishedCells(
    { ...from, result: withoutBuilds(from.result) },
    withoutBuilds(now),
    "repeat",
  );
  const cells = new Map(plan.map((cell) => {
    const earlier = cellOf(cell);
    if (earlier === undefined) {
      throw refuse(
        `no finished cell ${cell.workload}, ${cell.abi.name}, ` +
          `${cell.recognition}, ${cell.engine}`,
        "each cell of the run (--resume makes the others)",
      );
    }
    if (isTimed(run, cell.workload)) requireTimes(earlier, cell, refuse);
    return [cell, earlier];
  }));
  return (cell) => cells.get(cell) as ResultCell;
}

/** How many builds there are is what a repetition changes. */
function withoutBuilds<From extends Pick<RunIdentity, "config">>(
  from: From,
): From {
  const { builds: _, ...config } = from.config;
  return { ...from, config };
}

function requireTimes(
  earlier: ResultCell,
  { engine, contenders }: CellPlan,
  refuse: (found: string, expected: string) => RangeError,
): void {
  if (engine !== "js") {
    throw refuse(`engine ${engine}`, "js: builds in C take no time to repeat");
  }
  const { turns = [], timing } = earlier;
  const names = [BASELINE, ...contenders.map(({ layout }) => layout.name)];
  const broken = brokenTurns(turns, [...new Set([...names, CONTROL])]) ??
    (timing ? undefined : "no I/Os of a slice");
  if (broken !== undefined || !timing) {
    throw refuse(
      `${printableLine(broken ?? "")} in cell ${cellName(earlier)}`,
      "a result of lab run --json, with --samples where it has many builds",
    );
  }
  const unlike = unlikeTurns(earlier, { baseline: BASELINE, control: CONTROL });
  if (unlike !== undefined) {
    throw refuse(
      `${printableLine(unlike)} in cell ${cellName(earlier)}`,
      "turns that give the file's own figures, as lab run wrote them",
    );
  }
  const { warm, cold } = timing.sliceIos;
  const fastestNs = Math.min(...turns.flatMap((one) => one.warm.flat()));
  if (Math.min(warm, cold) < 1 || Math.max(warm, cold) * fastestNs > SLICE_NS) {
    throw refuse(
      `slices of ${warm} and ${cold} I/Os in cell ${cellName(earlier)}`,
      `1 I/O to ${SLICE_NS / 1e9} s of them, as they were timed`,
    );
  }
  const own = cpuClocks().name;
  if (own !== timing.clock) {
    throw refuse(`times of the ${timing.clock} clock`, `${own}, as it is now`);
  }
}

/**
 * Returns what was timed now, together with the builds of an earlier cell.
 *
 * @param timed Builds from 0 on.
 * @returns Samples of all builds, the earlier ones first.
 */
export function besideEarlier(
  timed: TimedCell,
  earlier: ResultCell | undefined,
): TimedCell {
  const turns = earlier?.turns;
  if (turns === undefined) return timed;
  const { warm, cold } = samplesOfTurns(turns);
  const first = buildsOfTurns(turns);
  const behind = <Of extends { readonly build: number }>(own: readonly Of[]) =>
    own.map((one) => ({ ...one, build: one.build + first }));
  return {
    ...timed,
    samples: [...warm, ...behind(timed.samples)],
    cold: [...cold, ...behind(timed.cold)],
    warmUps: behind(timed.warmUps),
  };
}

/**
 * Refuses a cell whose exact figures are not those of the earlier run.
 *
 * @throws {WrongAnswerError} Naming the first figure that differs.
 */
export function requireSameFigures(
  earlier: ResultCell,
  cell: ResultCell,
  name: string,
): void {
  const unequal = [
    ...(earlier.digest === cell.digest ? [] : [{
      key: "digest",
      before: earlier.digest as unknown,
      after: cell.digest as unknown,
    }]),
    ...simulatedChanges(earlier, cell),
    ...earlier.layouts.flatMap((layout) => {
      const other = cell.layouts.find((one) => one.name === layout.name);
      return other === undefined
        ? [{ key: layout.name, before: "present", after: null }]
        : exactChanges(layout, other);
    }),
  ];
  const [first] = unequal;
  if (first === undefined) return;
  throw new WrongAnswerError(
    `Cannot repeat "${printableLine(name)}": ${
      plural(unequal.length, "exact figure differs", "exact figures differ")
    } in cell ${cellName(cell)}, ${first.key} is ${
      JSON.stringify(first.before)
    } in it and ${JSON.stringify(first.after)} now`,
  );
}

/** Says that builds of an earlier run are among those of a result. */
export function repeatWarning({ result, name }: ResumeFrom): LabWarning {
  const date = result.environment["date"];
  return {
    code: "repeated",
    message: `times are of builds of "${printableLine(name)}"${
      typeof date === "string" ? ` (${printableLine(date)})` : ""
    } and of this run`,
    hint: "without --repeat all of them are this run's",
  };
}
