/**
 * The cases of the native engine's speed targets, the same for
 * `native_bench.ts` and `deno task bench:targets`.
 */
import { plainCase } from "../contender/plain_case.ts";
import type {
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import { countDataIos } from "../run/audit_cell.ts";

/** A case: one workload and submitter, with what is aimed at. */
export interface SpeedCase {
  readonly workload: string;
  /** Whose memory I/O is on. */
  readonly submitter: "user" | "registered";
  /** I/Os that are submitted together, under one plug; 1 for none. */
  readonly batch: number;
  /** I/Os of its window at most. */
  readonly ios: number;
  /** What the DataView path should take of C's time at most. */
  readonly target?: { readonly name: string; readonly mostOfC: number };
}

/** As fio's io_uring with --fixedbufs --iodepth_batch=32. */
export const FIO_CASE: SpeedCase = {
  workload: "4k-hot",
  submitter: "registered",
  batch: 32,
  ios: 2048,
};

export const SPEED_CASES: readonly SpeedCase[] = [
  FIO_CASE,
  { ...FIO_CASE, batch: 1, target: { name: "4k-hot", mostOfC: 2 } },
  {
    ...{ workload: "128k-scattered", submitter: "registered" },
    ...{ batch: 1, ios: 256, target: { name: "128k", mostOfC: 2 } },
  },
  {
    // More buffers than io_uring registers: 1 GiB in pages of their own.
    ...{ workload: "4k-1g-pool", submitter: "user" },
    ...{ batch: 1, ios: 262144, target: { name: "4k-1g-pool", mostOfC: 1.2 } },
  },
];

/** @returns Workload, submitter, and the plug if there is one. */
export function caseName(what: SpeedCase): string {
  const { workload, submitter, batch } = what;
  return `${workload} ${submitter}${batch > 1 ? `, plug ${batch}` : ""}`;
}

/** A case ready to be timed. */
export interface OpenCase extends SpeedCase {
  readonly window: WindowHandle;
  /** I/Os of the window. */
  readonly windowIos: number;
  /** What its contenders are made from, except for the engine. */
  readonly setup: ContenderSetup;
}

/** @returns The case with its window and set-up, of layout `page_offset`. */
export async function openCase(from: SpeedCase): Promise<OpenCase> {
  const { workload, submitter, batch, ios } = from;
  const { setup, window } = await plainCase(
    workload,
    { ios, pieces: ios * 32 },
    { batch, submitter },
  );
  const { buffer, capacity } = window;
  return {
    ...from,
    window: { buffer, capacity },
    windowIos: countDataIos(window),
    setup,
  };
}
