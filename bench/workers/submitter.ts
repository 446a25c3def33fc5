/** A submitter of a group once it is set up: what it is made of, and its I/Os. */
import type { Assembly } from "../../sim/setup/assembly.ts";
import type { PhysicalMemory } from "../../sim/memory/physical_memory.ts";
import type { CommandSetDigest } from "../../sim/workers/command_set_digest.ts";
import { WrongIoError } from "../../sim/replay/replay.ts";
import type { IoWindow } from "../../sim/workload/window.ts";
import type { SubmitterRequest } from "./group_protocol.ts";
import type { LatencyRecorder } from "../result/latency.ts";
import type { SubmitterPath } from "./submitter_path.ts";

/** The open window, and the I/Os of it that are this worker's. */
export interface OpenShare {
  readonly id: number;
  readonly window: IoWindow;
  readonly ios: Int32Array;
}

/** What a submitter works with once it is set up. */
export interface GroupSubmitter {
  readonly request: Extract<SubmitterRequest, { kind: "setup" }>;
  readonly path: SubmitterPath;
  readonly assembly: Assembly;
  readonly data: PhysicalMemory | undefined;
  readonly digest: CommandSetDigest;
  /** Of a group that is observed. */
  readonly latency: LatencyRecorder | undefined;
  readonly control: Int32Array;
  /** Measurements so far, which the group counts together. */
  measured: number;
}

/**
 * Requires that I/Os have ended well; counts of a path may be read only after it
 * has drained.
 *
 * @param before How many had ended before.
 * @throws {WrongIoError} If another number of them has.
 */
export function requireEnded(
  assembly: Assembly,
  wanted: number,
  before: number,
): void {
  const { counts } = assembly.path;
  const ended = counts.ios - counts.errors - before;
  if (ended === wanted) return;
  throw new WrongIoError(
    `Cannot trust the workers: ${ended} I/Os ended well, expected ${wanted}`,
  );
}
