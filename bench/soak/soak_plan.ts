/**
 * What a soak runs: every layout with every recognition that it serves, each on
 * its share of the I/Os, with faults of every kind on.
 */
import { findAbi } from "../../layouts/abi.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import { findLayout, layouts } from "../../layouts/registry.ts";
import {
  type Recognition,
  recognitions,
  servesRecognition,
} from "../../sim/recognition/recognition_registry.ts";
import type { InjectionPlan } from "../../sim/fault/plan.ts";
import { readFaultPlan } from "../../sim/fault/plan_file.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import type { PlacementOptions } from "../../sim/workload/placement_options.ts";

export const SOAK_ABI = "lp64";

/** I/Os in flight. */
export const SOAK_DEPTH = 16;

const MIB = 1 << 20;

/**
 * Host memory and two BARs, small so that buffers are used again and again, and
 * low so that the shortest address field of a layout reaches them.
 */
export const SOAK_MAP: MemoryMap = {
  dram: [{ startPhys: 0x1_0000_0000n, sizeBytes: 16 * MIB }],
  providers: [0, 1].map((bar) => ({
    name: `bar${bar}`,
    startPhys: 0x2_0000_0000n + BigInt(bar * 8 * MIB),
    sizeBytes: 8 * MIB,
    busAddress: 0x8000_0000n + BigInt(bar * 256 * MIB),
  })),
};

/** Bytes of the pool of host buffers. */
export const SOAK_POOL_BYTES: number = 8 * MIB;

/** One isolate's work. */
export interface SoakJob {
  readonly layout: string;
  /** How it recognises P2P memory. */
  readonly recognition: Recognition;
  /** I/Os to be run. */
  readonly ios: number;
  /** Seed of workloads and faults; the same for all layouts. */
  readonly seed: number;
}

/**
 * Shares the I/Os of a soak out.
 *
 * @param ios I/Os in all; each job has one at least.
 * @returns The jobs, all of one length, so that what came of those of one
 *   recognition can be compared; together they run a few I/Os more than asked.
 */
export function soakJobs(
  ios: number,
  of: { seed: number; layouts?: readonly string[] | undefined },
): SoakJob[] {
  const { seed, layouts: names } = of;
  const abi = findAbi(SOAK_ABI);
  const pairs = recognitions.flatMap((recognition) =>
    layouts.filter((layout) =>
      (names?.includes(layout.name) ?? true) &&
      !isUnsupported(
        servesRecognition(layout, { abi, recognition }),
      ) &&
      !isUnsupported(layout.struct(abi))
    ).map(({ name }) => ({ layout: name, recognition }))
  );
  const each = Math.ceil(ios / pairs.length);
  return pairs.map((pair) => ({ ...pair, ios: each, seed }));
}

/** A part of a job: some faults, and the share of the I/Os they are in. */
export interface SoakProfile {
  readonly name: string;
  /** Share of the job's I/Os. */
  readonly share: number;
  /** Whether it is run with mappings that are made before the I/O. */
  readonly isPremapped: boolean;
  /** I/Os before the path is made again; default: all. */
  readonly iosPerPath?: number;
  /** Presets that take turns, window by window. */
  readonly workloads: readonly string[];
  /** Where the buffers are. */
  readonly placement: Partial<PlacementOptions>;
  /** The faults of a path of this many I/Os. */
  readonly plan: (seed: number, ios: number) => InjectionPlan;
}

/** Mostly 4 KiB: bytes of all of them are checked, and 10 million are many. */
const SMALL: readonly string[] = [
  "randrw-70-30-4k",
  "unaligned-4k",
  "512-randread",
  "randwrite-4k",
];
const P2P = { p2pIoShare: 0.2, mixedIoShare: 0.1 };
const EVERY_SIZE: readonly string[] = [
  ...[...SMALL, ...SMALL, ...SMALL, ...SMALL],
  "mixed-bs",
];

/**
 * Whether a layout can hold a segment that begins inside a page.
 *
 * @returns False for one that holds whole pages alone: rlist_8.
 */
export function holdsOffsets(layout: string): boolean {
  const limits = layoutLimits(findLayout(layout), findAbi(SOAK_ABI));
  return !isUnsupported(limits) && limits.addressAlignBytes <= 512;
}

/** The profiles of a job, one after the other. */
export const SOAK_PROFILES: readonly SoakProfile[] = [
  {
    name: "every kind",
    share: 0.8,
    isPremapped: true,
    workloads: EVERY_SIZE,
    placement: P2P,
    plan: (seed) =>
      plan(seed, { device: "channels:8,exp:80us" }, [
        { kind: "mapping", probability: 0.004 },
        { kind: "mapping", probability: 0.002, nth: 2, times: 3 },
        // Few I/Os are long enough for a list that can fail.
        { kind: "descriptor", probability: 0.05, times: 2 },
        { kind: "tag", probability: 0.004 },
        { kind: "status", probability: 0.004, status: "internal" },
        { kind: "status", probability: 0.002, status: "internal", times: 6 },
        {
          ...{ kind: "status", probability: 0.002, status: "read_error" },
          retry: false,
        },
        { kind: "timeout", probability: 0.0005, end: "aborted" },
        { kind: "timeout", probability: 0.0003, end: "reset" },
        { kind: "timeout", probability: 0.0003, end: "polled" },
        { kind: "completion", probability: 0.0005, how: "unknown_id" },
        { kind: "completion", probability: 0.0005, how: "stale_id" },
        { kind: "completion", probability: 0.0005, how: "duplicate" },
        { kind: "completion", probability: 0.0003, how: "wrong_phase" },
        { kind: "short", probability: 0.004 },
        { kind: "short", probability: 0.004, reported: false },
        { kind: "reorder", probability: 0.02 },
      ]),
  },
  {
    name: "bounced",
    share: 0.15,
    // A mapping made before the data is there bounces what was there before.
    isPremapped: false,
    workloads: SMALL,
    placement: {},
    plan: (seed) =>
      plan(seed, { device: "fixed:20us", bouncePool: "4MiB" }, [
        { kind: "bounce", probability: 0.01, times: 2 },
        { kind: "mapping", probability: 0.004 },
        { kind: "status", probability: 0.004, status: "internal" },
      ]),
  },
  {
    name: "unplugged",
    share: 0.05,
    isPremapped: true,
    iosPerPath: 4096,
    workloads: ["mixed-bs"],
    placement: P2P,
    plan: (seed, ios) =>
      plan(seed, { device: "channels:4,exp:80us" }, [
        { kind: "unplug", io: Math.floor(ios * 3 / 4), provider: "bar0" },
        { kind: "reorder", probability: 0.1 },
        { kind: "status", probability: 0.01, status: "internal" },
      ]),
  },
];

function plan(
  seed: number,
  frame: Record<string, unknown>,
  faults: readonly Record<string, unknown>[],
): InjectionPlan {
  return readFaultPlan(
    JSON.stringify({ schemaVersion: 1, seed, ...frame, faults }),
    "soak",
  );
}
