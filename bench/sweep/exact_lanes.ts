/**
 * Exact figures in several isolates at once, each with a group of cells at a
 * time: as many as there are CPUs and memory for.
 */
import {
  keepSpareWorker,
  takeSpareWorker,
} from "../contender/spare_workers.ts";
import { MAIN_BYTES } from "../run/isolate_room.ts";
import { freeMemoryBytes } from "../machine/free_resources.ts";
import type { RunOptions } from "../run/options.ts";
import type { Reuse } from "./exact_group.ts";
import type { GroupAnswer, GroupRequest } from "./group_worker.ts";
import type { SweepCell } from "./sweep_cell.ts";
import type { ExactGroup } from "./exact_group.ts";

export interface LaneOptions {
  readonly lanes: number;
  readonly signal: AbortSignal;
  readonly onStart: (group: readonly SweepCell[]) => void;
  /** Called with what a group gave, or why nothing; the lane waits for it. */
  readonly onGroup: (
    group: readonly SweepCell[],
    found: GroupAnswer,
  ) => Promise<void>;
}

/** Groups after which an isolate makes way for a new one. */
const GROUPS_PER_ISOLATE = 128;

/**
 * Works on groups.
 *
 * @param groups Cells that differ in their CPU alone, group by group.
 */
export async function inLanes(
  groups: readonly (readonly SweepCell[])[],
  options: LaneOptions,
): Promise<void> {
  const { signal, onStart, onGroup } = options;
  let next = 0;
  const lane = async () => {
    let isolate: ExactIsolate | undefined;
    for (let done = 1; next < groups.length && !signal.aborted; done++) {
      const group = groups[next++] ?? [];
      onStart(group);
      isolate ??= new ExactIsolate(signal);
      const found = await isolate.ask(group.map(({ setup }) => setup));
      if (signal.aborted) break;
      if (isolate.isGone || done % GROUPS_PER_ISOLATE === 0) {
        isolate.stop();
        isolate = undefined;
      }
      await onGroup(group, found);
    }
    isolate?.release();
  };
  const lanes = Math.min(options.lanes, groups.length);
  await Promise.all(Array.from({ length: lanes }, lane));
}

const MODULE = new URL("./group_worker.ts", import.meta.url);

class ExactIsolate {
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  /** Takes what the worker was asked for and has not answered. */
  #answer: ((answer: GroupAnswer) => void) | undefined;
  #isFirst = true;
  #isGone = false;

  constructor(signal: AbortSignal) {
    this.#worker = takeSpareWorker(MODULE) ??
      new Worker(MODULE, { type: "module", name: "sweep" });
    this.#worker.onmessage = ({ data }: MessageEvent<GroupAnswer>) => {
      const answer = this.#answer;
      this.#answer = undefined;
      answer?.(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(`its isolate ended: ${event.message}`);
    };
    this.#signal = signal;
    signal.addEventListener("abort", this.#abort);
  }

  /** Whether it will answer no more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  ask(setups: readonly RunOptions[]): Promise<GroupAnswer> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      const isFirst = this.#isFirst;
      this.#isFirst = false;
      this.#worker.postMessage({ setups, isFirst } satisfies GroupRequest);
    });
  }

  stop(): void {
    this.#isGone = true;
    this.#signal.removeEventListener("abort", this.#abort);
    this.#worker.terminate();
  }

  /** Leaves the worker, which has answered, to another sweep, if there may be one. */
  release(): void {
    if (this.#isGone) return;
    if (!keepSpareWorker(MODULE, this.#worker)) return this.stop();
    this.#isGone = true;
    this.#signal.removeEventListener("abort", this.#abort);
  }

  readonly #abort = () => this.#end("interrupted");

  #end(error: string): void {
    this.stop();
    this.#answer?.({ error });
  }
}

/**
 * Returns how many isolates there may be.
 *
 * @param wanted How many were asked for; one for each CPU if absent.
 * @returns How many: one at least, and no more than half of the free memory
 *   has room for.
 */
export function lanesFor(
  wanted: number | undefined,
  bytesEach: number,
): number {
  const cpus = navigator.hardwareConcurrency;
  const freeBytes = freeMemoryBytes();
  const inMemory = freeBytes === null
    ? cpus
    : Math.floor((freeBytes / 2 - MAIN_BYTES) / bytesEach);
  return Math.max(1, Math.min(wanted ?? cpus, cpus, inMemory));
}

export function addReuse(sum: Reuse, { reuse }: ExactGroup): Reuse {
  return {
    read: sum.read + reuse.read,
    reread: sum.reread + reuse.reread,
    traced: sum.traced + reuse.traced,
    retraced: sum.retraced + reuse.retraced,
  };
}
