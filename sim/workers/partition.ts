/**
 * Which worker submits which I/O: fixed by the I/O's place in its window, so
 * that a run of any number of workers has the same I/Os in the same plugs.
 */
import { checkKeys } from "../../layouts/known_keys.ts";
import { checkWhole } from "../../layouts/value_text.ts";
import { dataIos } from "../replay/replay.ts";
import { type IoWindow, requireWindow } from "../workload/window.ts";

/** A share of a window. */
export interface Share {
  /** The worker, from 0. */
  readonly worker: number;
  /** Workers in all. */
  readonly workers: number;
  /** I/Os that go under one plug and so to one worker; default: 1. */
  readonly batch?: number;
}

/**
 * Lists the I/Os that a worker submits: batches are dealt out in turn.
 *
 * @param share Which worker of how many.
 * @returns Indexes of its reads and writes, ascending.
 * @throws {RangeError} If there is no such worker.
 *
 * @example Six I/Os for two workers
 * ```ts
 * import { createWindow } from "../workload/window.ts";
 * import { shareOfWindow } from "./partition.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const window = createWindow({ ios: 6, pieces: 6 });
 * window.counts.set([6, 6]);
 * const shareOf = (worker: number, batch: number) => [
 *   ...shareOfWindow(window, { worker, workers: 2, batch }),
 * ];
 * assertEquals(shareOf(0, 1), [0, 2, 4]);
 * assertEquals(shareOf(1, 2), [2, 3]);
 * ```
 */
export function shareOfWindow(window: IoWindow, share: Share): Int32Array {
  requireWindow("share a window", window);
  requireShare("share a window", share);
  const { worker, workers, batch = 1 } = share;
  if (worker >= workers) {
    throw new RangeError(
      `Cannot share a window: found worker ${worker}, expected one from 0 to ` +
        `${workers - 1}`,
    );
  }
  return dataIos(window).filter((_io, i) =>
    Math.floor(i / batch) % workers === worker
  );
}

function requireShare(what: string, share: Share): void {
  checkKeys(what, "share", share, ["worker", "workers", "batch"]);
  checkWhole(what, "worker", share.worker, {
    least: 0,
    most: 65535,
    expected: "a whole number from 0 to 65535",
  });
  checkWhole(what, "workers", share.workers, {
    least: 1,
    most: 65536,
    expected: "a whole number from 1 to 65536",
  });
  if (share.batch === undefined) return;
  checkWhole(what, "batch", share.batch, {
    least: 1,
    expected: "a whole number from 1",
  });
}
