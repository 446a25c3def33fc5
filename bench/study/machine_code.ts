/**
 * The machine code of the study: which paths are counted, and the file in which
 * the counts are. They are the same on every machine with these compilers, so
 * that a test can count any row of it again.
 */
import { jsonValue } from "../files/parse_json.ts";
import { z } from "zod";
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { findLayout } from "../../layouts/registry.ts";
import {
  NATIVE_RECOGNITIONS,
  type Recognition,
  servesRecognition,
} from "../../sim/recognition/recognition_registry.ts";
import type { AssemblyOptions } from "../../sim/setup/assembly.ts";
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import type { IoWindow } from "../../sim/workload/window.ts";
import { name, wholeCount } from "../files/schema_parts.ts";
import { COUNTED_IOS } from "../native/count/dump.ts";
import { FIGURES } from "../native/count/figures.ts";
import type { ResultMachineCode } from "../result/exact_types.ts";
import { unfitReason } from "../../sim/setup/window_fit.ts";
import { BASELINE } from "../setup/baseline.ts";
import { firstWindow } from "./exact_cell.ts";
import { STUDY_WORKLOADS } from "./study_plan.ts";

/** I/Os in flight, as `lab run` has them. */
const DEPTH = 32;
const SEED = 1;

/**
 * Sizes of struct page that 32-bit kernels have by their configuration; it
 * decides what page_to_phys() costs.
 */
export const PAGE_STRUCT_BYTES: readonly number[] = [32, 36, 40, 64];

/** Layouts that are counted: one of each way to encode a segment. */
const COUNTED_LAYOUTS: readonly string[] = [
  BASELINE,
  "phys_flags",
  "phys_len",
  "phys_packed",
  "phys_packed_aligned4",
  "len31_p2p",
  "scatterlist",
  "rlist_16",
  "soa_phys_len",
];

const COUNTED_WORKLOADS: readonly string[] = [
  "4k-hot",
  "128k-scattered",
  "64k-mixed",
  "1m-p2p",
];

export interface CountTask {
  /** The ABI, with the size of its struct page. */
  readonly abi: Abi;
  readonly workload: string;
  /** How P2P memory is recognised. */
  readonly recognition: Recognition;
  readonly layout: Layout;
}

export interface CountedPath {
  /** What it is put together from. */
  readonly options: AssemblyOptions;
  /** The first I/Os of its workload. */
  readonly window: IoWindow;
}

/** Totals over the counted I/Os, in the order of `FIGURES`; then text bytes. */
const totals = z.array(wholeCount.nullable()).length(FIGURES.length + 1);

const recordSchema = z.object({
  schemaVersion: z.literal(1),
  kernel: name,
  seed: wholeCount,
  /** I/Os that the totals are of. */
  ios: wholeCount,
  figures: z.array(name),
  /** Compiler and flags of each build of an ABI, in the order of rows. */
  builds: z.record(
    name,
    z.array(
      z.object({ compiler: name, build: name, flags: z.array(name) }),
    ),
  ),
  rows: z.array(
    z.tuple([name, wholeCount, name, name, name, z.array(totals)]),
  ),
});

export type MachineCodeRecord = z.infer<typeof recordSchema>;

/** A row: ABI, struct page bytes, workload, recognition, layout, totals. */
export type MachineCodeRow = MachineCodeRecord["rows"][number];

/**
 * Lists the paths that are counted.
 *
 * @returns ABI by ABI; those that a layout cannot serve are left out.
 */
