/**
 * Times the contenders of a cell, the baseline twice for the noise floor, and
 * the workers without a path beside them.
 */
import type { ContenderSetup } from "../contender_protocol.ts";
import { EMPTY_PATHS, type EmptyPath } from "../empty_path.ts";
import { type Sample, summarise } from "../experiment/summarise.ts";
import type { AuditedCell } from "./audit_cell.ts";
import type { RunCellOptions } from "./cell_options.ts";
import type { LabRunOptions } from "./options.ts";
import { isolateBytes } from "./isolate_room.ts";
import type { IsolateKey } from "./isolates.ts";
import { BASELINE } from "./plan.ts";
import { timeCell, type TimedCell } from "./time_cell.ts";

/** Name of the baseline's second set of isolates, for the noise floor. */
export const CONTROL = `${BASELINE} (control)`;

/**
 * Times the contenders of an audited cell.
 *
 * @param from Their setups, the cell, and what it is run with.
 * @returns Samples and warm-ups.
 * @throws {Error} If a worker failed.
 */
export function timeContenders(
  from: {
    setups: ReadonlyMap<string, ContenderSetup>;
    audited: AuditedCell;
    options: RunCellOptions;
  },
): Promise<TimedCell> {
  const { setups, audited, options } = from;
  const { run, isolates, signal, onProgress, timer } = options;
  const contenders = [CONTROL, ...setups.keys()];
  const keyOf = isolateKeys(setups, options);
  return timeCell({
    window: audited.window,
    windowIos: audited.windowIos,
    contenders,
    apart: EMPTY_PATHS,
    isolate: (contender, birth) => isolates.get(keyOf(contender, birth)),
    endBirth: async (birth) => {
      for (const contender of [...contenders, ...EMPTY_PATHS]) {
        await isolates.release(keyOf(contender, birth), options.isKept);
      }
    },
    births: run.births,
    rounds: run.rounds,
    budgetNs: options.budgetNs,
    seed: run.seed,
    clock: options.clock,
    ...(timer ? { timer } : {}),
    ...(run.widthPercent === undefined ? {} : {
      enough: (samples) => isNarrow(samples, run),
    }),
    ...(signal ? { signal } : {}),
    onProgress: (progress) => onProgress?.("timing", progress),
  });
}

/** Which isolate is whose: the same key for the same arguments. */
function isolateKeys(
  setups: ReadonlyMap<string, ContenderSetup>,
  options: RunCellOptions,
): (contender: string, birth: number) => IsolateKey {
  const { run, cell: { poolBytes } } = options;
  const keys = new Map<string, IsolateKey>();
  const make = (contender: string, birth: number): IsolateKey => {
    const isControl = contender === CONTROL;
    const empty = EMPTY_PATHS.find((name) => name === contender);
    const ownSetup = setups.get(
      isControl || empty !== undefined ? BASELINE : contender,
    );
    if (ownSetup === undefined) {
      throw new RangeError(
        `Cannot time "${contender}": it is not in the cell`,
      );
    }
    const setup = empty === undefined ? ownSetup : emptySetup(ownSetup, empty);
    return {
      setup: setup.engine === undefined ? setup : {
        ...setup,
        // The control's code lies elsewhere, too.
        engine: {
          ...setup.engine,
          birth: isControl ? run.births + birth : birth,
        },
      },
      role: `${isControl ? "control" : "timed"} ${birth}`,
      sizeBytes: isolateBytes("timed", {
        poolBytes,
        depth: run.depth,
        isNative: setup.engine !== undefined,
      }),
    };
  };
  return (contender, birth) => {
    const name = `${birth} ${contender}`;
    const key = keys.get(name) ?? make(contender, birth);
    keys.set(name, key);
    return key;
  };
}

/** Enough of a setup for a worker without a path; one serves all cells. */
function emptySetup(from: ContenderSetup, empty: EmptyPath): ContenderSetup {
  const { engine: _engine, ...setup } = from;
  return { ...setup, empty };
}

/** Whether no ratio of the samples so far is wider than was wished. */
function isNarrow(samples: readonly Sample[], run: LabRunOptions): boolean {
  const { contenders } = summarise(samples, {
    baseline: BASELINE,
    control: CONTROL,
    seed: run.seed,
    permutations: 1, // only intervals are asked for
  });
  const widest = Math.max(
    ...contenders.map(({ ratio: { median, low, high } }) =>
      low === null || high === null
        ? Infinity
        : Math.max(high / median, median / low) - 1
    ),
  );
  return 100 * widest <= (run.widthPercent ?? Infinity);
}
