/**
 * How many isolates may live at once: what memory and file descriptors there
 * are for them, and what one takes of either.
 *
 * The sizes are upper ends of what was seen (Deno 2.9, resident, after many
 * passes); what an isolate really takes is mostly less.
 */
import { freeDescriptors, freeMemoryBytes } from "../machine/free_resources.ts";

export interface IsolateRoom {
  /** Bytes of memory for all of them. */
  readonly memoryBytes: number;
  /** Isolates, as far as descriptors allow. */
  readonly isolates: number;
}

export const NO_LIMIT: IsolateRoom = {
  memoryBytes: Infinity,
  isolates: Infinity,
};

export type IsolateUse = "audit" | "timed" | "member";

export interface IsolateLoad {
  /** Bytes of the buffer pool: struct pages and what is kept of each buffer. */
  readonly poolBytes: number;
  /** I/Os in flight. */
  readonly depth: number;
  /** Whether the path in C is beside the audited one. */
  readonly isNative: boolean;
}

const MIB = 1 << 20;

/** The main thread, its modules and what it reads and writes. */
export const MAIN_BYTES: number = 192 * MIB;

/** Descriptors of a worker: five of its runtime, one of its messages. */
export const DESCRIPTORS_PER_ISOLATE = 6;

/** What files, compilers and starting workers take for a moment. */
export const OTHER_DESCRIPTORS = 40;

/**
 * Returns the memory of an isolate.
 *
 * @returns Bytes, rather too many than too few.
 */
export function isolateBytes(use: IsolateUse, load: IsolateLoad): number {
  const { poolBytes, depth, isNative } = load;
  if (use === "audit") {
    return 224 * MIB + depth * (MIB / 2) + poolBytes / 8 +
      (isNative ? 128 * MIB : 0);
  }
  return 72 * MIB + poolBytes / 32;
}

export function isolatesIn(room: IsolateRoom, sizeBytes: number): number {
  const inMemory = Math.floor(room.memoryBytes / sizeBytes);
  return Math.max(0, Math.min(room.isolates, inMemory));
}

/** Memory that the lab takes for itself where it may not see what is free. */
const UNSEEN_BYTES = 2048 * MIB;

export interface RoomOptions {
  /** Memory that the lab may take, in bytes; half of what is free if absent. */
  readonly memoryBytes: number | undefined;
  /** Memory that isolates need at least. */
  readonly leastBytes: number;
  /** Isolates for which descriptors are looked for. */
  readonly wanted: number;
}

/**
 * Looks at what there is.
 *
 * @returns The room for isolates. Without a number that was given, it is half
 *   of what is free, but what is needed at least where that much is free.
 */
export function findRoom(options: RoomOptions): IsolateRoom {
  const { memoryBytes, leastBytes, wanted } = options;
  const most = wanted * DESCRIPTORS_PER_ISOLATE + OTHER_DESCRIPTORS;
  const descriptors = freeDescriptors(most) - OTHER_DESCRIPTORS;
  return {
    memoryBytes: memoryBytes === undefined
      ? usualBytes(leastBytes)
      : memoryBytes - MAIN_BYTES,
    isolates: Math.max(0, Math.floor(descriptors / DESCRIPTORS_PER_ISOLATE)),
  };
}

function usualBytes(leastBytes: number): number {
  const freeBytes = freeMemoryBytes();
  if (freeBytes === null) return Math.max(UNSEEN_BYTES, leastBytes);
  const half = Math.max(0, freeBytes / 2 - MAIN_BYTES);
  return leastBytes > half && leastBytes + MAIN_BYTES <= freeBytes
    ? leastBytes
    : half;
}
