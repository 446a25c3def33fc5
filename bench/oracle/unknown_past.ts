/**
 * Rows whose predecessors are not known: a scheduler that continues from where
 * it was may have been anywhere, for each priority class and direction.
 */
import type { DirectIo } from "../../sim/block/direct_io.ts";
import { REQ_OP } from "../../sim/kernel/operation.ts";
import type { OracleRow } from "./oracle_row.ts";
import type { RecordedDevice } from "./recorded_device.ts";

/** A sector after all that a row may ask for, of a device of 1 TiB. */
const FAR = 2 ** 31 - 8;
/** IOPRIO_CLASS_SHIFT */
const CLASS_SHIFT = 13;

/** An I/O of each class and direction that a row has, by their name. */
type Sides = ReadonlyMap<string, DirectIo>;

/**
 * Returns an I/O of each class and direction of a row.
 *
 * @param ios The row's I/Os.
 */
export function sidesOf(ios: readonly DirectIo[]): Sides {
  const sides = new Map<string, DirectIo>();
  for (const io of ios) {
    if (io.lengthBytes === 0) continue;
    sides.getOrInsert(`${io.priority >>> CLASS_SHIFT} ${io.operation}`, io);
  }
  return sides;
}

/** Knows where the rows so far have left the scheduler of a device. */
export class KnownPast {
  #run = "";
  #last = 0;
  /** Classes and directions that rows have shown; undefined for all. */
  #known: Set<string> | undefined;

  /**
   * Takes the next row.
   *
   * @param row The row; ids are those of `RUN.NUMBER.KIND` with numbers from 1,
   *   and rows with other ids are taken to be all that there were.
   * @returns Those whose position is not known.
   */
  take(row: OracleRow, sides: Sides): Sides {
    const number = Number(
      /^\.(\d+)\./.exec(row.id.slice(row.run.length))?.[1] ?? NaN,
    );
    if (row.run !== this.#run) {
      this.#run = row.run;
      this.#last = 0;
      this.#known = undefined;
    }
    if (number !== this.#last + 1 && !Number.isNaN(number)) {
      this.#known = new Set();
    }
    this.#last = number;
    const known = this.#known;
    if (known === undefined) return new Map();
    return new Map([...sides].filter(([side]) => !known.has(side)));
  }

  /**
   * Takes note of a row's end.
   *
   * @param isDecided Whether it had one outcome only.
   */
  end(sides: Sides, isDecided: boolean): void {
    if (!isDecided) this.#known = new Set();
    else for (const side of sides.keys()) this.#known?.add(side);
  }
}

/** Other I/O that may have gone before a row. */
export interface Past {
  readonly sector: number;
  readonly readsLast: boolean;
}

/**
 * Lists what may have gone before a row, as far as it makes a difference: a
 * scheduler may continue with any of its I/Os, or with none.
 *
 * @param ios The row's I/Os.
 */
export function possiblePasts(ios: readonly DirectIo[]): Past[] {
  const sectors = ios.map(({ sectorLo }) => sectorLo >>> 0);
  return [...new Set([...sectors, FAR])].map((sector, index) => ({
    sector,
    readsLast: index % 2 === 0,
  }));
}

/**
 * Lets other I/O go before a row.
 *
 * @param device The device; idle, and afterwards, too.
 */
export function passOtherIo(
  device: RecordedDevice,
  past: Past,
  sides: Sides,
): void {
  const { directIo, queue } = device.layer;
  const order = [...sides.values()].toSorted((a, b) =>
    (a.operation - b.operation) * (past.readsLast ? -1 : 1)
  );
  for (const io of order) {
    directIo.submit({
      ...io,
      operation: io.operation === REQ_OP.read ? REQ_OP.read : REQ_OP.write,
      sectorLo: past.sector | 0,
      sectorHi: 0,
      flags: 0,
    });
    queue.drain();
  }
  device.reset();
}
