/**
 * What the study asks: every ABI, standard workload and recognition, with the
 * submitter that a workload stands for, and which of that is timed.
 */
import { type Abi, abis } from "../../layouts/abi.ts";
import { type Recognition, recognitions } from "../../layouts/layout.ts";
import type { Submitter } from "../../sim/setup/assembly.ts";
import { PATH_RECOGNITIONS } from "../../sim/setup/assembly.ts";
import type { ExactTask } from "./exact_cell.ts";

/** A workload of the study. */
export interface StudyWorkload {
  /** Its name, as `--workload` takes it. */
  readonly name: string;
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

/** A run of the lab that is timed: cells that share all options. */
export interface TimedTask {
  /** Names of the workloads. */
  readonly workloads: readonly string[];
  /** Whose memory I/O is on. */
  readonly submitter: Submitter;
  /** How P2P memory is recognised. */
  readonly recognition: Recognition;
}

/**
 * Lists the exact cells.
 *
 * @returns ABI by ABI, recognition by recognition, workload by workload.
 */
export function exactTasks(): readonly ExactTask[] {
  const ways = recognitions.filter((name) =>
    (PATH_RECOGNITIONS as readonly string[]).includes(name)
  );
  return abis.flatMap((abi: Abi) =>
    ways.flatMap((recognition) =>
      STUDY_WORKLOADS.map(({ name, submitter }) => ({
        abi,
        recognition,
        workload: name,
        submitter,
      }))
    )
  );
}

/**
 * Lists the timed runs, on lp64: `page` and `segment` on every workload, and
 * the others where half of the memory is P2P, which is what tells them apart.
 *
 * @param quick Whether two workloads are enough.
 * @returns The runs.
 */
export function timedTasks(quick: boolean): readonly TimedTask[] {
  const named = (submitter: Submitter) =>
    STUDY_WORKLOADS.filter((workload) => workload.submitter === submitter)
      .map(({ name }) => name);
  if (quick) {
    return [{
      workloads: ["128k-scattered", "64k-mixed"],
      submitter: "user",
      recognition: "page",
    }];
  }
  const both = (["page", "segment"] as const).flatMap((recognition) => [
    // Pools of their own: isolates could not be used again, only kept.
    ...named("registered").map((workload): TimedTask => ({
      workloads: [workload],
      submitter: "registered",
      recognition,
    })),
    { workloads: named("user"), submitter: "user" as const, recognition },
  ]);
  const rest = (["bio", "range", "map_first"] as const).map((
    recognition,
  ): TimedTask => ({
    workloads: ["64k-mixed"],
    submitter: "user",
    recognition,
  }));
  return [...both, ...rest];
}
