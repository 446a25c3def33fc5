/**
 * Times the contenders of a cell, the baseline twice for the noise floor, and
 * what the harness costs beside them.
 */
import { sliceIosLike } from "../contender/cache_state.ts";
import type { Contender } from "../contender/contender.ts";
import { NativeEngineError } from "../native/error.ts";
import type { TimedCompiler } from "./timed_compilers.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import { EMPTY_PATHS, type EmptyPath } from "../setup/empty_path_names.ts";
import type { Progress } from "../statistics/run_rounds.ts";
import { summarise } from "../result/summarise.ts";
import type { Sample } from "../statistics/sample.ts";
import type { AuditedCell } from "./audit_cell.ts";
import type { RunCellOptions } from "./cell_options.ts";
import { birthsOf, type LabRunOptions } from "./options.ts";
import { isolateBytes, isolatesIn } from "./isolate_room.ts";
import type { IsolateKey } from "./isolates.ts";
import { BASELINE } from "../setup/baseline.ts";
import { timeBuilds } from "./time_builds.ts";
import { timeCell } from "./time_cell.ts";
import type { TimedCell } from "./timed_cell.ts";

/** Name of the baseline's second set of births, for the noise floor. */
export const CONTROL = `${BASELINE} (control)`;
/** Builds that are measured at once, each on the clock of its own thread. */
const LANES = 2;

/** What is timed. */
export interface ContendersToTime {
  /** The contenders by name. */
  readonly setups: ReadonlyMap<string, ContenderSetup>;
  /** Their audited cell. */
  readonly audited: AuditedCell;
  /** What the cell is run with. */
  readonly options: RunCellOptions;
  /** Differences that are planted, as shares of a contender's I/Os. */
  readonly planted?: ReadonlyMap<string, number>;
}

/**
 * Times the contenders of an audited cell.
 *
 * @param from Their setups, the cell, and what it is run with.
 * @returns Samples and warm-ups.
 * @throws {Error} If a worker failed.
 */
export function timeContenders(from: ContendersToTime): Promise<TimedCell> {
  const isNative = from.setups.get(BASELINE)?.engine !== undefined;
  return isNative ? timeInC(from) : timeInJs(from);
}

/** In C all are side by side in one worker for some builds. */
async function timeInC(from: ContendersToTime): Promise<TimedCell> {
  const { setups, audited, options, planted } = from;
  const { run, isolates, cell: { poolBytes } } = options;
  const baseline = baselineOf(setups);
  const births = birthsOf(run, "native");
  const contenders = new Map([[CONTROL, baseline], ...setups]);
  const sizeBytes = contenders.size *
    isolateBytes("timed", { poolBytes, depth: run.depth, isNative: true });
  const lanes = Math.min(
    LANES,
    births,
    navigator.hardwareConcurrency,
    Math.max(1, isolatesIn(options.room, sizeBytes)),
  );
  const keys = Array.from({ length: lanes }, (_, lane): IsolateKey => ({
    setup: baseline,
    role: `builds ${lane}`,
    sizeBytes,
  }));
  try {
    const workers: Contender[] = [];
    for (const key of keys) workers.push(await isolates.get(key));
    const timing = {
      ...shared(from, "native"),
      contenders,
      baseline: BASELINE,
      workers,
      births,
      window: audited.window,
      ...(planted ? { planted } : {}),
    };
    const [first, ...more] = options.compilers ?? [];
    try {
      return await timeBuilds({
        ...timing,
        ...(first === undefined ? {} : { compilers: [first, ...more] }),
      });
    } catch (error) {
      // A second compiler that cannot build the path ends no run.
      if (!(error instanceof NativeEngineError) || more.length === 0) {
        throw error;
      }
      const [complaint = ""] = error.message.split("\n");
      return {
        ...await timeBuilds({ ...timing, compilers: [first as TimedCompiler] }),
        complaint,
      };
    }
  } finally {
    for (const key of keys) await isolates.release(key, options.isKept);
  }
}

/** In JavaScript each has an isolate of its own, and so have empty paths. */
function timeInJs(from: ContendersToTime): Promise<TimedCell> {
  const { setups, audited, options, planted } = from;
  const { run, isolates } = options;
  const contenders = [CONTROL, ...setups.keys()];
  const keyOf = isolateKeys(setups, options);
  return timeCell({
    ...shared(from, "js"),
    window: audited.window,
    windowIos: audited.windowIos,
    contenders,
    apart: EMPTY_PATHS,
    isolate: (contender, birth) => isolates.get(keyOf(contender, birth)),
    endBirth: async (birth) => {
      const own = birth === 0 ? [...contenders, ...EMPTY_PATHS] : contenders;
      for (const contender of own) {
        await isolates.release(keyOf(contender, birth), options.isKept);
      }
    },
    births: birthsOf(run, "js"),
    ...(options.burnInNs === undefined ? {} : { burnInNs: options.burnInNs }),
    ...(planted ? { planted } : {}),
  });
}

/** What both engines are told. */
function shared({ options }: ContendersToTime, engine: "js" | "native") {
  const { run, signal, onProgress, twin } = options;
  return {
    rounds: run.rounds,
    budgetNs: options.budgetNs,
    seed: run.seed,
    clock: options.clock,
    ...(twin?.timing?.sliceIos
      ? { sliceIos: sliceIosLike(engine, twin.timing.sliceIos) }
      : {}),
    ...(run.widthPercent === undefined ? {} : {
      enough: (samples: readonly Sample[]) => isNarrow(samples, run),
    }),
    ...(signal ? { signal } : {}),
    onProgress: (progress: Progress) => onProgress?.("timing", progress),
  };
}

function baselineOf(
  setups: ReadonlyMap<string, ContenderSetup>,
): ContenderSetup {
  const setup = setups.get(BASELINE);
  if (setup === undefined) {
    throw new RangeError(`Cannot time "${BASELINE}": it is not in the cell`);
  }
  return setup;
}

/** Which isolate is whose: the same key for the same arguments. */
function isolateKeys(
  setups: ReadonlyMap<string, ContenderSetup>,
  options: RunCellOptions,
): (contender: string, birth: number) => IsolateKey {
  const { run, cell: { poolBytes } } = options;
  const keys = new Map<string, IsolateKey>();
  const names = [CONTROL, ...setups.keys()];
  const make = (contender: string, birth: number): IsolateKey => {
    const isControl = contender === CONTROL;
    const empty = EMPTY_PATHS.find((name) => name === contender);
    const setup = isControl || empty !== undefined
      ? baselineOf(setups)
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
          // Each contender has luck of its own.
          scatterSeed: birth * names.length + names.indexOf(contender),
        }
        : emptySetup(setup, empty),
      role: `${isControl ? "control" : "timed"} ${birth}`,
      sizeBytes: isolateBytes("timed", {
        poolBytes,
        depth: run.depth,
        isNative: false,
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
