/**
 * A contender's part of a simulation, in its worker: the same path with a
 * device in simulated time and with faults.
 */
import { plannedController } from "../../sim/fault/planned_machine.ts";
import { NO_FAULTS } from "../../sim/fault/plan.ts";
import {
  createSimulatedReplay,
  type SimulatedReplay,
} from "../../sim/simulation/simulated_replay.ts";
import type { PathParts } from "../../sim/setup/path_setup.ts";
import { PhysicalMemory } from "../../sim/memory/physical_memory.ts";
import { dataMemoryMap } from "../../sim/nvme/controller.ts";
import { dataIos } from "../../sim/replay/replay.ts";
import type { IoWindow } from "../../sim/workload/window.ts";
import { percentile } from "../statistics/percentile.ts";
import type {
  ResultSimulatedLayout,
  SimulatedLatency,
} from "../simulate/result_types.ts";
import type { SimulationSetup } from "../simulate/setup.ts";

/** Percentiles of latencies that are reported, where there are I/Os enough. */
const PERCENTILES = [50, 90, 99, 99.9, 99.99];

export interface SimulatedPart {
  /** Number of its first I/O in the workload. */
  readonly firstIo: number;
  /** How many of its data I/Os have their bytes moved and checked. */
  readonly verifyIos: number;
  /** Takes the status of each I/O. */
  readonly statuses: Int16Array;
}

export type SimulationAnswer = Omit<
  ResultSimulatedLayout,
  "layout" | "recognition"
>;

export class ContenderSimulation {
  readonly #replay: SimulatedReplay;
  readonly #memory: PhysicalMemory;
  /** Data memory while bytes are checked. */
  #data: PhysicalMemory | undefined;

  /**
   * Makes the path.
   *
   * @param setup Device, arrivals and faults.
   * @param seed Seed of service times and arrivals.
   */
  constructor(
    parts: PathParts,
    setup: SimulationSetup,
    seed: number,
  ) {
    const { plan = NO_FAULTS } = setup;
    this.#memory = new PhysicalMemory(
      dataMemoryMap(parts.map, plannedController(parts.controller ?? {}, plan)),
    );
    this.#replay = createSimulatedReplay(
      { ...parts, decode: true, data: () => this.#data },
      { ...setup, seed },
    );
  }

  /** Replays a window, the first I/Os with their bytes. */
  replay(window: IoWindow, part: SimulatedPart): void {
    const { firstIo, verifyIos, statuses } = part;
    const ios = dataIos(window);
    const checked = ios.subarray(0, verifyIos);
    if (checked.length > 0) {
      this.#data = this.#memory;
      this.#replay.replay(window, {
        ios: checked,
        firstIo,
        statuses,
        data: this.#memory,
      });
      this.#data = undefined;
    }
    this.#replay.replay(window, {
      ios: ios.subarray(verifyIos),
      firstIo,
      statuses,
    });
  }

  get answer(): SimulationAnswer {
    const { latenciesNs, rules, counts, ...report } = this.#replay.report();
    const { elapsedNs, ios } = report;
    const left = Object.values(this.#replay.simulated.balance());
    return {
      ios,
      verifiedBytes: report.verifiedBytes,
      elapsedNs,
      iosPerSecond: elapsedNs === 0 ? null : ios / elapsedNs * 1e9,
      utilisation: report.utilisation,
      latency: latencyOf(latenciesNs),
      rules: rules.map((rule) => ({ ...rule })),
      statuses: report.statuses,
      statusDigest: report.statusDigest,
      counts: { ...counts },
      leaks: left.reduce((sum, count) => sum + count, 0),
    };
  }
}

function latencyOf(latenciesNs: readonly number[]): SimulatedLatency | null {
  if (latenciesNs.length === 0) return null;
  const sorted = Float64Array.from(latenciesNs).sort();
  const sum = sorted.reduce((total, latency) => total + latency, 0);
  return {
    meanNs: sum / sorted.length,
    leastNs: sorted[0] as number,
    mostNs: sorted.at(-1) as number,
    percentilesNs: Object.fromEntries(
      PERCENTILES.map((
        percent,
      ) => [`p${percent}`, percentile(sorted, percent)]),
    ),
  };
}
