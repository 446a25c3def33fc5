/**
 * Drives an experiment: asks for one measurement after the other until the
 * rounds, the builds or the time run out. It knows neither workers nor the
 * path, and its clock is handed in.
 */
import { roundsSchema } from "./rounds_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { schedule } from "./schedule.ts";
import type { Sample } from "./sample.ts";

/** How far an experiment is. */
export interface Progress {
  /** Measurements made. */
  readonly done: number;
  /** Measurements planned, less those given up for time. */
  readonly total: number;
  /** Time since the start. */
  readonly elapsedNs: number;
  /** Estimated time to the end; `null` before the first measurement. */
  readonly remainingNs: number | null;
}

export interface RoundsOptions {
  /** Names of all contenders, the control among them. */
  readonly contenders: readonly string[];
  /** Names of those that take part in the first build alone; default: none. */
  readonly apart?: readonly string[] | undefined;
  readonly builds: number;
  readonly rounds: number;
  readonly seed: number;
  /** Time for all builds; each gets an equal share of what remains. */
  readonly budgetNs: number;
  /** Rounds per build that are run whatever they take; default: 3. */
  readonly leastRounds?: number | undefined;
  /** A monotonic clock in ns. */
  readonly clock: () => number;
  /** Runs one batch and gives its time per I/O in ns. */
  readonly measure: (
    contender: string,
    build: number,
    round: number,
  ) => Promise<number>;
  /** Makes the contenders of a build and warms them up. */
  readonly beginBuild?: ((build: number) => Promise<void>) | undefined;
  /** Called when all contenders of a round had their turn. */
  readonly endRound?:
    | ((build: number, round: number) => Promise<void>)
    | undefined;
  /** Ends the contenders of a build; called after an error too. */
  readonly endBuild?: ((build: number) => Promise<void>) | undefined;
  /** Stops the experiment; finished rounds are kept. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every measurement. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Asked after every build from the second on: is the answer good enough? */
  readonly enough?: ((samples: readonly Sample[]) => boolean) | undefined;
}

export interface RoundsResult {
  /** All samples in the order of measuring. */
  readonly samples: readonly Sample[];
  readonly ended: "complete" | "budget" | "enough" | "interrupted";
}

/**
 * Runs an experiment.
 *
 * @param options Contenders, limits and the functions that do the work.
 * @returns The samples and why it ended; `budget` if any build had to do with
 * fewer rounds than planned.
 *
 * @example Three rounds of two contenders, on a clock of their own
 * ```ts
 * import { runRounds } from "./run_rounds.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let nowNs = 0;
 * const { samples, ended } = await runRounds({
 *   contenders: ["page_offset", "phyr"],
 *   builds: 1,
 *   rounds: 3,
 *   seed: 1,
 *   budgetNs: 1e9,
 *   clock: () => nowNs,
 *   measure: () => Promise.resolve(nowNs += 100),
 * });
 *
 * assertEquals([samples.length, ended], [6, "complete"]);
 * ```
 */
export async function runRounds(options: RoundsOptions): Promise<RoundsResult> {
  checkValue("run rounds", roundsSchema, options);
  const { clock, builds, signal } = options;
  const samples: Sample[] = [];
  const start = clock();
  const steps = [...schedule(options)];
  const progress = progressTeller(options, { start, total: steps.length });
  let cut = false;
  for (let build = 0; build < builds; build++) {
    const left = options.budgetNs - (clock() - start);
    const deadline = clock() + Math.max(0, left) / (builds - build);
    try {
      if (signal?.aborted) return { samples, ended: "interrupted" };
      await options.beginBuild?.(build);
      let lastRound = -1;
      const own = steps.filter((step) => step.build === build);
      for (const [position, step] of own.entries()) {
        if (signal?.aborted) return { samples, ended: "interrupted" };
        const isFirst = step.round !== lastRound;
        if (isFirst && outOfTime(step.round, deadline, options)) {
          cut = true;
          progress.give(own.length - position);
          break;
        }
        lastRound = step.round;
        const nsPerIo = await options.measure(
          step.contender,
          build,
          step.round,
        );
        samples.push({ ...step, nsPerIo });
        progress.step();
        if (own[position + 1]?.round !== step.round) {
          await options.endRound?.(build, step.round);
        }
      }
    } finally {
      await options.endBuild?.(build);
    }
    const last = build === builds - 1;
    if (!last && build >= 1 && options.enough?.(samples)) {
      return { samples, ended: "enough" };
    }
  }
  return { samples, ended: cut ? "budget" : "complete" };
}

function outOfTime(
  round: number,
  deadline: number,
  options: RoundsOptions,
): boolean {
  return round >= (options.leastRounds ?? 3) && options.clock() >= deadline;
}

function progressTeller(
  options: RoundsOptions,
  from: { readonly start: number; readonly total: number },
): { step(): void; give(steps: number): void } {
  let done = 0;
  let { total } = from;
  return {
    step() {
      done++;
      const elapsedNs = options.clock() - from.start;
      const byWork = (elapsedNs / done) * (total - done);
      const byBudget = Math.max(0, options.budgetNs - elapsedNs);
      const remainingNs = Math.min(byWork, byBudget);
      options.onProgress?.({ done, total, elapsedNs, remainingNs });
    },
    give(steps) {
      total -= steps;
    },
  };
}
