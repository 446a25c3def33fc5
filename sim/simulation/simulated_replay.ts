/**
 * Replays windows of I/Os through a path in simulated time, as many in flight
 * as its depth allows, and checks every I/O as it ends: its status, and every
 * byte of it where there is data memory.
 */
import { assemblySchema } from "../setup/assembly_form.ts";
import { simulatedReplaySchema } from "./simulation_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { BLK_STS } from "../kernel/operation.ts";
import { serviceTimes } from "../time/service_time.ts";
import type { Arrivals } from "../time/arrivals.ts";
import { fillMedium, type PhysicalMemory } from "../memory/physical_memory.ts";
import { randomStream } from "../random/random_stream.ts";
import { HeldPages } from "../replay/held_pages.ts";
import {
  eachPiece,
  requireNothingInUse,
  WrongIoError,
} from "../replay/replay.ts";
import { type IoWindow, WINDOW_OP } from "../workload/window.ts";
import { checkBytes } from "./buffer_bytes.ts";
import { type BusyBuffers, createBusyBuffers } from "./busy_buffers.ts";
import { endName } from "./end_name.ts";
import { assembleSimulated } from "./simulated_path.ts";
import type {
  IoEnd,
  SimulatedPath,
  SimulationCounts,
  SimulationOptions,
} from "./simulation.ts";
import type { AssemblyOptions } from "../setup/assembly.ts";
import { NO_FAULTS } from "../fault/plan.ts";
import type { RuleCount } from "../fault/armed_faults.ts";

export interface SimulatedReplayOptions extends SimulationOptions {
  /** How I/Os arrive; default: as fast as the path's depth allows. */
  readonly arrivals?: Exclude<Arrivals, { kind: "closed" }>;
  /** Whether the latency of each I/O is kept; default: true. */
  readonly keepsLatencies?: boolean;
}

export interface SimulatedWindow {
  /** Indexes of the I/Os. */
  readonly ios: Int32Array;
  /** Number of the window's first I/O in the workload. */
  readonly firstIo: number;
  /** Data memory to check bytes in; default: none are checked. */
  readonly data?: PhysicalMemory;
  /** Takes the status of each I/O by its index: blk_status_t, or -errno. */
  readonly statuses?: Int16Array;
}

/** What a simulated replay found. */
export interface SimulationReport {
  /** I/Os that ended. */
  readonly ios: number;
  /** I/Os by name of their status: OK, an errno's, or a blk_status_t's. */
  readonly statuses: Readonly<Record<string, number>>;
  /** What happened on the way. */
  readonly counts: SimulationCounts;
  /** What became of each rule of the plan. */
  readonly rules: readonly RuleCount[];
  /** Bytes that were checked in buffers. */
  readonly verifiedBytes: number;
  /** Simulated time. */
  readonly elapsedNs: number;
  /** Simulated latencies of I/Os that had a bio, by their ends; if kept. */
  readonly latenciesNs: readonly number[];
  /** Share of the time that channels were at work; null without channels. */
  readonly utilisation: number | null;
  /** Digest of all statuses in the order of I/Os. */
  readonly statusDigest: string;
}

export interface SimulatedReplay {
  readonly simulated: SimulatedPath;
  /**
   * Replays a window and waits until all of it has ended.
   *
   * @throws {WrongIoError} If a status or a byte is wrong, or a resource is
   *   still in use afterwards; names the I/O.
   */
  readonly replay: (window: IoWindow, what: SimulatedWindow) => void;
  /** What was found so far. */
  readonly report: () => SimulationReport;
}

/**
 * Makes a replay in simulated time.
 *
 * @param options What the path is put together from; it must decode, and its
 *   data memory be the one that windows are checked in.
 *
 * @example Every tenth command fails once, and is tried again
 * ```ts
 * import { findAbi, findLayout } from "@bvec/lab";
 * import {
 *   defaultMemoryMap,
 *   openWorkload,
 *   QUEUE_LIMIT_PRESETS,
 *   readFaultPlan,
 * } from "@bvec/lab";
 * import { PhysicalMemory } from "../memory/physical_memory.ts";
 * import { dataIos } from "../replay/replay.ts";
 * import { createSimulatedReplay } from "./simulated_replay.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const map = defaultMemoryMap(true);
 * const data = new PhysicalMemory(map);
 * const { replay, report } = createSimulatedReplay({
 *   layout: findLayout("phys_packed"),
 *   abi: findAbi("lp64"),
 *   kernel: "7.2",
 *   recognition: "page",
 *   limits: QUEUE_LIMIT_PRESETS.nvme_prp,
 *   map,
 *   depth: 8,
 *   decode: true,
 *   data: () => data,
 * }, {
 *   plan: readFaultPlan(
 *     `{"schemaVersion": 1, "faults": [
 *       {"kind": "status", "every": 10, "status": "internal"}
 *     ]}`,
 *     "plan.json",
 *   ),
 * });
 * const workload = await openWorkload("randrw-70-30-4k", {
 *   seed: 1,
 *   memoryMap: map,
 *   ios: 100,
 * });
 * for await (const window of workload.windows({ ios: 100, pieces: 200 })) {
 *   replay(window, { ios: dataIos(window), firstIo: 0, data });
 * }
 * assertEquals(report().statuses, { OK: 100 });
 * assertEquals(report().counts.retries, 10);
 * ```
 */
