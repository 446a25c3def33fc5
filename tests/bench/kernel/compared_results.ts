/** Results of kernels with figures that a test sets, and their comparison. */
import { compareKernels } from "../../../bench/kernel/compare.ts";
import {
  KERNEL_SCHEMA_VERSION,
  type KernelResult,
  type KernelWorkload,
} from "../../../bench/kernel/result.ts";

/** What a test sets of a result. */
export interface Figures {
  readonly core: readonly number[];
  readonly bvecLines: number;
  readonly walk: number;
  readonly tick?: number;
  /** Names of the workloads, all alike. */
  readonly names?: readonly string[];
  /** What gcc appended to a function's name. */
  readonly suffix?: string;
}

/** A result whose workloads all have the same figures. */
export function result(run: string, figures: Figures): KernelResult {
  const { names = ["w"] } = figures;
  return {
    schemaVersion: KERNEL_SCHEMA_VERSION,
    tool: "bvec-lab 0",
    run,
    kernel: "6.1.0",
    version: "#1",
    qemu: "7.2.0: qemu",
    controller: "prp",
    warmup: 40,
    latencyNs: 20_000_000,
    append: "",
    memory: { bio_vec: 16, bio: 128, request: 272, page: 64 },
    slabs: {},
    queue: [],
    skipped: {},
    warnings: [],
    workloads: Object.fromEntries(
      names.map((name) => [name, workload(name, figures)]),
    ),
  };
}

function workload(name: string, figures: Figures): KernelWorkload {
  const { core, bvecLines, walk, tick = 0, suffix = "" } = figures;
  const nothing = { objects: 1, fields: [] };
  return {
    desc: `${name} api=pread`,
    verified: true,
    representative_io: 0,
    instructions: {},
    main: 1000,
    with_switch: 1000,
    main_all: core.map((count) => count + 500),
    main_median: 1000,
    lines_all: core.map(() => 100),
    switch_all: [],
    excluded_all: [],
    loads: 10,
    stores: 5,
    loads_all: core.map(() => 10),
    stores_all: core.map(() => 5),
    areas: {},
    areas_all: { block: [...core] },
    core: core[0] ?? 0,
    core_all: [...core],
    distinct_lines: {
      all_kernel_data: 100,
      read: 90,
      written: 50,
      without_stacks: 80,
      only_by_bulk_memset: 0,
      unnamed: 2,
    },
    functions: [],
    functions_median: {
      [`blk_map_iter_next${suffix}`]: walk,
      update_io_ticks: 40,
    },
    functions_range: tick === 0 ? {} : { update_io_ticks: [0, tick] },
    inclusive: {},
    page_functions: {},
    bios: 1,
    bvec: {
      functions_touching_bvecs: [],
      insns_in_those: 0,
      accesses_not_bulk: 0,
    },
    structures: {
      bio_vec: {
        ...nothing,
        lines: bvecLines,
        lines_not_bulk: bvecLines,
        lines_bulk: 0,
        bulk_accesses: 0,
        lines_read: bvecLines,
        lines_written: bvecLines,
        reads: 100,
        writes: 50,
        bytes: 512,
        accesses_by_phase: {},
        lines_by_phase: {},
      },
    },
  };
}

/** Figures of the nine I/Os: some of them others, the rest alike. */
export const nine = (
  value: number,
  ...others: number[]
) => [...Array.from({ length: 9 - others.length }, () => value), ...others];

/** What the base, the patched kernel and perhaps another boot of the base give. */
export const comparisonOf = (
  base: KernelResult,
  patched: KernelResult,
  control?: KernelResult,
) => compareKernels({ base, patched, control });
