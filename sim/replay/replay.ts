/**
 * Replays a window of I/Os through a path: plainly, or one by one with every
 * byte and every resource checked.
 */
import { checkKeys } from "../../layouts/known_keys.ts";
import {
  checkMade,
  checkWhole,
  describeValue,
} from "../../layouts/value_text.ts";
import type { Assembly } from "../setup/assembly.ts";
import type { Path } from "../path/path.ts";
import {
  type DataPlace,
  differsFromMedium,
  fillMedium,
  PhysicalMemory,
} from "../memory/physical_memory.ts";
import { errnoName } from "../kernel/operation.ts";
import { type IoWindow, requireWindow, WINDOW_OP } from "../workload/window.ts";

/** An I/O whose bytes or descriptors came out wrong. */
export class WrongIoError extends Error {
  /** Tells it from other errors, also across workers. */
  override readonly name = "WrongIoError";
}

/**
 * Whether an I/O moves data and so goes through the path.
 *
 * @returns True for reads and writes.
 */
export function carriesData(window: IoWindow, io: number): boolean {
  const op = window.op[io];
  return op === WINDOW_OP.read || op === WINDOW_OP.write;
}

/** Lists the I/Os of a window that go through the path. */
export function dataIos(window: IoWindow): Int32Array {
  requireWindow("list I/Os", window);
  const indexes = new Int32Array(window.counts[0] ?? 0);
  let count = 0;
  for (let io = 0; io < indexes.length; io++) {
    if (carriesData(window, io)) indexes[count++] = io;
  }
  return indexes.subarray(0, count);
}

/**
 * Sends I/Os through a path, as many in flight as the path allows; opens their
 * window first, if it is not open.
 */
export function replay(
  assembly: Assembly,
  window: IoWindow,
  ios: Int32Array,
): void {
  requireAssembly("replay I/Os", assembly);
  requireWindow("replay I/Os", window);
  checkIos("replay I/Os", window, ios);
  const { path } = assembly;
  if (!path.isOpen(window)) path.open(window);
  replayOpen(path, window, ios);
}

/**
 * Sends I/Os of an open window through a path: what is timed, and nothing
 * else.
 *
 * @throws {TypeError} If the window is not open.
 */
export function replayOpen(
  path: Path,
  window: IoWindow,
  ios: Int32Array,
): void {
  for (let i = 0; i < ios.length; i++) path.submit(window, ios[i] as number);
  path.drain();
}

/**
 * Refuses what a path has left in use once all of its I/Os have ended: an I/O
 * that was lost, ended twice, or did not give back what it took.
 *
 * @param firstIo Number of the first of the I/Os, for the message.
 * @throws {WrongIoError} If one of them is not 0.
 */
export function requireNothingInUse(
  balance: Readonly<Record<string, number>>,
  firstIo: number,
): void {
  for (const [resource, count] of Object.entries(balance)) {
    if (count === 0) continue;
    throw new WrongIoError(
      `Cannot trust the I/Os from ${firstIo} on: ${count} of ${resource} ` +
        `still in use after them, expected 0`,
    );
  }
}

/** Sees to it that each I/O of a window ends once. */
export class EndsOnce {
  #ends = new Uint8Array(0);

  /** Takes the end of an I/O, by its index; to be given as `ioEnd` of a probe. */
  readonly take = (io: number): void => {
    this.#ends[io] = (this.#ends[io] ?? 0) + 1;
  };

  begin(ios: number): void {
    this.#ends = new Uint8Array(ios);
  }

  /**
   * Refuses a window in which an I/O has not ended, or more than once.
   *
   * @param ios Indexes of the I/Os that were submitted.
   * @param firstIo Number of the window's first I/O, for the message.
   * @throws {WrongIoError} If there is one; names it.
   */
  check(ios: Int32Array, firstIo: number): void {
    for (const io of ios) {
      const ends = this.#ends[io];
      if (ends === 1) continue;
      throw new WrongIoError(
        `Cannot trust I/O ${firstIo + io}: it ended ${ends} times, expected ` +
          `once`,
      );
    }
  }
}

/** Indexes of I/Os must be those of I/Os that the window holds. */
function checkIos(what: string, window: IoWindow, ios: Int32Array): void {
  if (!(ios instanceof Int32Array)) {
    throw new TypeError(
      `Cannot ${what}: found ios ${describeValue(ios)}, expected an ` +
        `Int32Array of indexes, as dataIos() returns it`,
    );
  }
  const most = window.counts[0] ?? 0;
  const wrong = ios.find((io) => io < 0 || io >= most);
  if (wrong === undefined) return;
  throw new RangeError(
    `Cannot ${what}: found I/O ${wrong} in ios, expected indexes of the ` +
      `${most} I/Os of the window`,
  );
}

export interface VerifyOptions {
  /** Indexes of the I/Os. */
  readonly ios: Int32Array;
  /** The data memory that the device of the path moves bytes in. */
  readonly data: PhysicalMemory;
  readonly salt: number;
  /** Takes each I/O's digest, for finding the first one that differs. */
  readonly digests?: Int32Array | undefined;
  /** Number of the window's first I/O in the workload; for messages. */
  readonly firstIo: number;
}

