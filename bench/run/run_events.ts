/**
 * What `runLab()` takes beside its options: who is told of progress, and what
 * it continues from.
 */
import { z } from "zod";
import { callback, valueOf, wholeNumber } from "../../layouts/option_check.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import type { Progress } from "../statistics/run_rounds.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import type { ResultInput } from "../files/result_input.ts";
import type { CellPlan } from "./cell_plan.ts";
import type { IsolateOptions } from "./isolates.ts";
import type { ResumeFrom } from "./resume.ts";

/** What a run reports as it goes, and what it continues from. */
export interface LabRunEvents {
  /** Ends the run; what was finished is returned. */
  readonly signal?: AbortSignal | undefined;
  /** Called with how far the run is. */
  readonly onProgress?:
    | ((
      cell: CellPlan,
      stage: string,
      progress?: Progress,
    ) => void)
    | undefined;
  /**
   * Called with every finished cell, with the result so far; the run waits for
   * it, and ends if it fails.
   */
  readonly onCell?:
    | ((
      cell: ResultCell,
      soFar: LabResult,
    ) => void | Promise<void>)
    | undefined;
  /**
   * Called with the result so far where a cell is in it that is not complete:
   * one that is counted and timed later, or timed by a part of its builds.
   */
  readonly onSoFar?: ((soFar: LabResult) => void | Promise<void>) | undefined;
  /** An earlier run of the same: its finished cells are taken over. */
  readonly resume?: ResumeFrom | undefined;
  /**
   * An earlier run of the same, whole: its builds in JavaScript are summed up
   * with those that are timed now, one if no number of them is given.
   */
  readonly repeat?: ResumeFrom | undefined;
  /** How workers are watched. */
  readonly watch?: IsolateOptions | undefined;
  /** Workloads that are streams, such as standard input (`-`). */
  readonly inputs?: WorkloadInputs | undefined;
  /** Files that the options were made of; the result names them as inputs. */
  readonly read?: readonly ResultInput[] | undefined;
}

const earlierRun = z.strictObject({
  result: valueOf(
    "a result, as runLab() and readResult() give it",
    ({ cells, config }) => Array.isArray(cells) && typeof config === "object",
  ),
  name: z.string(),
});

export const runEventsSchema = z.strictObject(
  {
    signal: valueOf<AbortSignal>(
      "an AbortSignal",
      (value) => value instanceof AbortSignal,
    ).optional(),
    onProgress: callback().optional(),
    onCell: callback().optional(),
    onSoFar: callback().optional(),
    resume: earlierRun.optional(),
    repeat: earlierRun.optional(),
    watch: z.strictObject({
      timeoutMs: wholeNumber(1).optional(),
      startTimeoutMs: wholeNumber(1).optional(),
      module: valueOf<URL>("a URL", (value) => value instanceof URL).optional(),
      graceMs: wholeNumber(0).optional(),
    }).optional(),
    inputs: valueOf(
      "a Map of functions that open streams",
      (value) => typeof value.get === "function",
    ).optional(),
    read: z.array(z.strictObject({
      name: z.string(),
      sizeBytes: wholeNumber(0).nullable(),
      sha256: z.string().nullable(),
    })).optional(),
  } satisfies Record<keyof LabRunEvents, z.ZodType>,
);
