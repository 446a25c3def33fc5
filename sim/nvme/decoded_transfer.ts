/**
 * The transfer of one command after the other as its descriptors name it: what
 * of it is left, where their lists are, and what of them is digested and
 * counted.
 */
import {
  ARENA_PHYS_HI_64,
  type KernelMemory,
} from "../memory/kernel_memory.ts";
import { busAddressText, DeviceError } from "./device_error.ts";
import type { StreamDigest } from "./digest.ts";

/** What a decoder of descriptors works on. */
export interface DecodedTransfer {
  readonly memory: KernelMemory;
  readonly counts: { prpEntries: number; sglDescriptors: number };
  /** Takes what the descriptors say, word by word. */
  readonly digest: StreamDigest;
  /** Finds what is at a bus address, or says what is missing. */
  readonly listAt: FindList;
  /** Bytes of the command that no descriptor has named yet. */
  rest: number;
  /** Moves the next bytes of the command. */
  readonly move: (busLo: number, busHi: number, length: number) => void;
}

/**
 * Finds the offset in memory of a list of descriptors.
 *
 * @throws {DeviceError} If no list memory is there.
 */
export type FindList = (lo: number, hi: number, what: string) => number;

/** Makes what finds lists of descriptors. */
export function createFindList(memory: KernelMemory): FindList {
  const listHi = memory.abi.pointerBytes === 8 ? ARENA_PHYS_HI_64 : 0;
  return (lo, hi, what) => {
    if (hi !== listHi || (lo & 7) !== 0 || (lo >>> 0) >= memory.sizeBytes) {
      throw new DeviceError(
        `Cannot read ${what} at bus address ${busAddressText(lo, hi)}: ` +
          `no list memory is there, expected one of the descriptor pools`,
      );
    }
    return lo;
  };
}

/** Counts bytes as named by a descriptor, and moves them. */
export function takeBytes(
  transfer: DecodedTransfer,
  lo: number,
  hi: number,
  length: number,
): void {
  transfer.rest -= length;
  transfer.move(lo, hi, length);
}