export function countTasks(): readonly CountTask[] {
  const sizes = abis.filter(({ pointerBytes }) => pointerBytes === 4)
    .flatMap((abi) =>
      PAGE_STRUCT_BYTES.filter((bytes) => bytes !== abi.pageStructBytes)
        .map((pageStructBytes) => ({ ...abi, pageStructBytes }))
    );
  return [
    ...tasksOf({
      abis,
      recognitions: NATIVE_RECOGNITIONS,
      layouts: COUNTED_LAYOUTS,
      workloads: COUNTED_WORKLOADS,
    }),
    ...tasksOf({
      abis: ["lp64", "ilp32"].map(findAbi),
      recognitions: ["page", "segment"],
      layouts: [BASELINE, "phys_flags", "phys_packed", "len31_p2p"],
      // What a flag does to a kernel user's own pages.
      workloads: ["128k-kernel"],
    }),
    ...tasksOf({
      abis: sizes,
      recognitions: ["page"],
      layouts: [BASELINE, "phys_len"],
      workloads: ["4k-hot", "128k-scattered"],
    }),
  ];
}

/** Everything with everything, except for what a layout cannot serve. */
function tasksOf({ abis, recognitions, layouts, workloads }: {
  readonly abis: readonly Abi[];
  readonly recognitions: readonly Recognition[];
  readonly layouts: readonly string[];
  readonly workloads: readonly string[];
}): CountTask[] {
  return abis.flatMap((abi) =>
    recognitions.flatMap((recognition) =>
      layouts.map(findLayout).filter((layout) =>
        !isUnsupported(servesRecognition(layout, { abi, recognition }))
      ).flatMap((layout) =>
        workloads.map((workload) => ({ abi, recognition, layout, workload }))
      )
    )
  );
}

/**
 * @returns The path; nothing where the machine has no such workload (32-bit
 *   machines have no P2P memory) or the layout cannot hold its segments.
 */
export async function countedPath(
  task: CountTask,
): Promise<CountedPath | undefined> {
  const { abi, layout, recognition, workload } = task;
  const { submitter = "user", preset = workload } =
    STUDY_WORKLOADS.find(({ name }) => name === workload) ?? {};
  let first: Awaited<ReturnType<typeof firstWindow>>;
  try {
    first = await firstWindow(
      { abi, workload, preset, recognition, submitter },
      SEED,
    );
  } catch (error) {
    if (error instanceof RangeError && /no provider/.test(error.message)) {
      return undefined;
    }
    throw error;
  }
  const { window, map } = first;
  if (unfitReason(window, { layout, abi, submitter }) !== undefined) {
    return undefined;
  }
  return {
    window,
    options: {
      ...{ layout, abi, recognition, map, submitter },
      kernel: DEFAULT_KERNEL,
      limits: QUEUE_LIMIT_PRESETS.nvme_prp,
      depth: DEPTH,
      decode: false,
    },
  };
}

/** @returns The row, with totals as they were counted. */
export function rowOf(
  { abi, workload, recognition, layout }: CountTask,
  code: ResultMachineCode,
): MachineCodeRow {
  const total = (value: number | null) =>
    value === null ? null : Math.round(value * code.ios);
  return [
    abi.name,
    abi.pageStructBytes,
    workload,
    recognition,
    layout.name,
    code.builds.map((build) => [
      ...FIGURES.map((figure) => total(build[`${figure}PerIo`])),
      build.textBytes,
    ]),
  ];
}

export function emptyRecord(): MachineCodeRecord {
  return {
    schemaVersion: 1,
    kernel: DEFAULT_KERNEL,
    seed: SEED,
    ios: COUNTED_IOS,
    figures: [...FIGURES, "textBytes"],
    builds: {},
    rows: [],
  };
}

/** @throws {SyntaxError} If it is none; says where. */
export function readRecord(text: string): MachineCodeRecord {
  const found = recordSchema.safeParse(jsonValue(text));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new SyntaxError(
    `Cannot read counts of machine code: ${issue?.message} at ` +
      `"${issue?.path.join(".")}", expected what the study writes`,
  );
}

/** Writes a record, a row a line, so that a change can be seen. */
export function recordText(record: MachineCodeRecord): string {
  const { rows, ...head } = record;
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
  return JSON.stringify(head, undefined, 2).replace(/\n\}$/, "") +
    `,\n  "rows": [\n${lines.join(",\n")}\n  ]\n}\n`;
}
