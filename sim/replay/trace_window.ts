/**
 * Everything that tracing says about a layout on a window of I/Os: the
 * footprint one I/O at a time, the footprint with a queue of I/Os in flight,
 * the memory taken, and what a CPU's caches make of it.
 */
import { traceWindowSchema } from "./replay_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import type { Cpu } from "../cache/cpu.ts";
import type { FootprintTotals } from "../trace/footprint.ts";
import type { ModelledStretch } from "../trace/modelled_run.ts";
import { traceViews } from "./trace_views.ts";
import type { TracedPathOptions } from "./traced_path.ts";
import { type IoWindow, requireWindow } from "../workload/window.ts";

/** What is traced, and how. */
export interface TraceWindowOptions extends TracedPathOptions {
  /** The CPU whose caches are modelled; default: none. */
  readonly cpu?: Cpu | undefined;
  /** Size of the lines that are counted, in bytes; default: 64. */
  readonly lineBytes?: number | undefined;
  /** I/Os that are traced one at a time; default: 256. */
  readonly singleIos?: number | undefined;
  /** I/Os at depth before anything is counted; default: 1024. */
  readonly warmUpIos?: number | undefined;
  /** I/Os at depth that are counted; default: 128. */
  readonly countedIos?: number | undefined;
}

/** What a CPU's caches make of a window. */
export interface ModelledFigures {
  /** Name of the CPU. */
  readonly cpu: string;
  /** I/Os in flight. */
  readonly depth: number;
  /** I/Os before anything is counted. */
  readonly warmUpIos: number;
  /** The first `depth` I/Os, from empty caches on. */
  readonly cold: ModelledStretch;
  /** The I/Os after the warm-up. */
  readonly steady: ModelledStretch;
}

/** What tracing says. */
export interface TraceFigures {
  /** One I/O at a time, the first ones of the window on a new path. */
  readonly single: FootprintTotals;
  /**
   * `depth` I/Os in flight, after the warm-up: a line that several of them
   * touch counts once for all of them.
   */
  readonly atDepth: FootprintTotals;
  /** Bytes of slab objects taken for the single I/Os, by structure. */
  readonly allocatedBytes: Readonly<Record<string, number>>;
  /** What the CPU's caches make of it, if one was given. */
  readonly modelled?: ModelledFigures;
}

/**
 * Traces a window: first I/Os one at a time; then, at depth, a warm-up and the
 * I/Os that are counted. The latter follow the warm-up in the window and wrap
 * around at its end, as in timing: buffers of a long window are new to the
 * caches, those of a short one have been used before. Deterministic and the
 * same on every machine.
 *
 * @param window The window.
 * @param options The path, the CPU, how many I/Os.
 * @returns The figures.
 * @throws {RangeError} If the window has no reads or writes, or the path cannot
 *   be assembled.
 *
 * @example The lines of one 4 KiB read
 * ```ts
 * import {
 *   defaultMemoryMap,
 *   findAbi,
 *   findLayout,
 *   openWorkload,
 *   QUEUE_LIMIT_PRESETS,
 *   traceWindow,
 * } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const map = defaultMemoryMap(true);
 * const workload = await openWorkload("4k-hot", { seed: 1, memoryMap: map });
 * for await (const window of workload.windows({ ios: 1, pieces: 1 })) {
 *   const { single } = traceWindow(window, {
 *     layout: findLayout("page_offset"),
 *     abi: findAbi("lp64"),
 *     kernel: "7.2",
 *     recognition: "page",
 *     limits: QUEUE_LIMIT_PRESETS.nvme_prp,
 *     map,
 *     depth: 1,
 *   });
 *   assertEquals(single.ios, 1);
 *   assertEquals(single.structures.bio_vec?.lines, 1);
 *   break; // the first of many
 * }
 * ```
 */
export function traceWindow(
  window: IoWindow,
  options: TraceWindowOptions,
): TraceFigures {
  requireWindow("trace a window", window);
  checkValue("trace a window", traceWindowSchema, options, "options");
  const { cpu, lineBytes = 64, ...others } = options;
  const [figures] = traceViews(window, others, [
    { lineBytes, cpu },
  ]);
  return figures as TraceFigures;
}
