/**
 * The bytes of a command, moved between bus addresses and the medium: what is
 * written must be what the I/O holds, what is read is filled in, and blocks with
 * metadata have their guards checked or made on the way.
 */
import type { MemoryView } from "../../layouts/word.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import {
  type DataPlace,
  differsFromMedium,
  fillMedium,
  type PhysicalMemory,
} from "../memory/physical_memory.ts";
import { SQE } from "./command.ts";
import { busAddressText, DeviceError } from "./device_error.ts";
import type { DeviceMemory } from "./device_memory.ts";
import type { createDeviceMetadata } from "./device_metadata.ts";
import { GuardWalk, isTuple, PI_CONTROL, setTuple } from "./t10_pi.ts";

/** What bytes are moved, and where they are. */
export interface DeviceDataOptions {
  /** Where data bytes are; while it is undefined none are moved. */
  readonly data: () => PhysicalMemory | undefined;
  /** What is at a bus address. */
  readonly memory: DeviceMemory;
  /** Salt of the medium's content. */
  readonly salt: number;
  readonly blockBytes: number;
  /** Bytes that it still moves, for transfers cut short; default: all. */
  readonly budget?: { bytes: number } | undefined;
}

/** A command whose bytes are moved. */
interface MovedCommand {
  readonly isRead: boolean;
  readonly blocks: number;
  /** Low half of its first block. */
  readonly slbaLo: number;
}

export interface DeviceData {
  /** Begins the command at an offset. */
  readonly begin: (entry: number, command: MovedCommand) => void;
  /** Moves the next bytes of it, from or to a bus address. */
  readonly move: (busLo: number, busHi: number, length: number) => void;
}

/**
 * Makes it.
 *
 * @param into Where bytes are counted, and the walk over metadata.
 */
export function createDeviceData(
  memory: KernelMemory,
  options: DeviceDataOptions,
  into: {
    readonly counts: { bytes: number };
    readonly metadata: ReturnType<typeof createDeviceMetadata>;
  },
): DeviceData {
  const { getLe32, view } = memory;
  const { salt, blockBytes, budget } = options;
  const { at: memoryAt } = options.memory;
  const { counts, metadata } = into;
  const place: DataPlace = { words: new Uint32Array(0), index: 0 };
  let word = 0;
  let isRead = false;
  let hasGuards = false;
  let reference = 0;
  const guardWalk = new GuardWalk(blockBytes, (block, guard) => {
    const tuple = metadata.next();
    if (isRead) setTuple(view, tuple, guard, reference + block);
    else checkTuple(view, tuple, guard, reference + block);
  });

  const movePart = (
    data: PhysicalMemory,
    lo: number,
    hi: number,
    length: number,
  ): number => {
    const part = memoryAt(data, lo, hi, length, place);
    if (part === 0) {
      throw new DeviceError(
        `Cannot move ${length} bytes at bus address ` +
          `${busAddressText(lo, hi)}: nothing is there, expected host memory ` +
          "or a BAR",
      );
    }
    const { words, index } = place;
    const stretch = { index, count: part >>> 2, word, salt };
    if (isRead) fillMedium(words, stretch);
    else {
      const wrong = differsFromMedium(words, stretch);
      if (wrong >= 0) {
        throw new DeviceError(
          `Cannot write ${length} bytes from bus address ` +
            `${busAddressText(lo, hi)}: byte ${
              wrong * 4
            } differs, expected the I/O's data`,
        );
      }
    }
    if (hasGuards) guardWalk.add(words, index, part);
    counts.bytes += part;
    word = (word + (part >>> 2)) | 0;
    return part;
  };

  /** Moves a range of bus addresses. */
  const move = (busLo: number, busHi: number, length: number): void => {
    const data = options.data();
    if (data === undefined) return;
    let lo = busLo;
    let hi = busHi;
    for (let left = budget ? spend(budget, length) : length; left > 0;) {
      const part = movePart(data, lo, hi, left);
      left -= part;
      const before = lo;
      lo = (lo + part) | 0;
      if ((lo >>> 0) < (before >>> 0)) hi = (hi + 1) | 0;
    }
  };

  return {
    begin: (entry, command) => {
      isRead = command.isRead;
      // Index of the medium's 4-byte word; wraps at 2^32 words, 16 TiB.
      word = Math.imul(command.slbaLo, blockBytes >>> 2);
      hasGuards =
        (view.getUint16(entry + SQE.control, true) & PI_CONTROL) !== 0;
      if (!hasGuards) return;
      metadata.open(entry, command.blocks);
      reference = getLe32(entry + SQE.referenceTag);
      guardWalk.reset();
    },
    move,
  };
}

/** Checks that of a block that is written. */
function checkTuple(
  view: MemoryView,
  tuple: number,
  guard: number,
  reference: number,
): void {
  if (isTuple(view, tuple, guard, reference)) return;
  throw new DeviceError(
    `Cannot write block ${reference}: its guard is 0x${
      view.getUint16(tuple, false).toString(16)
    } with reference ${view.getInt32(tuple + 4, false)}, expected 0x${
      guard.toString(16)
    } with ${reference | 0}`,
  );
}

/** Takes bytes off a budget: as many as it has. */
function spend(budget: { bytes: number }, length: number): number {
  const part = Math.min(budget.bytes, length);
  budget.bytes -= part;
  return part;
}
