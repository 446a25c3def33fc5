/**
 * A result with round numbers, one that all report tests share.
 */
import type { ResultMachineCode } from "../../../bench/result/exact_types.ts";
import type {
  LabResult,
  ResultCell,
  ResultLayout,
} from "../../../bench/result/result.ts";

/** How a cell was timed that has three builds of an earlier run. */
export const REPEATED_TIMING = {
  clock: "thread CPU",
  cacheState: "warm",
  sliceIos: { warm: 9, cold: 1 },
  earlierBuilds: 3,
} as const;

/** A layout that differs from the baseline only in what is given. */
export function fixedLayout(change: Partial<ResultLayout> = {}): ResultLayout {
  return {
    name: "page_offset",
    bytesPerSegment: 16,
    recognition: "page",
    nsPerIo: { median: 120, low: 117.5, high: 122.25 },
    ratio: { median: 1, low: 1, high: 1 },
    verdict: "no difference shown",
    iosPerSecond: 1e9 / 120,
    adjustedPValue: null,
    detectable: null,
    betweenBuildSpread: 0.005,
    outliers: 0,
    counts: {
      biosPerIo: 1.03125,
      requestsPerIo: 1,
      segmentsPerIo: 32,
      prpEntriesPerIo: 33,
      bvecBytesPerIo: 512.5,
      bvecLinesPerIo: 8,
    },
    ...change,
  };
}

/** Counted instructions, with nothing that another tool would add. */
export function fixedMachineCode(instructionsPerIo: number): ResultMachineCode {
  return {
    instructionsPerIo,
    loadsPerIo: null,
    storesPerIo: null,
    branchesPerIo: null,
    unalignedPerIo: null,
    lineCrossingsPerIo: null,
    textBytes: 1000,
    compiler: "gcc 12.2.0",
    build: "-O2",
    flags: [],
    abi: "lp64",
    machine: "x86_64",
    tools: ["valgrind 3.19.0"],
    ios: 128,
    builds: [],
  };
}

/** One cell: the baseline, a faster layout, one of no shown difference. */
export function fixedCell(change: Partial<ResultCell> = {}): ResultCell {
  const base = fixedLayout();
  return {
    workload: "rand4k-hot",
    description: "4 KiB random reads over a hot pool",
    abi: "lp64",
    recognition: "page",
    engine: "js",
    kernel: "7.2",
    placement: "scattered 4 KiB pages",
    ios: {
      total: 100000,
      reads: 60000,
      writes: 40000,
      others: 0,
      bytes: 409600000,
      skipped: 3,
    },
    digest: "9f86d081884c7d65",
    baseline: "page_offset",
    builds: 3,
    rounds: 20,
    noiseFloor: {
      ratio: { median: 1.004, low: 0.99, high: 1.02 },
      difference: 0.004,
    },
    leftOut: [{ name: "len56_p2p", reason: "its flag needs a 64-bit type" }],
    layouts: [
      base,
      fixedLayout({
        name: "phys_packed",
        bytesPerSegment: 12,
        nsPerIo: { median: 110, low: 108, high: 111.5 },
        ratio: { median: 0.917, low: 0.902, high: 0.938 },
        verdict: "faster",
        iosPerSecond: 1e9 / 110,
        adjustedPValue: 0.004,
        detectable: 0.023,
        betweenBuildSpread: 0.012,
        counts: { ...base.counts, bvecBytesPerIo: 384.5, bvecLinesPerIo: 6 },
      }),
      fixedLayout({
        name: "soa(phys_flags)",
        nsPerIo: { median: 121, low: 118, high: 123 },
        ratio: { median: 1.008, low: 0.992, high: 1.032 },
        adjustedPValue: 0.4,
        detectable: 0.031,
      }),
    ],
    ...change,
  };
}

/** The whole result. */
export function fixedResult(change: Partial<LabResult> = {}): LabResult {
  return {
    schemaVersion: 1,
    tool: { name: "bvec-lab", version: "0.1.0" },
    environment: {
      os: "linux",
      arch: "x86_64",
      cpuModel: "Example CPU 9000",
      cpuCount: 8,
      loadAverage: [0.1, 0.2, 0.3],
      deno: "2.9.6",
      v8: "15.0",
      commit: null,
    },
    config: { rounds: 20, builds: 3, layouts: ["page_offset", "phys_packed"] },
    seed: 1,
    warnings: [{
      code: "busy-machine",
      message: "the load was 3.1 on 2 CPUs before the start",
      hint: "stop other work on the machine and run it again",
    }],
    cells: [fixedCell()],
    ...change,
  };
}

/** A layout with the longest name and numbers at both ends of their range. */
export function extremeLayout(value: number): ResultLayout {
  return fixedLayout({
    name: "a".repeat(24),
    bytesPerSegment: value,
    nsPerIo: { median: value, low: value, high: value },
    ratio: { median: value, low: value, high: value },
    iosPerSecond: value * 1000,
    counts: {
      biosPerIo: value,
      requestsPerIo: value,
      segmentsPerIo: value,
      prpEntriesPerIo: value,
      bvecBytesPerIo: value,
      bvecLinesPerIo: value,
    },
  });
}
