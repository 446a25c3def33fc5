/**
 * What the study asks: every ABI, standard workload and recognition, with the
 * submitter that a workload stands for, and which of that is timed.
 */
import { type Abi, abis } from "../../layouts/abi.ts";
import type { Submitter } from "../../sim/setup/submitter.ts";
import {
  type Recognition,
  recognitions,
} from "../../sim/recognition/recognition_registry.ts";
import type { EngineChoice } from "../setup/engine_choice.ts";
import type { ExactTask } from "./exact_cell.ts";

export interface StudyWorkload {
  /** Its name in the study; default: as `--workload` takes it. */
  readonly name: string;
  /** What `--workload` takes where two of the study are the same I/Os. */
  readonly preset?: string;
  /** At most eight characters for the head of a column. */
  readonly short: string;
  /** Whose memory its I/O is on. */
  readonly submitter: Submitter;
  /** What it is, in a few words. */
  readonly meaning: string;
}

/** The standard workloads of issue 5, in its order. */
export const STUDY_WORKLOADS: readonly StudyWorkload[] = [
  {
    name: "4k-hot",
    short: "4k-hot",
    submitter: "registered",
    meaning: "4 KiB random reads, 128 registered buffers",
  },
  {
    name: "4k-1g-pool",
    short: "4k-1g",
    submitter: "registered",
    meaning: "4 KiB random reads, 1 GiB of registered buffers",
  },
  {
    name: "128k-scattered",
    short: "128k",
    submitter: "user",
    meaning: "128 KiB random reads into 32 scattered pages",
  },
  {
    name: "128k-kernel",
    preset: "128k-scattered",
    short: "128k-krn",
    submitter: "kernel",
    meaning: "the same on pages of a kernel user's own, which nobody pins",
  },
  {
    name: "1m-p2p",
    short: "1m-p2p",
    submitter: "user",
    meaning: "1 MiB reads into P2P memory, 256 segments",
  },
  {
    name: "64k-mixed",
    short: "64k-mix",
    submitter: "user",
    meaning: "64 KiB random reads, half of the pages P2P",
  },
  {
    name: "1m-segment",
    short: "1m-seg",
    submitter: "user",
    meaning: "1 MiB reads into one segment of a huge page",
  },
  {
    name: "mixedbs",
    short: "trace",
    submitter: "user",
    meaning: "replayed fio log of 4 to 64 KiB reads and writes",
  },
];

/** A run of the lab that is timed: one workload, on one engine or on both. */
export interface TimedTask {
  readonly workload: StudyWorkload;
  /** How P2P memory is recognised. */
  readonly recognition: Recognition;
  /** What runs it: C; and JavaScript beside it, where a sign is checked. */
  readonly engine: EngineChoice;
}

/** @returns Recognition and workload, such as `page/4k-hot`. */
export function taskName(
  { recognition, workload }: {
    readonly recognition: string;
    readonly workload: string | StudyWorkload;
  },
): string {
  const name = typeof workload === "string" ? workload : workload.name;
  return `${recognition}/${name}`;
}

/**
 * Where JavaScript is timed beside C, as a check of sign: what the flag does to
 * host memory, pinned and not, and to mixed memory.
 */
const CHECKED: readonly string[] = [
  "page/128k-scattered",
  "segment/128k-scattered",
  "segment/128k-kernel",
  "segment/64k-mixed",
];

/**
 * Lists the exact cells.
 *
 * @returns ABI by ABI, recognition by recognition, workload by workload.
 */
export function exactTasks(): readonly ExactTask[] {
  return abis.flatMap((abi: Abi) =>
    recognitions.flatMap((recognition) =>
      STUDY_WORKLOADS.map(({ name, preset, submitter }) => ({
        abi,
        recognition,
        workload: name,
        submitter,
        preset,
      }))
    )
  );
}

/**
 * Lists the timed runs, on lp64: `page` and `segment` on every workload, and
 * the others where half of the memory is P2P, which is where they differ.
 *
 * @param quick Whether two workloads are enough.
 */
export function timedTasks(quick: boolean): readonly TimedTask[] {
  const task = (recognition: Recognition, workload: StudyWorkload) => ({
    ...{ recognition, workload },
    engine: CHECKED.includes(taskName({ recognition, workload }))
      ? "both" as const
      : "native" as const,
  });
  const named = (...names: readonly string[]) =>
    STUDY_WORKLOADS.filter(({ name }) => names.includes(name));
  if (quick) {
    return named("128k-scattered", "64k-mixed").map((workload) =>
      task("page", workload)
    );
  }
  return [
    ...(["page", "segment"] as const).flatMap((recognition) =>
      STUDY_WORKLOADS.map((workload) => task(recognition, workload))
    ),
    ...(["bio", "range", "map_first"] as const).flatMap((recognition) =>
      named("64k-mixed").map((workload) => task(recognition, workload))
    ),
  ];
}
