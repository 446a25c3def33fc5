/**
 * Workloads that are read once for all cells that want the same I/Os in the same
 * places: as long as all of them are in one window, and for the last few only,
 * so that memory does not grow.
 */
import type { Workload } from "../../sim/workload/workload.ts";
import {
  copyWindow,
  type IoWindow,
  type WindowCapacity,
} from "../../sim/workload/window.ts";
import type { ResultInput } from "../files/result_input.ts";

interface Kept {
  readonly workload: Workload;
  readonly window: IoWindow;
  inputs: readonly ResultInput[];
}

const MOST_KEPT = 4;

export class KeptWorkloads {
  /** Windows that are never filled again. */
  readonly lasting: WeakSet<SharedArrayBuffer> = new WeakSet();
  /** In the order in which they were last wanted. */
  readonly #kept = new Map<string, Kept | undefined>();

  /**
   * Returns what opens a workload.
   *
   * @param key What it depends on.
   * @returns A function that opens it, and whether it was read before; nothing
   * if it is more than one window.
   */
  async find(
    key: string,
    open: () => Promise<Workload>,
    capacity: WindowCapacity,
  ): Promise<
    { open: () => Promise<Workload>; isKept: boolean; isNew: boolean }
  > {
    const isNew = !this.#kept.has(key);
    const kept = isNew ? await this.#read(open, capacity) : this.#kept.get(key);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
    return {
      open: kept === undefined ? open : () => Promise.resolve(again(kept)),
      isKept: kept !== undefined,
      isNew,
    };
  }

  /**
   * Notes the files that a workload was read from.
   *
   * @param inputs The files; nothing happens where it is not kept.
   */
  note(key: string, inputs: readonly ResultInput[]): void {
    const kept = this.#kept.get(key);
    if (kept !== undefined) kept.inputs = inputs;
  }

  inputsOf(key: string): readonly ResultInput[] {
    return this.#kept.get(key)?.inputs ?? [];
  }

  async #read(
    open: () => Promise<Workload>,
    capacity: WindowCapacity,
  ): Promise<Kept | undefined> {
    const workload = await open();
    let window: IoWindow | undefined;
    for await (const next of workload.windows(capacity)) {
      if (window !== undefined) return undefined;
      window = copyWindow(next);
    }
    if (window === undefined) return undefined;
    this.lasting.add(window.buffer);
    return { workload, window, inputs: [] };
  }
}

function again({ workload, window }: Kept): Workload {
  return {
    name: workload.name,
    description: workload.description,
    placement: workload.placement,
    placementText: workload.placementText,
    depth: workload.depth,
    batch: workload.batch,
    tally: workload.tally,
    warnings: workload.warnings,
    async *windows() {
      yield await Promise.resolve(window);
    },
  };
}
