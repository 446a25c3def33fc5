/**
 * Named workloads: I/O generators with fio's meaning, each with the placement
 * of its buffers. The standard workloads of the lab are the ones whose
 * entries say so; every result may cite them by name.
 */
import { type IoJob, JOB_DEFAULTS } from "./io_job.ts";
import { fixedSize, type JobSizes } from "./job_sizes.ts";
import {
  PLACEMENT_PRESETS,
  type PlacementOptions,
} from "./placement_options.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Whose memory a named workload is on: pinned for each I/O, or registered. */
export type PresetSubmitter = "user" | "registered";

/** A named workload. */
export interface WorkloadPreset {
  /** What its I/Os are, whatever they are on, in a few words. */
  readonly title: string;
  /** What its own buffers are; after the title unless others are asked for. */
  readonly buffers: string;
  /** Whose memory its I/Os are on unless another submitter is asked for. */
  readonly submitter: PresetSubmitter;
  /** Whether it is one of the lab's standard workloads. */
  readonly isStandard: boolean;
  /** The I/Os. */
  readonly job: IoJob;
  /** Where their buffers are unless another placement is asked for. */
  readonly placement: Partial<PlacementOptions>;
}

interface PresetEntry extends Partial<Omit<IoJob, "sizes" | "name">> {
  readonly title: string;
  readonly buffers?: string;
  readonly submitter?: PresetSubmitter;
  readonly standard?: boolean;
  readonly size: number | JobSizes;
  readonly ios: number;
  readonly on: Partial<PlacementOptions>;
}

/** Buffers of 128 requests in flight of 4 KiB: what an L2 holds. */
const HOT = { poolBytes: 512 * KIB } as const;

/** Adding a workload is one entry. */
const ENTRIES: Readonly<Record<string, PresetEntry>> = {
  "4k-hot": {
    title: "4 KiB random reads",
    buffers: "into 128 buffers",
    submitter: "registered",
    standard: true,
    pattern: "randread",
    size: 4 * KIB,
    ios: 65536,
    depth: 128,
    batch: 32,
    on: HOT,
  },
  "4k-1g-pool": {
    title: "4 KiB random reads",
    buffers: "into 1 GiB of buffers",
    submitter: "registered",
    standard: true,
    pattern: "randread",
    size: 4 * KIB,
    ios: 262144,
    depth: 128,
    batch: 32,
    on: { poolBytes: GIB },
  },
  "128k-scattered": {
    title: "128 KiB random reads",
    buffers: "into 32 scattered pages",
    standard: true,
    pattern: "randread",
    size: 128 * KIB,
    ios: 8192,
    depth: 32,
    batch: 8,
    on: {},
  },
  "1m-p2p": {
    title: "1 MiB reads",
    buffers: "into P2P memory of 256 segments",
    standard: true,
    size: MIB,
    ios: 1024,
    depth: 32,
    on: { p2pIoShare: 1 },
  },
  "64k-mixed": {
    title: "64 KiB random reads",
    buffers: "with half of the pages on P2P memory",
    standard: true,
    pattern: "randread",
    size: 64 * KIB,
    ios: 8192,
    depth: 32,
    on: { mixedIoShare: 1 },
  },
  "1m-segment": {
    title: "1 MiB reads",
    buffers: "into one segment of a huge page",
    standard: true,
    size: MIB,
    ios: 8192,
    depth: 32,
    on: { folioOrder: 9, runPages: 512 },
  },
  "randread-4k": {
    title: "4 KiB random reads",
    pattern: "randread",
    size: 4 * KIB,
    ios: 65536,
    depth: 32,
    on: {},
  },
  "randwrite-4k": {
    title: "4 KiB random writes",
    pattern: "randwrite",
    size: 4 * KIB,
    ios: 65536,
    depth: 32,
    on: {},
  },
  "randrw-70-30-4k": {
    title: "4 KiB random, 70 % reads and 30 % writes",
    pattern: "randrw",
    readPercent: 70,
    size: 4 * KIB,
    ios: 65536,
    depth: 32,
    on: {},
  },
  "512-randread": {
    title: "512 B random reads",
    buffers: "into a pool of 512 KiB",
    pattern: "randread",
    size: 512,
    ios: 65536,
    depth: 128,
    batch: 32,
    on: HOT,
  },
  "seqread-128k": {
    title: "128 KiB sequential reads",
    size: 128 * KIB,
    ios: 8192,
    depth: 32,
    on: { runPages: 8 },
  },
  "seqwrite-1m": {
    title: "1 MiB sequential writes",
    pattern: "write",
    size: MIB,
    ios: 1024,
    depth: 16,
    on: { runPages: 8 },
  },
  "mixed-bs": {
    title: "512 B to 256 KiB, 60 % reads",
    buffers: "with P2P and mixed I/Os among them",
    pattern: "randrw",
    readPercent: 60,
    size: {
      kind: "split",
      parts: [
        { bytes: 512, percent: 10 },
        { bytes: 4 * KIB, percent: 40 },
        { bytes: 8 * KIB, percent: 20 },
        { bytes: 64 * KIB, percent: 20 },
        { bytes: 256 * KIB, percent: 10 },
      ],
    },
    ios: 16384,
    depth: 32,
    on: PLACEMENT_PRESETS["some-p2p"] ?? {},
  },
  "unaligned-4k": {
    title: "4 KiB random reads",
    buffers: "into buffers that start inside a page",
    pattern: "randread",
    size: 4 * KIB,
    ios: 65536,
    depth: 32,
    on: PLACEMENT_PRESETS["unaligned"] ?? {},
  },
};

/**
 * All named workloads.
 *
 * @example What one of them does
 * ```ts
 * import { WORKLOAD_PRESETS } from "@bvec/lab";
 * import { assert } from "@std/assert";
 *
 * const preset = WORKLOAD_PRESETS.get("4k-hot");
 * assert(preset !== undefined && preset.title.length > 0);
 * ```
 */
export const WORKLOAD_PRESETS: ReadonlyMap<string, WorkloadPreset> = new Map(
  Object.entries(ENTRIES).map(([name, entry]) => {
    const { title, buffers, submitter, standard, size, on, ...job } = entry;
    const sizes = typeof size === "number" ? fixedSize(size) : size;
    const preset: WorkloadPreset = {
      title,
      buffers: buffers ?? "",
      submitter: submitter ?? "user",
      isStandard: standard ?? false,
      placement: on,
      job: {
        ...JOB_DEFAULTS,
        ...job,
        name,
        sizes: [sizes, sizes, sizes],
        sizeBytes: 4 * GIB,
        ioBytes: Number.MAX_SAFE_INTEGER, // `ios` ends it
      },
    };
    return [name, preset];
  }),
);
