/**
 * The simulated half of a cell: every layout runs the workload with a device in
 * simulated time and with the faults of a plan, and all with the same P2P
 * detection must have ended every I/O alike.
 */
import { endName } from "../../sim/simulation/end_name.ts";
import type { Workload } from "../../sim/workload/workload.ts";
import { WrongAnswerError } from "../shell/context.ts";
import { verifiedIos, windowCapacity } from "./audit_cell.ts";
import type { Auditor } from "./examination.ts";
import { inParallel } from "../machine/in_parallel.ts";
import type {
  ResultSimulatedLayout,
  ResultSimulation,
} from "../simulate/result_types.ts";
import {
  arrivalsName,
  simulatedDeviceName,
  type SimulationSetup,
} from "../simulate/setup.ts";

export interface SimulateOptions {
  /** Isolates that will never be timed, by name of the layout. */
  readonly contenders: ReadonlyMap<string, Auditor>;
  /** Device, arrivals and faults. */
  readonly setup: SimulationSetup;
  /** Seed of service times and arrivals. */
  readonly seed: number;
  /** I/Os in flight at most. */
  readonly depth: number;
  /** How I/Os ended in other isolates, if the cell is run part by part. */
  readonly ended?: EndedIos | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each window with how many I/Os are done. */
  readonly onProgress?: (ios: number) => void;
}

/** How each I/O of a window ended, by recognition and window. */
export type EndedIos = Map<string, {
  readonly name: string;
  readonly statuses: Int16Array;
}>;

/**
 * Simulates a cell, or a part of its layouts.
 *
 * @param options Contenders, device, faults.
 * @throws {WrongAnswerError} If an I/O ended with a wrong status, a byte was
 *   wrong, or layouts ended an I/O differently; names layout and I/O.
 */
export async function simulateCell(
  workload: Workload,
  options: SimulateOptions,
): Promise<ResultSimulation> {
  const { contenders, setup, seed, depth, signal, ended } = options;
  let firstIo = 0;
  for await (
    const window of workload.windows(
      windowCapacity(workload.placement.poolBytes),
    )
  ) {
    signal?.throwIfAborted();
    const restart = firstIo === 0;
    const ios = window.counts[0] ?? 0;
    const verifyIos = restart ? verifiedIos(window) : 0;
    const statuses = new Map<string, Int16Array>();
    await inParallel([...contenders], async ([name, contender]) => {
      const words = new Int16Array(new SharedArrayBuffer(ios * 2));
      statuses.set(name, words);
      await contender.ask({
        kind: "simulate",
        window: { buffer: window.buffer, capacity: window.capacity },
        firstIo,
        restart,
        verifyIos,
        simulation: setup,
        seed,
        statuses: words.buffer,
      });
    });
    compareStatuses(contenders, { statuses, firstIo, ended });
    firstIo += ios;
    options.onProgress?.(firstIo);
  }
  const layouts: ResultSimulatedLayout[] = [];
  for (const [layout, contender] of contenders) {
    const { kind: _kind, ...answer } = await contender.ask({
      kind: "simulation",
    });
    const { recognition } = contender.setup;
    layouts.push({ layout, recognition, ...answer });
  }
  return {
    device: simulatedDeviceName(setup),
    arrivals: arrivalsName(setup, depth),
    plan: setup.plan?.name ?? null,
    planSeed: setup.plan?.seed ?? null,
    layouts,
  };
}

/** All layouts of one recognition must have ended every I/O alike. */
function compareStatuses(
  contenders: ReadonlyMap<string, Auditor>,
  found: {
    statuses: ReadonlyMap<string, Int16Array>;
    firstIo: number;
    ended: EndedIos | undefined;
  },
): void {
  const { statuses, firstIo, ended = new Map() } = found;
  for (const [name, contender] of contenders) {
    const key = `${firstIo}, ${contender.setup.recognition}`;
    const mine = statuses.get(name) ?? new Int16Array(0);
    const first = ended.get(key);
    if (first === undefined) {
      ended.set(key, { name, statuses: mine });
      continue;
    }
    const theirs = first.statuses;
    const io = mine.findIndex((status, i) => status !== theirs[i]);
    if (io < 0) continue;
    throw new WrongAnswerError(
      `Cannot compare layouts "${first.name}" and "${name}": I/O ` +
        `${firstIo + io} ended with ${endName(theirs[io] ?? 0)} and ` +
        `${endName(mine[io] ?? 0)}, expected the same`,
    );
  }
}
