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

/** A named workload. */
export interface WorkloadPreset {
  /** What it does, in one line. */
  readonly title: string;
  /** Whether it is one of the lab's standard workloads. */
  readonly isStandard: boolean;
  /** The I/Os. */
  readonly job: IoJob;
  /** Where their buffers lie unless another placement is asked for. */
  readonly placement: Partial<PlacementOptions>;
}

interface PresetEntry extends Partial<Omit<IoJob, "sizes" | "name">> {
  readonly title: string;
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
    title: "4 KiB random reads into 128 registered buffers",
    standard: true,
    pattern: "randread",
    size: 4 * KIB,
    ios: 65536,
    depth: 128,
    batch: 32,
    on: HOT,
  },
  "4k-1g-pool": {
    title: "4 KiB random reads into 1 GiB of registered buffers",
    standard: true,
    pattern: "randread",
    size: 4 * KIB,
    ios: 262144,
    depth: 128,
    batch: 32,
    on: { poolBytes: GIB },
  },
  "128k-scattered": {
    title: "128 KiB random reads into 32 scattered user pages",
    standard: true,
    pattern: "randread",
    size: 128 * KIB,
    ios: 8192,
    depth: 32,
    batch: 8,
    on: {},
  },
  "1m-p2p": {
    title: "1 MiB reads into P2P user memory of 256 segments",
    standard: true,
    size: MIB,
    ios: 1024,
    depth: 32,
    on: { p2pIoShare: 1 },
  },
  "64k-mixed": {
    title: "64 KiB random reads, half of the pages on P2P memory",
    standard: true,
    pattern: "randread",
    size: 64 * KIB,
    ios: 8192,
    depth: 32,
    on: { mixedIoShare: 1 },
  },
  "1m-segment": {
    title: "1 MiB reads into one segment of a huge page",
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
    title: "512 B random reads, polled peak-IOPS style, batches of 32",
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
    title: "512 B to 256 KiB, 60 % reads, with P2P and mixed I/Os among them",
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
    title: "4 KiB random reads into buffers that start inside a page",
    pattern: "randread",
    size: 4 * KIB,
    ios: 65536,
    depth: 32,
    on: PLACEMENT_PRESETS["unaligned"] ?? {},
  },
};

/** All named workloads. */
export const WORKLOAD_PRESETS: ReadonlyMap<string, WorkloadPreset> = new Map(
  Object.entries(ENTRIES).map(([name, entry]) => {
    const { title, standard, size, on, ...job } = entry;
    const sizes = typeof size === "number" ? fixedSize(size) : size;
    const preset: WorkloadPreset = {
      title,
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
