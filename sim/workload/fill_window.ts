/**
 * Fills windows with the I/Os of batches: sectors, lengths, and the buffers
 * that the placement draws. What is longer than the lab's limits is cut into
 * several I/Os and counted.
 */
import type { IoBatch } from "./batch.ts";
import type { Placement } from "./placement.ts";
import type { WorkloadTally } from "./tally.ts";
import { type IoWindow, WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;
const WORD = 2 ** 32;

/**
 * Longest read or write of the lab; a longer one becomes several, counted as
 * cut. 8 MiB is what five PRP list pages reach (blockspec 4.4).
 */
export const LONGEST_IO_BYTES: number = 8 * 2 ** 20;

/** Longest discard of the lab; it has no buffer, only a 32-bit length. */
export const LONGEST_DISCARD_BYTES: number = 2 ** 30;

/** How far a batch has been placed. */
export interface BatchPosition {
  row: number;
  /** Bytes of that row that earlier parts of a cut I/O have covered. */
  doneBytes: number;
}

/**
 * Appends I/Os of a batch to a window until the batch or the window ends.
 *
 * @param window The window; its counts say how full it is.
 * @param options The placement, the position in the batch (moved on), and the
 *   tally in which cut I/Os are counted.
 * @returns True if the window is full, false if the batch is used up.
 * @throws {RangeError} If an I/O could have more pieces than an empty window
 *   has room for.
 *
 * @example One batch of a trace
 * ```ts
 * import { defaultMemoryMap } from "@bvec/lab";
 * import { createWindow } from "./window.ts";
 * import { fillWindow } from "./fill_window.ts";
 * import { Placement } from "./placement.ts";
 * import { readTrace } from "./read_trace.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "fio version 3 iolog\n0 d read 4096 8192\n";
 * const trace = await readTrace("x", new Blob([text]).stream());
 * const memoryMap = defaultMemoryMap(true);
 * const placement = new Placement("scattered", { seed: 1, memoryMap });
 * const window = createWindow({ ios: 16, pieces: 64 });
 * for await (const batch of trace.batches) {
 *   const position = { row: 0, doneBytes: 0 };
 *   const { tally } = trace;
 *   assertEquals(
 *     fillWindow(window, batch, { placement, position, tally }),
 *     false, // there is room for more
 *   );
 * }
 * assertEquals([...window.counts], [1, 2]); // an I/O of two pages
 * assertEquals(window.sectorLo[0], 8);
 * ```
 */
export function fillWindow(
  window: IoWindow,
  batch: IoBatch,
  options: {
    placement: Placement;
    position: BatchPosition;
    tally: WorkloadTally;
  },
): boolean {
  const { placement, position, tally } = options;
  const { capacity, counts } = window;
  while (position.row < batch.count) {
    const row = position.row;
    const op = batch.op[row] ?? 0;
    const whole = batch.lengthBytes[row] ?? 0;
    const hasBuffer = op === WINDOW_OP.read || op === WINDOW_OP.write;
    const rest = whole - position.doneBytes;
    const length = Math.min(
      rest,
      hasBuffer ? LONGEST_IO_BYTES : LONGEST_DISCARD_BYTES,
    );
    const ios = counts[0] ?? 0;
    if (ios === capacity.ios) return true;
    const sector = ((batch.offsetBytes[row] ?? 0) + position.doneBytes) /
      SECTOR_BYTES;
    window.op[ios] = op;
    window.sectorLo[ios] = sector | 0;
    window.sectorHi[ios] = Math.floor(sector / WORD);
    if (hasBuffer) {
      const pieces = placement.mostPieces(length, window);
      if ((counts[1] ?? 0) + pieces > capacity.pieces) {
        if (ios > 0) return true;
        throw new RangeError(
          `Cannot place an I/O of ${length} bytes: found a window of ` +
            `${capacity.pieces} pieces, expected at least ${pieces}`,
        );
      }
    }
    window.lengthBytes[ios] = length;
    window.firstPiece[ios] = counts[1] ?? 0;
    if (hasBuffer) placement.addBuffer(window, length);
    counts[0] = ios + 1;
    window.firstPiece[ios + 1] = counts[1] ?? 0;
    if (length < whole) {
      const { doneBytes } = position;
      window.parts.set(ios, { wholeBytes: whole, doneBytes });
    }
    if (length < rest) {
      if (position.doneBytes === 0) tally.cut++;
      position.doneBytes += length;
    } else {
      position.row++;
      position.doneBytes = 0;
    }
  }
  return false;
}

/**
 * Empties a window.
 *
 * @example A window that is used again
 * ```ts
 * import { clearWindow } from "./fill_window.ts";
 * import { createWindow } from "./window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const window = createWindow({ ios: 1, pieces: 1 });
 * window.counts[0] = 1;
 * clearWindow(window);
 * assertEquals(window.counts[0], 0);
 * ```
 */
export function clearWindow(window: IoWindow): void {
  window.counts.fill(0);
  window.parts.clear();
  window.firstPiece[0] = 0;
}
