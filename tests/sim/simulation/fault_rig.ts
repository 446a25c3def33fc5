/**
 * A small machine and short workloads for paths in simulated time.
 */
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import type { Recognition } from "../../../sim/recognition/recognition_registry.ts";
import type { AssemblyOptions } from "../../../sim/setup/assembly.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { type InjectionPlan, NO_FAULTS } from "../../../sim/fault/plan.ts";
import { readFaultPlan } from "../../../sim/fault/plan_file.ts";
import { plannedController } from "../../../sim/fault/planned_machine.ts";
import {
  createSimulatedReplay,
  type SimulatedReplay,
  type SimulatedReplayOptions,
  type SimulationReport,
} from "../../../sim/simulation/simulated_replay.ts";
import type {
  IoEnd,
  SimulationCounts,
} from "../../../sim/simulation/simulation.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import { dataMemoryMap } from "../../../sim/nvme/controller.ts";
import { dataIos } from "../../../sim/replay/replay.ts";
import type { PlacementOptions } from "../../../sim/workload/placement_options.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { smallMap } from "../small_map.ts";

const MIB = 1 << 20;

/** 16 MiB of host memory and two BARs of 8 MiB. */
export const FAULT_MAP = smallMap(true);

/** What is run. */
export interface FaultRun {
  /** `page_offset` unless told. */
  readonly layout?: string;
  /** `page` unless told. */
  readonly recognition?: Recognition;
  /** I/Os in flight; 8 unless told. */
  readonly depth?: number;
  /** Faults as in a file, without the frame, or a plan. */
  readonly faults?: readonly unknown[] | InjectionPlan;
  /** Further keys of the plan's file. */
  readonly frame?: Record<string, unknown>;
  /** Further options of the assembly. */
  readonly more?: Partial<AssemblyOptions>;
  /** Further options of the replay. */
  readonly simulation?: SimulatedReplayOptions;
  /** Whether bytes are checked; true unless told. */
  readonly checksBytes?: boolean;
}

/** What came out. */
export interface FaultOutcome {
  /** What the replay found. */
  readonly report: SimulationReport;
  /** Status of each I/O by its index. */
  readonly statuses: number[];
  /** How I/Os ended, in that order. */
  readonly ends: IoEnd[];
  /** The replay. */
  readonly replay: SimulatedReplay;
}

/** Makes a plan from faults as they stand in a file. */
export function planOf(
  faults: readonly unknown[],
  frame: Record<string, unknown> = {},
): InjectionPlan {
  return readFaultPlan(
    JSON.stringify({ schemaVersion: 1, seed: 3, ...frame, faults }),
    "test.json",
  );
}

/** Opens the first window of a workload preset. */
export async function faultWindow(
  workload: string,
  ios: number,
  placement: Partial<PlacementOptions> = {},
): Promise<IoWindow> {
  const opened = await openWorkload(workload, {
    seed: 1,
    memoryMap: FAULT_MAP,
    ios,
    placement: { poolBytes: 8 * MIB, ...placement },
  });
  for await (const window of opened.windows({ ios, pieces: 65536 })) {
    return window;
  }
  throw new TypeError(`${workload} is empty`);
}

const memories = new Map<number, PhysicalMemory>();

/** Runs a window with faults. */
export function runFaults(window: IoWindow, run: FaultRun): FaultOutcome {
  const { faults = NO_FAULTS, checksBytes = true } = run;
  const plan = Array.isArray(faults)
    ? planOf(faults, run.frame)
    : faults as InjectionPlan;
  const controller = run.more?.controller ?? {};
  const map = dataMemoryMap(
    run.more?.map ?? FAULT_MAP,
    plannedController(controller, plan),
  );
  // Making data memory anew for every path would be most of the time.
  const key = run.more?.map === undefined ? plan.bouncePoolBytes : -1;
  const data = memories.get(key) ?? new PhysicalMemory(map);
  if (key >= 0) memories.set(key, data);
  const ends: IoEnd[] = [];
  const replay = createSimulatedReplay({
    layout: findLayout(run.layout ?? "page_offset"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: run.recognition ?? "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: FAULT_MAP,
    depth: run.depth ?? 8,
    decode: true,
    data: () => checksBytes ? data : undefined,
    salt: 5,
    ...run.more,
  }, { plan, onEnd: (end) => ends.push(end), ...run.simulation });
  const ios = dataIos(window);
  const statuses = new Int16Array(window.counts[0] ?? 0);
  replay.replay(window, {
    ios,
    firstIo: 0,
    statuses,
    ...(checksBytes ? { data } : {}),
  });
  return { report: replay.report(), statuses: [...statuses], ends, replay };
}

/** Counts that are not 0. */
export function nonZeroCounts(
  counts: SimulationCounts,
): Partial<SimulationCounts> {
  return Object.fromEntries(
    Object.entries(counts).filter(([, count]) => count !== 0),
  );
}
