/**
 * Whole runs. Several of them, each with options of its own, have their builds
 * in C made in turn, as the cells of a single one have.
 */
import { type LabRunEvents, runEventsSchema } from "./run_events.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { choiceName } from "../setup/run_layouts.ts";
import { completeOptions, type LabRunOptions } from "./options.ts";
import { type LabRun, OpenRun } from "./open_run.ts";
import type { PreparedCell } from "./prepare_cell.ts";
import { startRun } from "./start_run.ts";
import { timeInC } from "./time_in_c.ts";

export type { LabRun };

/** Time between two results so far: summing up a study takes 10 s. */
const SO_FAR_NS = 120e9;

/**
 * Compares layouts.
 *
 * Needs permission to read the lab's own modules, because each layout runs in
 * a worker, and to read the workloads.
 *
 * @param given Options that differ from the defaults.
 * @param events Signal and callbacks.
 * @returns The result; with `failure` if it ended early.
 * @throws {TypeError} If an option or callback is unknown or of the wrong type,
 *   or a layout cannot be sent to a worker.
 * @throws {RangeError} If an option is out of range, or the run to resume is a
 *   different one.
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
  const [run] = await runTogether([{ given, events }]);
  return run as LabRun;
}

export interface LabRunRequest {
  /** Options that differ from the defaults. */
  readonly given: Partial<LabRunOptions>;
  readonly events: LabRunEvents;
}

/**
 * Runs several comparisons one after the other, except for what is timed in C:
 * its builds are made in turn at the end, so that anything the machine does for
 * a while affects the cells of all runs alike.
 *
 * @param requests The runs; the signal of the first ends all of them.
 * @throws {TypeError} As {@linkcode runLab}.
 * @throws {RangeError} As {@linkcode runLab}.
 */
export async function runTogether(
  requests: readonly LabRunRequest[],
): Promise<LabRun[]> {
  const checked = requests.map(({ given, events }) => {
    const options = completeOptions(given);
    checkValue("run", runEventsSchema, events, "events");
    return { options, events, asked: given.layouts?.map(choiceName) };
  });
  const runs: OpenRun[] = [];
  try {
    for (const { options, ...from } of checked) {
      const run = new OpenRun(await startRun(options, from), from.events);
      runs.push(run);
      await run.runUntimed();
    }
    await timeWaiting(runs);
  } catch (error) {
    // Wrong use is reported as such as long as nothing has been run.
    if (runs.length < checked.length) {
      for (const run of runs) await run.end();
      throw error;
    }
    for (const run of runs) run.fail(error);
  }
  const ended: LabRun[] = [];
  for (const run of runs) ended.push(await run.end());
  return ended;
}

async function timeWaiting(runs: readonly OpenRun[]): Promise<void> {
  const runOf = new Map<PreparedCell, OpenRun>(
    runs.flatMap((run) => run.waiting.map((cell) => [cell, run] as const)),
  );
  const [first] = runOf.keys();
  if (first === undefined) return;
  const { clock } = first.options;
  let toldAt = clock();
  await timeInC([...runOf.keys()], {
    onTimed: async (cell, timed) => {
      await runOf.get(cell)?.takeTimes(cell, timed);
    },
    onPass: async (timesOf) => {
      if (clock() - toldAt < SO_FAR_NS) return;
      for (const run of runs) await run.tellSoFar(timesOf);
      toldAt = clock();
    },
  });
}
