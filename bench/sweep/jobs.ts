/**
 * Which jobs of a plan a process does: all, a shard, some cells, one kind; and
 * which of them are done already.
 */
import { unknownName } from "../../sim/text/unknown_name.ts";
import { cellPath, readCellFile } from "./cell_file.ts";
import type { ExpandedPlan } from "./expand.ts";
import { digestOf, type JobKind, type SweepCell } from "./sweep_cell.ts";

/** A job: one kind of figures of one cell. */
export interface SweepJob {
  readonly cell: SweepCell;
  readonly kind: JobKind;
}

/** A part of a plan's cells: `index` of `count`, from 1. */
export interface Shard {
  /** Which part, from 1. */
  readonly index: number;
  readonly count: number;
}

export interface JobChoice {
  /** A part of the cells; all if absent. */
  readonly shard?: Shard | undefined;
  /** Ids of cells; all if absent. */
  readonly cells?: readonly string[] | undefined;
  /** One kind of jobs; both if absent. */
  readonly only?: JobKind | undefined;
}

/**
 * Reads `i/n`.
 *
 * @param text Such as `1/4`.
 * @throws {RangeError} If it is none.
 */
export function parseShard(text: string): Shard {
  const [, index = NaN, count = NaN] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ??
    []).map(Number);
  if (!(index >= 1 && index <= count)) {
    throw new RangeError(
      `Cannot use shard "${
        text.slice(0, 40)
      }", expected I/N with I from 1 to ` +
        "N, such as 1/4",
    );
  }
  return { index, count };
}

/**
 * Returns the cells of a shard: disjoint and complete for any count.
 *
 * @returns Its cells, in the same order.
 */
export function shardCells(
  cells: readonly SweepCell[],
  { index, count }: Shard,
): readonly SweepCell[] {
  return allShards(cells, count)[index - 1] ?? [];
}

/**
 * Takes cells apart into shards. Cells that differ in their CPU alone stay
 * together as long as there is one such group for each shard, because they
 * share what their caches are fed with.
 *
 * @returns The cells of each, in the same order; none if there are too few.
 */
export function allShards(
  cells: readonly SweepCell[],
  count: number,
): readonly (readonly SweepCell[])[] {
  const groups = groupCells(cells);
  const units = groups.length >= count ? groups : cells.map((cell) => [cell]);
  const shards = Array.from({ length: count }, (): SweepCell[] => []);
  units.forEach((unit, at) => shards[at % count]?.push(...unit));
  return shards;
}

/**
 * Puts cells together that differ in the CPU alone.
 *
 * @returns Groups in the order of their first cells.
 */
export function groupCells(cells: readonly SweepCell[]): SweepCell[][] {
  return [
    ...Map.groupBy(
      cells,
      ({ setup: { cpu: _cpu, ...others } }) => digestOf(others),
    ).values(),
  ];
}

/**
 * Returns the jobs that a process does: those of exact figures first.
 *
 * @returns The jobs, in the order of the cells; maybe none.
 * @throws {RangeError} If a cell is not known.
 */
export function chooseJobs(
  plan: ExpandedPlan,
  choice: JobChoice,
): readonly SweepJob[] {
  const { shard, cells: ids, only } = choice;
  const known = new Set(plan.cells.map(({ id }) => id));
  const unknown = ids?.find((id) => !known.has(id));
  if (unknown !== undefined) {
    throw known.size <= 24
      ? unknownName("cell", unknown, [...known])
      : new RangeError(
        `Cannot find cell "${unknown}", expected one of the ${known.size} ` +
          "that --dry-run lists",
      );
  }
  const cells = (shard ? shardCells(plan.cells, shard) : plan.cells)
    .filter(({ id }) => ids === undefined || ids.includes(id));
  return (["exact", "timed"] as const)
    .filter((kind) => only === undefined || kind === only)
    .flatMap((kind) =>
      cells.filter(({ jobs }) => jobs.includes(kind))
        .map((cell) => ({ cell, kind }))
    );
}

export interface JobsFound {
  /** Jobs whose file is there and is of this lab. */
  readonly done: readonly SweepJob[];
  readonly open: readonly SweepJob[];
  /** Why files that are there do not count. */
  readonly stale: readonly string[];
}

/**
 * Looks which jobs are done.
 *
 * @param now The plan's digest, and what made files have to be alike in.
 */
export async function findJobs(
  folder: string,
  jobs: readonly SweepJob[],
  now: { plan: string; environment: Readonly<Record<string, unknown>> },
): Promise<JobsFound> {
  const done: SweepJob[] = [];
  const open: SweepJob[] = [];
  const stale: string[] = [];
  for (const job of jobs) {
    const path = cellPath(folder, job.kind, job.cell.id);
    try {
      const file = await readCellFile(path);
      const unlike = ["commit", "codeDigest"].find((key) =>
        (file.environment[key] ?? null) !== (now.environment[key] ?? null)
      );
      if (file.plan !== now.plan) stale.push(`${path}: of another plan`);
      else if (unlike !== undefined) {
        stale.push(`${path}: of another lab (${unlike})`);
      } else {
        done.push(job);
        continue;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        stale.push(error instanceof Error ? error.message : String(error));
      }
    }
    open.push(job);
  }
  return { done, open, stale };
}
