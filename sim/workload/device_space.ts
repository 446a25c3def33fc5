/**
 * Puts the devices or files of a trace on the lab's one device, apart from
 * each other, so that two of them never look adjacent to the merge stage.
 *
 * Below 2^53, where offsets are still exact, there is room for 64 devices of 64
 * TiB, and after them for more and more of less and less. Which devices there
 * are is known only from the I/Os, one after the other, so that the room of a
 * device does not depend on what comes later.
 */
import type { BatchBuilder } from "./batch.ts";
import {
  EXPECTED_RW,
  type IoRange,
  LONGEST_RW_BYTES,
  movesData,
} from "./io_limits.ts";

/** Room for each of the first 64 devices, 64 TiB. */
export const DEVICE_STRIDE_BYTES: number = 2 ** 46;

/** Half of the remainder, each time, for 16 times as many devices. */
const LEVELS = [0, 1, 2, 3, 4].map((level) => ({
  firstIndex: ((16 ** level - 1) / 15) * 64,
  devices: 64 * 16 ** level,
  startBytes: 2 ** 53 - 2 ** (53 - level),
  strideBytes: DEVICE_STRIDE_BYTES / 32 ** level,
}));

/** Devices of one trace at most, about 4.5 million. */
const MOST_DEVICES = LEVELS.reduce((sum, { devices }) => sum + devices, 0);

/**
 * Longest name, PATH_MAX. V8 hashes strings of more than 16383 characters by
 * their length alone, so that many long names would take for ever.
 */
const LONGEST_NAME = 4096;
/** Names of all devices together may have this many characters. */
const MOST_NAME_CHARACTERS = 2 ** 27;

/** Where a device begins, and how much room it has. */
export interface DevicePlace {
  /** Number of the device in its trace, from 0. */
  readonly index: number;
  /** First byte on the lab's one device. */
  readonly baseBytes: number;
  /** Bytes up to the next device. */
  readonly strideBytes: number;
}

/** Where a trace is being read. */
export interface TraceInputPlace {
  /** Throws the error that something else was expected there. */
  fail(expected: string): never;
}

interface NamedPlace extends DevicePlace {
  /** Whether an I/O was on it. */
  isUsed: boolean;
}

/**
 * Returns which device of a trace an offset on the lab's one device is of.
 *
 * @param offsetBytes The offset, from 0 to below 2^53.
 */
export function deviceAt(offsetBytes: number): DevicePlace {
  const level = LEVELS.findLast(({ startBytes }) => startBytes <= offsetBytes);
  if (level === undefined) return devicePlace(0);
  const { firstIndex, devices, startBytes, strideBytes } = level;
  const within = Math.floor((offsetBytes - startBytes) / strideBytes);
  return devicePlace(firstIndex + Math.min(within, devices - 1));
}

/**
 * Returns where the devices of a trace, or the files of jobs, are.
 *
 * @param index Number of the device, from 0.
 */
export function devicePlace(index: number): DevicePlace {
  const level = LEVELS.findLast(({ firstIndex }) => firstIndex <= index) ??
    { firstIndex: 0, startBytes: 0, strideBytes: DEVICE_STRIDE_BYTES };
  const { firstIndex, startBytes, strideBytes } = level;
  return {
    index,
    baseBytes: startBytes + (index - firstIndex) * strideBytes,
    strideBytes,
  };
}

/** Where each device of a trace begins. */
export class DeviceSpace {
  readonly #what: "device" | "file";
  readonly #input: TraceInputPlace;
  readonly #places = new Map<string, NamedPlace>();
  #nameCharacters = 0;
  #used = 0;
  #name = "";
  #place: NamedPlace | undefined;
  #hasFarIo = false;

  /**
   * Makes a space without devices.
   *
   * @param what What the trace calls them.
   * @param input Fails where a trace does not fit.
   */
  constructor(what: "device" | "file", input: TraceInputPlace) {
    this.#what = what;
    this.#input = input;
  }

  /**
   * Gives a device its place before an I/O is on it, as a log does that lists
   * its files first.
   */
  declare(name: string): void {
    this.#find(name);
  }

  /**
   * Returns the place of an I/O; the first device begins at 0. Only I/Os make a
   * trace one of several devices: what else names one is not replayed.
   *
   * @param io One of `WINDOW_OP`, first byte and length on that device.
   * @returns Its first byte on the lab's one device.
   */
  offsetBytes(
    name: string,
    io: Readonly<IoRange>,
    rows: BatchBuilder,
  ): number {
    let place = this.#place;
    if (place === undefined || name !== this.#name) {
      place = this.#enter(name, rows);
    }
    if (io.lengthBytes > LONGEST_RW_BYTES && movesData(io.op)) {
      this.#input.fail(EXPECTED_RW);
    }
    const end = io.offsetBytes + io.lengthBytes;
    if (end > place.strideBytes) this.#beyond(place, end, rows);
    return place.baseBytes + io.offsetBytes;
  }

  #enter(name: string, rows: BatchBuilder): NamedPlace {
    const place = this.#find(name);
    if (!place.isUsed) {
      place.isUsed = true;
      this.#used++;
      if (this.#used === 2) this.#warnOfSeveral(rows);
      if (this.#used > 1 && this.#hasFarIo) this.#warnOfFar(rows);
    }
    this.#name = name;
    this.#place = place;
    return place;
  }

  #find(name: string): NamedPlace {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    if (name.length > LONGEST_NAME) {
      this.#input.fail(
        `the name of a ${this.#what}, of at most ${LONGEST_NAME} characters`,
      );
    }
    const index = this.#places.size;
    this.#nameCharacters += name.length;
    if (index === MOST_DEVICES || this.#nameCharacters > MOST_NAME_CHARACTERS) {
      this.#input.fail(
        `at most ${MOST_DEVICES} ${this.#what}s in one trace, with names of ` +
          `${MOST_NAME_CHARACTERS} characters together`,
      );
    }
    const place = { ...devicePlace(index), isUsed: false };
    this.#places.set(name, place);
    return place;
  }

  /** An I/O reaches into the room of the next device, or after all. */
  #beyond(place: DevicePlace, end: number, rows: BatchBuilder): void {
    if (place.baseBytes + end > Number.MAX_SAFE_INTEGER) {
      this.#input.fail("an I/O that ends below 2^53 bytes");
    }
    this.#hasFarIo = true;
    if (this.#used > 1) this.#warnOfFar(rows);
  }

  #warnOfSeveral(rows: BatchBuilder): void {
    rows.warn({
      code: `several-${this.#what}s`,
      message: `the trace holds I/O of more than one ${this.#what}`,
      hint: `each further ${this.#what} begins 64 TiB higher on the one ` +
        `device of the lab (from the 65th on, less); filter the trace if ` +
        `one is enough`,
    });
  }

  #warnOfFar(rows: BatchBuilder): void {
    rows.warn({
      code: `overlapping-${this.#what}s`,
      message: `an I/O of one ${this.#what} reaches where another one begins ` +
        `on the one device of the lab`,
      hint:
        `two ${this.#what}s may look adjacent there and be merged; filter ` +
        `the trace`,
    });
  }
}
