/** Finds one I/O of a workload, of any length, in constant memory. */
import { plural } from "../../sim/text/plural.ts";
import type { Workload } from "../../sim/workload/workload.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../sim/workload/window.ts";
import { WINDOW_CAPACITY } from "../run/audit_cell.ts";

/** Names of operations that carry no data. */
const NO_DATA: ReadonlyMap<number, string> = new Map([
  [WINDOW_OP.flush, "a flush"],
  [WINDOW_OP.discard, "a discard"],
]);

/**
 * Reads a workload up to an I/O.
 *
 * @param io Number of the I/O, from 0.
 * @param signal Ends the search early.
 * @returns A window with that I/O alone.
 * @throws {RangeError} If the workload has fewer I/Os, or that one carries no
 *   data.
 */
export async function findIo(
  workload: Workload,
  io: number,
  signal?: AbortSignal,
): Promise<IoWindow> {
  let first = 0;
  for await (const window of workload.windows(WINDOW_CAPACITY)) {
    signal?.throwIfAborted();
    const ios = window.counts[0] ?? 0;
    if (io < first + ios) {
      const found = io - first;
      const what = NO_DATA.get(window.op[found] as number);
      if (what !== undefined) {
        throw new RangeError(
          `Cannot explain I/O ${io} of "${workload.name}": it is ${what} and ` +
            `carries no data, expected a read or write`,
        );
      }
      return single(window, found);
    }
    first += ios;
  }
  throw new RangeError(
    `Cannot explain I/O ${io} of "${workload.name}": it has ${
      plural(first, "I/O")
    }, ` +
      (first === 0 ? "expected one at least" : `expected 0 to ${first - 1}`),
  );
}

/** Copies one I/O into a window of its own. */
function single(window: IoWindow, io: number): IoWindow {
  const from = window.firstPiece[io] as number;
  const to = window.firstPiece[io + 1] as number;
  const copy = createWindow({ ios: 1, pieces: to - from });
  copy.counts.set([1, to - from]);
  copy.firstPiece.set([0, to - from]);
  const part = window.parts.get(io);
  if (part !== undefined) copy.parts.set(0, part);
  for (const name of ["op", "sectorLo", "sectorHi", "lengthBytes"] as const) {
    copy[name].set(window[name].subarray(io, io + 1));
  }
  for (const name of ["physLo", "physHi", "pieceBytes", "provider"] as const) {
    copy[name].set(window[name].subarray(from, to));
  }
  return copy;
}
