/** The DataView path beside the same path in C, and C beside fio. */
import { Contender } from "../contender/contender.ts";
import type {
  ContenderSetup,
  OpenedWindow,
} from "../contender/contender_protocol.ts";
import { medianOf } from "../statistics/median.ts";
import { fioNull } from "../native/fio_null.ts";
import {
  caseName,
  FIO_CASE,
  openCase,
  SPEED_CASES,
  type SpeedCase,
} from "./speed_cases.ts";
import {
  atMost,
  type BySize,
  type Measured,
  type TargetGroup,
  type TargetSize,
} from "./target.ts";
import { medianRatio, takeTurns } from "./turns.ts";

const LAYOUTS = ["page_offset", "phys_flags", "phys_packed"] as const;

interface Effort {
  /** Pairs of fresh isolates and freshly linked objects. */
  readonly builds: number;
  readonly rounds: number;
  /** CPU time before anything counts: V8 has compiled everything then. */
  readonly burnInNs: number;
  /** CPU time of one measurement, well below a scheduler's slice. */
  readonly sliceNs: number;
}

const EFFORTS: BySize<Effort> = {
  tiny: { builds: 1, rounds: 1, burnInNs: 1, sliceNs: 1 },
  quick: { builds: 3, rounds: 60, burnInNs: 1.5e9, sliceNs: 0.5e6 },
  full: { builds: 9, rounds: 60, burnInNs: 2e9, sliceNs: 0.5e6 },
};
/** A build takes this much CPU time at most, except for three rounds. */
const BUILD_NS = 2e9;

/** CPU ns per I/O of both engines, round by round. */
export interface PathTimes {
  /** The DataView path. */
  readonly js: readonly number[];
  /** The path in C. */
  readonly native: readonly number[];
}

/**
 * Times one case on both engines, in turns.
 *
 * @throws {Error} If there is no C compiler.
 */
async function timeEngines(
  from: SpeedCase,
  layout: string,
  size: TargetSize,
): Promise<PathTimes> {
  const { builds, rounds, burnInNs, sliceNs } = EFFORTS[size];
  const small = size === "tiny" ? { ...from, ios: 32 } : from;
  const { window, windowIos, setup } = await openCase(small);
  const js: number[] = [];
  const native: number[] = [];
  for (let build = 0; build < builds; build++) {
    const setups: ContenderSetup[] = [
      { ...setup, layout },
      { ...setup, layout, engine: { name: "native", build } },
    ];
    const contenders: Contender[] = [];
    try {
      const turns: (() => Promise<number>)[] = [];
      let nsOfRound = 0;
      for (const one of setups) {
        const contender = await Contender.start(one);
        contenders.push(contender);
        const opened = await contender.ask({ kind: "open", window });
        const ns = await burnIn(contender, opened.window, burnInNs);
        const passes = Math.max(1, Math.round(sliceNs / (ns * windowIos)));
        nsOfRound += passes * windowIos * ns;
        turns.push(async () => {
          const { cpuNs, ios } = await contender.ask({
            kind: "time",
            window: opened.window,
            first: 0,
            ios: passes * windowIos,
          });
          return cpuNs / ios;
        });
      }
      const [ofJs, ofNative] = turns;
      if (ofJs === undefined || ofNative === undefined) break;
      const fit = Math.max(3, Math.floor(BUILD_NS / nsOfRound));
      const found = await takeTurns(
        { js: ofJs, native: ofNative },
        Math.min(rounds, fit),
        Math.min(5, rounds - 1),
      );
      js.push(...found.js);
      native.push(...found.native);
    } finally {
      for (const contender of contenders) contender.stop();
    }
  }
  return { js, native };
}

/** Works until V8 has compiled; CPU ns per I/O of the last pass. */
async function burnIn(
  contender: Contender,
  window: OpenedWindow,
  burnInNs: number,
): Promise<number> {
  for (let spentNs = 0;;) {
    const { cpuNs, ios } = await contender.ask({
      kind: "time",
      window,
      first: 0,
      ios: window.ios,
    });
    spentNs += Math.max(1, cpuNs);
    if (spentNs >= burnInNs) return Math.max(1, cpuNs) / ios;
  }
}

/** Says in one line why C could not be measured. */
async function orReason(
  measure: () => Promise<readonly Measured[]>,
): Promise<readonly Measured[]> {
  try {
    return await measure();
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error("no C");
    return [message];
  }
}

/** Ratios of the DataView path to C by case and layout. */
const ratios: readonly TargetGroup[] = SPEED_CASES.flatMap((from) => {
  const { target } = from;
  return target === undefined ? [] : LAYOUTS.map((layout): TargetGroup => ({
    targets: [atMost(`path/${target.name}/${layout}`, target.mostOfC, "x C")],
    measure: (size) =>
      orReason(async () => {
        const { js, native } = await timeEngines(from, layout, size);
        return [medianRatio(js, native)];
      }),
  }));
});

/** The path in C against what fio's null engine takes. */
const overFio: TargetGroup = {
  targets: [
    {
      name: "path/c-over-fio",
      unit: `x fio --ioengine=null (${caseName(FIO_CASE)})`,
      wanted: 1,
      bound: "at most",
    },
  ],
  measure: (size) =>
    orReason(async () => {
      const fio = await fioNull();
      if (fio === undefined) return ["fio is not installed, or may not run"];
      const { native } = await timeEngines(FIO_CASE, "page_offset", size);
      return [medianOf(native) / fio.cpuNs];
    }),
};

export const PATH_TARGETS: readonly TargetGroup[] = [...ratios, overFio];
