/** Finds one I/O of a workload, of any length, in constant memory. */
import { plural } from "../../sim/text/plural.ts";
import type { Workload } from "../../sim/workload/workload.ts";
import { selectIos } from "../../sim/workload/select_ios.ts";
import { type IoWindow, WINDOW_OP } from "../../sim/workload/window.ts";
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
      return selectIos(window, [found]);
    }
    first += ios;
  }
  throw new RangeError(
    `Cannot explain I/O ${io} of "${workload.name}": it has ${
      plural(first, "I/O")
    }, ` +
      (first === 0 ? "expected at least one" : `expected 0 to ${first - 1}`),
  );
}
