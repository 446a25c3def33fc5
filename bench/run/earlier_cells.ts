/**
 * What a run takes over from an earlier one: finished cells if it is resumed
 * and, if it is repeated, cells beside whose builds others are timed.
 */
import type { LabWarning } from "../statistics/warning.ts";
import type { ResultCell } from "../result/result.ts";
import type { CellPlan } from "./cell_plan.ts";
import type { RunOptions } from "./options.ts";
import { repeatedCells, repeatWarning } from "./repeat.ts";
import { finishedCells, resumeWarnings, type RunIdentity } from "./resume.ts";
import type { LabRunEvents } from "./run_events.ts";
import { requireSameInputs } from "./run_inputs.ts";

export interface EarlierCells {
  /** Returns a cell of an earlier run that is. */
  readonly finished: (plan: CellPlan) => ResultCell | undefined;
  /** Returns the cell of an earlier run beside which one is timed. */
  readonly repeated: (plan: CellPlan) => ResultCell | undefined;
  /** How many cells are. */
  readonly kept: number;
  /** What a reader has to know already. */
  readonly warnings: readonly LabWarning[];
}

/**
 * Finds them.
 *
 * @returns The cells; none if there is no earlier run.
 * @throws {RangeError} If the earlier run was another one, or is to be resumed
 *   and repeated.
 */
export async function earlierCells(
  { resume, repeat, read }: LabRunEvents,
  identity: RunIdentity,
  now: { readonly run: RunOptions; readonly plan: readonly CellPlan[] },
): Promise<EarlierCells> {
  const hasTimes = now.run.rounds > 0;
  const finished = resume === undefined
    ? () => undefined
    : finishedCells(resume, identity);
  if (resume !== undefined) {
    const { inputs = [] } = resume.result;
    await requireSameInputs(inputs, resume.name, { read });
  }
  if (resume !== undefined && repeat !== undefined) {
    throw new RangeError(
      "Cannot run: found an earlier run to resume and one to repeat, " +
        "expected one of them",
    );
  }
  const repeated = repeat === undefined
    ? () => undefined
    : repeatedCells(repeat, identity, now);
  if (repeat !== undefined) {
    const { inputs = [] } = repeat.result;
    await requireSameInputs(inputs, repeat.name, { read, verb: "repeat" });
  }
  const kept = now.plan.filter((cell) => finished(cell) !== undefined).length;
  return {
    ...{ finished, repeated, kept },
    warnings: [
      ...(repeat !== undefined && hasTimes ? [repeatWarning(repeat)] : []),
      ...(resume !== undefined && hasTimes ? resumeWarnings(kept) : []),
    ],
  };
}
