/**
 * Times the contenders of a cell, the baseline twice for the noise floor, and
 * what the harness costs beside them.
 */
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import { EMPTY_PATHS, type EmptyPath } from "../setup/empty_path_names.ts";
import { BASELINE } from "../setup/baseline.ts";
import { isolateBytes, isolatesIn } from "./isolate_room.ts";
import type { IsolateKey } from "./isolates.ts";
import { jsBuildsOf } from "./options.ts";
import { timeCell } from "./time_cell.ts";
import { timeInC } from "./time_in_c.ts";
import type { TimedCell } from "./timed_cell.ts";
import {
  baselineSetup,
  type ContendersToTime,
  CONTROL,
  firstBuildOf,
  sharedTiming,
} from "./timing_options.ts";

/**
 * Times the contenders of an audited cell.
 *
 * @throws {Error} If a worker failed.
 */
export async function timeContenders(
  from: ContendersToTime,
): Promise<TimedCell> {
  const isNative = from.setups.get(BASELINE)?.engine !== undefined;
  if (!isNative) return await timeInJs(from);
  let found: TimedCell | undefined;
  await timeInC([from], {
    onTimed: (_cell, timed) => {
      found = timed;
      return Promise.resolve();
    },
  });
  return found as TimedCell;
}

/** In JavaScript each has an isolate of its own, and so have empty paths. */
function timeInJs(from: ContendersToTime): Promise<TimedCell> {
  const { setups, audited, options } = from;
  const { run, isolates, room, cell: { poolBytes } } = options;
  const load = { poolBytes, depth: run.depth, isNative: false };
  const sizeBytes = isolateBytes("timed", load);
  const firstBuild = firstBuildOf(options);
  const isRepeated = firstBuild > 0;
  // An earlier run has found out what the harness costs.
  const apart = isRepeated ? [] : EMPTY_PATHS;
  const contenders = [CONTROL, ...setups.keys()];
  const keyOf = isolateKeys(setups, sizeBytes);
  return timeCell({
    ...sharedTiming(from, "js"),
    budgetNs: options.budgetNs,
    clock: options.clock,
    signal: options.signal,
    window: audited.window,
    windowIos: audited.windowIos,
    contenders,
    apart,
    isolate: (contender, build) =>
      isolates.get(keyOf(contender, firstBuild + build)),
    goesAhead: isolatesIn(room, sizeBytes) >=
      contenders.length + EMPTY_PATHS.length + navigator.hardwareConcurrency,
    endBuild: async (build) => {
      const own = build === 0 ? [...contenders, ...apart] : contenders;
      for (const contender of own) {
        const key = keyOf(contender, firstBuild + build);
        await isolates.release(key, options.isKept);
      }
    },
    builds: jsBuildsOf(run, isRepeated),
    burnInNs: options.burnInNs,
  });
}

/** Which isolate is whose: the same key for the same arguments. */
function isolateKeys(
  setups: ReadonlyMap<string, ContenderSetup>,
  sizeBytes: number,
): (contender: string, build: number) => IsolateKey {
  const keys = new Map<string, IsolateKey>();
  const names = [CONTROL, ...setups.keys()];
  const make = (contender: string, build: number): IsolateKey => {
    const isControl = contender === CONTROL;
    const empty = EMPTY_PATHS.find((name) => name === contender);
    const setup = isControl || empty !== undefined
      ? baselineSetup(setups)
      : setups.get(contender);
    if (setup === undefined) {
      throw new RangeError(
        `Cannot time "${contender}": it is not in the cell`,
      );
    }
    return {
      setup: empty === undefined
        ? {
          ...setup,
          // Code placement is luck, and each contender has its own.
          scatterSeed: build * names.length + names.indexOf(contender),
        }
        : emptySetup(setup, empty),
      role: `${isControl ? "control" : "timed"} ${build}`,
      sizeBytes,
    };
  };
  return (contender, build) => {
    const name = `${build} ${contender}`;
    const key = keys.get(name) ?? make(contender, build);
    keys.set(name, key);
    return key;
  };
}

/** Enough of a setup for a worker without a path; one serves all cells. */
function emptySetup(from: ContenderSetup, empty: EmptyPath): ContenderSetup {
  const { engine: _engine, ...setup } = from;
  return { ...setup, empty };
}
