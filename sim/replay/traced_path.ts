/**
 * A traced path of whatever parts a program gives: their form is looked at
 * before `record_path.ts` makes the path.
 */
import { tracedPathSchema } from "./replay_form.ts";
import { callback, checkValue } from "../../layouts/option_check.ts";
import type { Assembly, AssemblyOptions } from "../setup/assembly.ts";
import type { AccessBatch } from "../trace/access_batch.ts";
import type { RegionPart } from "../memory/region_index.ts";
import type { KeptTracer } from "../trace/kept_tracer.ts";
import { recordPath } from "./record_path.ts";

/** What a traced path is put together from. */
export type TracedPathOptions = Omit<
  AssemblyOptions,
  "decode" | "data" | "probe"
>;

export interface TracedPath {
  /** The path and its memory. */
  readonly assembly: Assembly;
  /** Parts of regions that count as a structure of their own. */
  readonly parts: readonly RegionPart[];
  /** Bytes that slab caches gave out since the start, by structure. */
  readonly allocatedBytes: ReadonlyMap<string, number>;
  /**
   * Records from now on, or no longer; hands on what was recorded. What is done
   * in a stage that is left out is not recorded.
   */
  readonly record: (on: boolean, leftOutStage?: number) => void;
  /** Hands on what was recorded up to now. */
  readonly flush: () => void;
}

/**
 * Makes a path that records; it does so from the first `record(true)` on.
 *
 * Tracing makes the path several times slower and changes nothing else: its
 * commands and its memory are those of the plain path.
 *
 * @param consume Takes the accesses in batches.
 * @param kept Recorder and memory of the traced path before it, which must not
 *   be used any more; default: new ones.
 * @throws {RangeError} If there is no such path.
 *
 * @example Accesses of one I/O
 * ```ts
 * import { defaultMemoryMap, QUEUE_LIMIT_PRESETS } from "@bvec/lab";
 * import { createWindow } from "../workload/window.ts";
 * import { tracePath } from "./traced_path.ts";
 * import { findAbi, findLayout } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const window = createWindow({ ios: 1, pieces: 1 });
 * window.counts.set([1, 1]);
 * window.lengthBytes[0] = 4096;
 * window.physHi[0] = 1; // at 4 GiB
 * window.pieceBytes[0] = 4096;
 * window.firstPiece[1] = 1;
 * let accesses = 0;
 * const { assembly, record } = tracePath({
 *   layout: findLayout("page_offset"),
 *   abi: findAbi("lp64"),
 *   kernel: "7.2",
 *   recognition: "page",
 *   limits: QUEUE_LIMIT_PRESETS.nvme_prp,
 *   map: defaultMemoryMap(true),
 *   depth: 1,
 * }, (batch) => accesses += batch.length);
 * record(true);
 * assembly.path.submit(window, 0);
 * assembly.path.drain();
 * record(false);
 * assertEquals(accesses > 100, true);
 * ```
 */
export function tracePath(
  options: TracedPathOptions,
  consume: (batch: AccessBatch) => void,
  kept?: KeptTracer,
): TracedPath {
  checkValue("trace a path", tracedPathSchema, options, "options");
  checkValue("trace a path", callback(), consume, "consume");
  return recordPath(options, consume, kept);
}
