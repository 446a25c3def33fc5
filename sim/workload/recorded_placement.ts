/**
 * Where the buffers of I/Os lay on a real machine: the physical runs of each
 * (`parse_placement.ts` reads them from a file). Runs keep what a cost depends
 * on, who is whose neighbour and where in a page they begin; pages keep their
 * order, and are in the memory of the lab's machine.
 */
import { PAGE_BYTES } from "../../layouts/abi.ts";
import { PageNumbers } from "./page_numbers.ts";
import { WINDOW_OP } from "./window.ts";

const SECTOR_BYTES = 512;

/** Physical runs of one I/O. */
export interface RecordedIo {
  /** `WINDOW_OP.read` or `WINDOW_OP.write`. */
  readonly op: number;
  /** First sector of 512 bytes. */
  readonly sector: number;
  /** Its runs, in order. */
  readonly runs: readonly RecordedRun[];
}

/** Physically contiguous memory. */
export interface RecordedRun {
  /** First byte: as recorded, or in the pool that was made of all. */
  readonly at: number;
  /** How long it is. */
  readonly bytes: number;
  /** Whether it is P2P memory. */
  readonly isP2p: boolean;
}

/**
 * A recording. What JSON has of it is its name and its digest; the runs stay in
 * the isolate that read them.
 */
export class RecordedPlacement {
  /** What messages call it, such as its path. */
  readonly name: string;
  /** SHA-256 of its text, in hex. */
  readonly sha256: string;
  /** Whole I/Os in it. */
  readonly ios: number;
  /** Runs of all of them. */
  readonly runs: number;
  /** I/Os at its end or with lost lines, which have not all their runs. */
  readonly cutIos: number;
  /** Share of I/Os with P2P memory. */
  readonly p2pShare: number;
  /** Bytes of host memory that its pages take, gaps included. */
  readonly poolBytes: number;
  /** Bytes of P2P memory, in the same way. */
  readonly barBytes: number;
  readonly #ios: readonly RecordedIo[];
  readonly #byPlace: ReadonlyMap<number, readonly number[]>;

  /**
   * Takes the I/Os of a recording.
   *
   * @param given Name, digest, I/Os and how many were cut.
   * @throws {RangeError} If it holds none, or too many.
   */
  constructor(
    given: {
      readonly name: string;
      readonly sha256: string;
      readonly ios: readonly RecordedIo[];
      readonly cutIos: number;
    },
  ) {
    const { ios } = given;
    this.name = given.name;
    this.sha256 = given.sha256;
    this.ios = ios.length;
    this.cutIos = given.cutIos;
    this.runs = ios.reduce((sum, { runs }) => sum + runs.length, 0);
    const mixed = ios.filter(({ runs }) => runs.some(({ isP2p }) => isP2p));
    this.p2pShare = mixed.length / Math.max(1, ios.length);
    const host = new PageNumbers(ios, false, this.name);
    const p2p = new PageNumbers(ios, true, this.name);
    this.poolBytes = Math.max(1, host.pages) * PAGE_BYTES;
    this.barBytes = p2p.pages * PAGE_BYTES;
    this.#ios = ios.map((io) => ({
      ...io,
      runs: io.runs.map((run) => ({
        ...run,
        at: (run.isP2p ? p2p : host).place(run.at),
      })),
    }));
    const byPlace = new Map<number, number[]>();
    for (const [index, { op, sector }] of ios.entries()) {
      const key = keyOf(op, sector);
      const list = byPlace.get(key);
      if (list === undefined) byPlace.set(key, [index]);
      else list.push(index);
    }
    this.#byPlace = byPlace;
  }

  /** Returns a function that hands out the I/Os in order, from the first. */
  open(): RecordedRuns {
    return new RecordedRuns(this, this.#ios, this.#byPlace);
  }
}

/** Hands out the runs of I/Os: of the same place in the order recorded. */
export class RecordedRuns {
  readonly #recording: RecordedPlacement;
  readonly #ios: readonly RecordedIo[];
  readonly #byPlace: ReadonlyMap<number, readonly number[]>;
  /** How often each place was handed out. */
  readonly #times = new Map<number, number>();
  /** The rest of a recorded I/O that was handed out in part. */
  readonly #rests = new Map<number, readonly RecordedRun[]>();

  /**
   * Begins with the first I/O of each place.
   *
   * @param recording The recording.
   * @param ios Its I/Os, with their runs in the pool.
   * @param byPlace Their indices by operation and sector.
   */
  constructor(
    recording: RecordedPlacement,
    ios: readonly RecordedIo[],
    byPlace: ReadonlyMap<number, readonly number[]>,
  ) {
    this.#recording = recording;
    this.#ios = ios;
    this.#byPlace = byPlace;
  }

  /**
   * Returns the runs of an I/O. It may have been recorded as several that
   * follow each other, as bios do that a long one was cut into.
   *
   * @param io Operation, first sector and length.
   * @param take Whether the next I/O of that place gets the next ones.
   * @returns The runs, as long as the I/O.
   * @throws {RangeError} If it was not recorded, or not all of it.
   */
  runs(
    io: { op: number; sector: number; lengthBytes: number },
    take: boolean,
  ): RecordedRun[] {
    const { op, lengthBytes } = io;
    const found: RecordedRun[] = [];
    let done = 0;
    while (done < lengthBytes) {
      const key = keyOf(op, io.sector + done / SECTOR_BYTES);
      const list = this.#byPlace.get(key);
      const times = this.#times.get(key) ?? 0;
      // A longer trace starts over.
      const recorded = this.#ios[list?.[times % list.length] ?? -1]?.runs ??
        this.#rests.get(key);
      if (recorded === undefined) throw this.#missing(io, done);
      if (take) this.#times.set(key, times + 1);
      const rest: RecordedRun[] = [];
      for (const run of recorded) {
        const bytes = Math.min(run.bytes, lengthBytes - done);
        if (bytes > 0) found.push({ ...run, bytes });
        done += bytes;
        if (bytes === run.bytes) continue;
        rest.push({ ...run, at: run.at + bytes, bytes: run.bytes - bytes });
      }
      // The lab cuts what is longer than it takes: here it continues.
      if (take && rest.length > 0) {
        this.#rests.set(keyOf(op, io.sector + done / SECTOR_BYTES), rest);
      }
    }
    return found;
  }

  #missing(
    { op, sector, lengthBytes }: {
      op: number;
      sector: number;
      lengthBytes: number;
    },
    done: number,
  ): RangeError {
    const kind = op === WINDOW_OP.write ? "write" : "read";
    return new RangeError(
      `Cannot place a ${kind} of ${lengthBytes} bytes at sector ${sector}: ` +
        `found ${done === 0 ? "no such I/O" : `${done} bytes of it`} among ` +
        `the ${this.#recording.ios} of ${this.#recording.name}, expected a ` +
        "recording of the same I/Os",
    );
  }
}

/** Operation and sector as one number below 2^53. */
function keyOf(op: number, sector: number): number {
  return sector * 4 + op;
}
