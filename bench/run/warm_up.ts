/**
 * A few I/Os before isolates audit or trace layouts, one after the other.
 *
 * V8 compiles the path for the first layout that it sees, with all that the
 * layout's codec does inside, and again for the second, and the third: 4 s of
 * the compiler's time for ten layouts of three workloads, and two where it has
 * seen two layouts before anything is hot. Those cost 40 ms each.
 */
import type { Cpu } from "../../sim/cache/cpu.ts";
import { dataIos } from "../../sim/replay/replay.ts";
import { copyWindow, type IoWindow } from "../../sim/workload/window.ts";
import type { Contender } from "../contender/contender.ts";
import type {
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";

/** Fewer layouts are done before the compiler is. */
const LEAST_LAYOUTS = 4;
/** Layouts that are seen before: two that share nothing are any number. */
const LAYOUTS = 2;
/** I/Os of each. */
const IOS = 4;
/** Bytes of those that are moved and checked, at most. */
const MOST_BYTES = 1 << 20;

/** What an isolate runs without anybody looking at it. */
export interface AuditWarmUp {
  /** The layouts, as setups. */
  readonly setups: readonly ContenderSetup[];
  /** The I/Os. */
  readonly window: WindowHandle;
  /** How many. */
  readonly ios: number;
  /** How many of them are verified. */
  readonly verifyIos: number;
  /** The CPU whose caches are modelled. */
  readonly cpu?: Cpu | undefined;
}

/**
 * Finds what isolates are warmed up with.
 *
 * @param setups The layouts that they are to audit, in the order of the tables.
 * @param windows The windows of the workload.
 * @returns The last of the layouts, which are least like the first ones, and the
 *   first I/Os; nothing where it would not pay, or there is no I/O.
 */
export function warmUpOf(
  setups: readonly ContenderSetup[],
  windows: readonly IoWindow[],
): AuditWarmUp | undefined {
  if (setups.length < LEAST_LAYOUTS) return undefined;
  const first = windows.find((window) => dataIos(window).length > 0);
  if (first === undefined) return undefined;
  const copy = firstIos(first, IOS);
  const ios = dataIos(copy);
  if (ios.length === 0) return undefined;
  let bytes = 0;
  const verifyIos = ios.findIndex((io) =>
    (bytes += copy.lengthBytes[io] as number) > MOST_BYTES
  );
  return {
    // What else a setup has is the run's; the path in C is not warmed up.
    setups: setups.slice(-LAYOUTS).map((one) => ({
      ...one,
      engine: undefined,
    })),
    window: { buffer: copy.buffer, capacity: copy.capacity },
    ios: ios.length,
    verifyIos: verifyIos < 0 ? ios.length : verifyIos,
  };
}

/**
 * Warms an isolate up. Errors are not reported: the audit, which does the same,
 * will report them better.
 *
 * @param worker The isolate; nobody else may ask it anything meanwhile.
 * @param does Whether it will audit, trace, or both.
 */
export async function warmUpWorker(
  worker: Contender,
  { setups, window, ios, verifyIos, cpu }: AuditWarmUp,
  does: { readonly audits: boolean; readonly traces: boolean },
): Promise<void> {
  for (const setup of setups) {
    try {
      await worker.become(setup);
      if (does.audits) {
        await worker.ask({
          ...{ kind: "audit", window, firstIo: 0, restart: true, verifyIos },
        });
      }
      if (does.traces) await worker.ask({ kind: "trace", window, cpu, ios });
    } catch {
      // Nobody has asked for it.
    }
  }
}

/** The first I/Os of a window, in one of their own. */
function firstIos(window: IoWindow, most: number): IoWindow {
  const ios = Math.min(most, window.counts[0] ?? 0);
  const pieces = window.firstPiece[ios] ?? 0;
  return copyWindow({ ...window, counts: Int32Array.of(ios, pieces) });
}