export function createSimulatedReplay(
  options: AssemblyOptions,
  simulation: SimulatedReplayOptions = {},
): SimulatedReplay {
  checkValue("simulate a replay", assemblySchema, options, "options");
  checkValue(
    "simulate a replay",
    simulatedReplaySchema,
    simulation,
    "simulation",
  );
  const { arrivals, keepsLatencies = true, ...others } = simulation;
  const { plan = NO_FAULTS } = simulation;
  const salt = options.salt ?? 0;
  const busy = createBusyBuffers();
  const ended = countEnds({ busy, salt, keepsLatencies });
  let current: ReplayedWindow | undefined;
  let statusHash = 0x811c9dc5 | 0;
  let arrivedNs = 0;
  const between = arrivals === undefined ? undefined : serviceTimes(
    {
      kind: arrivals.kind === "even" ? "det" : "exp",
      meanNs: 1e9 / arrivals.perSecond,
    },
    randomStream(simulation.seed ?? plan.seed, "arrivals"),
  );
  const simulated = assembleSimulated(options, {
    ...others,
    onEnd: (end) => {
      if (current !== undefined) ended.take(end, current);
      simulation.onEnd?.(end);
    },
  });

  let opened: IoWindow | undefined;
  const held = new HeldPages(simulated.assembly.pages);
  const replay = (window: IoWindow, what: SimulatedWindow): void => {
    if (window !== opened) simulated.assembly.path.open(window);
    opened = window;
    held.begin(window);
    const statuses = what.statuses ??
      new Int16Array(window.counts[0] ?? 0);
    current = { window, what: { ...what, statuses } };
    for (const io of what.ios) {
      const number = what.firstIo + io;
      try {
        if (what.data !== undefined) {
          if (!busy.areFree(window, io)) simulated.drain();
          busy.take(window, io);
          fillBuffers({ data: what.data, window, io }, salt);
        }
        if (between !== undefined) {
          simulated.passTo(arrivedNs);
          simulated.submit(window, io, { number, arrivedNs });
          arrivedNs += between();
        } else simulated.submit(window, io, { number });
      } catch (error) {
        throw wrongIo(error, `up to I/O ${number}`);
      }
    }
    try {
      simulated.drain();
    } catch (error) {
      throw wrongIo(
        error,
        `after I/O ${what.firstIo + (what.ios.at(-1) ?? 0)}`,
      );
    }
    requireNothingInUse(
      { ...simulated.balance(), ...held.balance() },
      what.firstIo,
    );
    for (const io of what.ios) {
      statusHash = Math.imul(statusHash ^ (statuses[io] as number), 0x01000193);
    }
    const { lateAnswers } = simulated.counts();
    if (lateAnswers > 0) {
      throw new WrongIoError(
        `Cannot trust the I/Os from ${what.firstIo} on: ${lateAnswers} ` +
          `look-ups found a provider that was gone, expected none`,
      );
    }
  };
  return {
    simulated,
    replay,
    report: () => {
      const elapsedNs = simulated.nowNs();
      const channels = (simulation.model ?? plan.device)?.channels ?? null;
      return {
        ...ended.seen(),
        counts: simulated.counts(),
        rules: simulated.rules,
        elapsedNs,
        utilisation: channels === null || elapsedNs === 0
          ? null
          : simulated.model.busyNs / (elapsedNs * channels),
        statusDigest: (statusHash >>> 0).toString(16).padStart(8, "0"),
      };
    },
  };
}

interface ReplayedWindow {
  readonly window: IoWindow;
  readonly what: SimulatedWindow;
}

/** Looks at I/Os as they end: status, latency, bytes. */
function countEnds(
  { busy, salt, keepsLatencies }: {
    readonly busy: BusyBuffers;
    readonly salt: number;
    readonly keepsLatencies: boolean;
  },
) {
  const statusCounts = new Map<number, number>();
  const latenciesNs: number[] = [];
  let ios = 0;
  let verifiedBytes = 0;
  return {
    take: (end: IoEnd, { window, what }: ReplayedWindow): void => {
      ios++;
      // What was refused before it had a bio has no latency.
      if (end.status >= 0 && keepsLatencies) latenciesNs.push(end.latencyNs);
      statusCounts.set(end.status, (statusCounts.get(end.status) ?? 0) + 1);
      if (what.statuses !== undefined) what.statuses[end.io] = end.status;
      if (what.data === undefined) return;
      busy.give(window, end.io);
      if (end.status !== BLK_STS.ok) return;
      verifiedBytes += checkBytes(window, {
        end,
        data: what.data,
        salt,
        number: what.firstIo + end.io,
      });
    },
    seen: () => ({
      ios,
      statuses: Object.fromEntries(
        [...statusCounts].toSorted(([a], [b]) => b - a)
          .map(([status, count]) => [endName(status), count]),
      ),
      verifiedBytes,
      latenciesNs,
    }),
  };
}

/** Gives an I/O's buffers what it writes, or nothing of what it reads. */
function fillBuffers(
  on: { data: PhysicalMemory; window: IoWindow; io: number },
  salt: number,
): void {
  const isWrite = on.window.op[on.io] === WINDOW_OP.write;
  eachPiece(on, (words, { index, count, word }) => {
    if (isWrite) fillMedium(words, { index, count, word, salt });
    else words.fill(0, index, index + count);
    return -1;
  });
}

function wrongIo(error: unknown, where: string): Error {
  if (!(error instanceof Error)) return new WrongIoError(String(error));
  if (error.name === "WrongIoError") return error;
  return new WrongIoError(`Cannot trust I/Os ${where}: ${error.message}`);
}