/**
 * Sends I/Os through a path one by one and checks after each that its bytes
 * are where the workload says and that nothing is left in use. Opens their
 * window first, if it is not open.
 *
 * @param assembly A path with a device that decodes and moves bytes.
 * @throws {WrongIoError} If an I/O fails, names the I/O.
 */
export function verifyReplay(
  assembly: Assembly,
  window: IoWindow,
  options: VerifyOptions,
): void {
  requireAssembly("verify I/Os", assembly);
  requireWindow("verify I/Os", window);
  requireVerifyOptions(options);
  checkIos("verify I/Os", window, options.ios);
  const { path, digest } = assembly;
  const { ios, data, salt, digests, firstIo } = options;
  if (!path.isOpen(window)) path.open(window);
  for (const io of ios) {
    const isWrite = window.op[io] === WINDOW_OP.write;
    const fail = (what: string): never => {
      throw new WrongIoError(
        `Cannot trust I/O ${firstIo + io} (${isWrite ? "write" : "read"} of ${
          window.lengthBytes[io]
        } bytes): ${what}`,
      );
    };
    eachPiece({ data, window, io }, (words, { index, count, word }) => {
      if (isWrite) fillMedium(words, { index, count, word, salt });
      else words.fill(0, index, index + count);
      return -1;
    });
    const errorsBefore = path.counts.errors;
    try {
      path.submit(window, io);
      path.drain();
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
    if (path.counts.errors !== errorsBefore) {
      const errno = errnoName(path.counts.lastErrno);
      fail(`it ended with ${errno}, expected success`);
    }
    const landed = eachPiece(
      { data, window, io },
      (words, { index, count, word }) =>
        differsFromMedium(words, { index, count, word, salt }),
    );
    if (landed >= 0) {
      fail(
        `byte ${landed * 4} of its buffer is wrong, expected the I/O's data`,
      );
    }
    for (const [resource, count] of Object.entries(path.balance())) {
      if (count !== 0) fail(`${count} of ${resource} still in use after it`);
    }
    if (digests !== undefined && digest !== undefined && io < digests.length) {
      digests[io] = digest.word();
    }
  }
}

/**
 * Visits the pieces of an I/O's buffer.
 *
 * @param visit Takes the words of a piece, and where they are in memory and on
 * the medium; returns the index of a word that is wrong, or -1.
 * @returns The index in the I/O of the first word that `visit` complains of,
 *   or -1.
 * @throws {WrongIoError} If the buffer is outside the data memory.
 */
export function eachPiece(
  from: { data: PhysicalMemory; window: IoWindow; io: number },
  visit: (
    words: Uint32Array,
    at: { index: number; count: number; word: number },
  ) => number,
): number {
  const { data, window, io } = from;
  const place: DataPlace = { words: new Uint32Array(0), index: 0 };
  const end = window.firstPiece[io + 1] as number;
  // 128 words of 4 bytes a sector; wraps at 2^32 words as the device does.
  const first = Math.imul(window.sectorLo[io] as number, 128);
  let done = 0;
  for (let piece = window.firstPiece[io] as number; piece < end; piece++) {
    const bytes = window.pieceBytes[piece] as number;
    data.atPhysical(
      window.physLo[piece] as number,
      window.physHi[piece] as number,
      bytes,
      place,
    );
    if (place.words.length === 0) {
      throw new WrongIoError(
        `Cannot place I/O ${io}: its buffer is outside every memory range, expected host memory or a BAR`,
      );
    }
    const count = bytes >>> 2;
    const wrong = visit(place.words, {
      index: place.index,
      count,
      word: (first + done) | 0,
    });
    if (wrong >= 0) return done + wrong;
    done += count;
  }
  return -1;
}

function requireAssembly(what: string, assembly: Assembly): void {
  checkMade(what, "assembly", assembly, {
    expected: "an assembly, as assemblePath() makes it",
    isOne: ({ path, memory }) =>
      typeof path === "object" && path !== null && "submit" in path &&
      typeof memory === "object" && memory !== null,
  });
}

/** `ios` are looked at with their window. */
const VERIFY_KEYS = [
  "ios",
  "data",
  "salt",
  "digests",
  "firstIo",
] as const satisfies readonly (keyof VerifyOptions)[];

function requireVerifyOptions(options: VerifyOptions): void {
  const what = "verify I/Os";
  checkKeys(what, "options", options, VERIFY_KEYS);
  checkMade(what, "data", options.data, {
    expected: "a PhysicalMemory",
    isOne: (value) => value instanceof PhysicalMemory,
  });
  checkWhole(what, "salt", options.salt, { expected: "a whole number" });
  if (options.digests !== undefined) {
    checkMade(what, "digests", options.digests, {
      expected: "an Int32Array",
      isOne: (value) => value instanceof Int32Array,
    });
  }
  checkWhole(what, "firstIo", options.firstIo, {
    least: 0,
    expected: "a whole number from 0",
  });
}
