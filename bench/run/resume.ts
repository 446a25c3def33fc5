/**
 * Going on with a run that ended early: which cells of its file are, and
 * whether it is the same run at all. The file only gives results; what is run
 * is what the caller asks for now.
 */
import { plural } from "../../sim/text/plural.ts";
import { printableLine } from "../../sim/text/printable.ts";
import { differenceWords } from "../result/key_words.ts";
import { cellKey, differingKeys } from "../result/likeness.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import type { CellPlan } from "./cell_plan.ts";

/** A run to continue with. */
export interface ResumeFrom {
  /** Its result so far. */
  readonly result: LabResult;
  /** Its file, for messages. */
  readonly name: string;
}

/** What identifies a run, of the one that continues now. */
export type RunIdentity = Pick<
  LabResult,
  "tool" | "environment" | "config" | "seed"
>;

/**
 * Finds the finished cells of an earlier run.
 *
 * @throws {RangeError} If the earlier run was another one; names the key.
 */
export function finishedCells(
  from: ResumeFrom,
  now: RunIdentity,
  verb = "resume",
): (plan: CellPlan) => ResultCell | undefined {
  const { result, name } = from;
  const [unlike] = differenceWords([
    ...differingKeys(identity(result), identity(now)),
    ...unlikeValue("tool.version", result.tool.version, now.tool.version),
    // Which cells have which is not known before they are there.
    ...unlikeValue(
      "config.submitter",
      result.config["submitter"] ?? null,
      now.config["submitter"] ?? null,
    ),
    ...unlikeValue(
      "config.counts",
      result.config["counts"] ?? null,
      now.config["counts"] ?? null,
    ),
    // Other code may compute other figures, committed or not.
    ...["commit", "codeDigest"].flatMap((key) =>
      unlikeValue(
        `environment.${key}`,
        result.environment[key] ?? null,
        now.environment[key] ?? null,
      )
    ),
  ], { before: result.config, after: now.config });
  if (unlike !== undefined) {
    throw new RangeError(
      `Cannot ${verb} "${name}": ${printableLine(unlike.what)} is ` +
        `${unlike.before} in it and ${unlike.after} now, expected the same run`,
    );
  }
  const cells = new Map(
    result.cells.filter((cell) => cell.complete !== false)
      .map((cell) => [cellKey(cell), cell]),
  );
  const kernel = now.config["kernel"];
  return ({ workload, abi, recognition, engine }) =>
    cells.get(
      [workload, abi.name, recognition, engine, kernel].join(", "),
    );
}

/**
 * Warns that times of a result were not taken in one session.
 *
 * @param kept How many of the earlier run's cells were kept.
 * @returns One warning, or none if nothing was kept.
 */
export function resumeWarnings(kept: number): LabWarning[] {
  if (kept === 0) return [];
  return [{
    code: "resumed",
    message: `${plural(kept, "cell is", "cells are")} from a run that ended ` +
      "early",
    hint: "compare times inside a cell only, or run all of them again",
  }];
}

/** As a file would give it back: no cells, and no keys without a value. */
function identity(run: RunIdentity): LabResult {
  const { tool, environment, config, seed } = run;
  return JSON.parse(
    JSON.stringify({
      schemaVersion: 0,
      tool,
      environment,
      config,
      seed,
      warnings: [],
      cells: [],
    }),
  );
}

function unlikeValue(key: string, before: unknown, after: unknown) {
  return before === after ? [] : [{ key, before, after }];
}
