/**
 * Buffers of I/Os in flight: the pages that they are on, and the bytes that
 * must be in them when the I/O has ended.
 */
import {
  differsFromMedium,
  mediumWord,
  type PhysicalMemory,
} from "../memory/physical_memory.ts";
import { eachPiece, WrongIoError } from "../replay/replay.ts";
import type { IoWindow } from "../workload/window.ts";
import type { IoEnd } from "./simulation.ts";

/**
 * Visits the page frames of an I/O's buffer.
 *
 * @param visit Takes a page frame; false ends the visit.
 * @returns False if a visit ended it.
 */
export function eachPage(
  window: IoWindow,
  io: number,
  visit: (page: number) => boolean,
): boolean {
  const end = window.firstPiece[io + 1] as number;
  for (let piece = window.firstPiece[io] as number; piece < end; piece++) {
    const lo = (window.physLo[piece] as number) >>> 0;
    const high = ((window.physHi[piece] as number) >>> 0) * 0x10_0000;
    const last = lo + (window.pieceBytes[piece] as number) - 1;
    for (let page = lo >>> 12; page <= Math.floor(last / 4096); page++) {
      if (!visit(high + page)) return false;
    }
  }
  return true;
}

/**
 * Checks the bytes of an I/O that ended well.
 *
 * @param found How it ended, the data memory, the medium's salt and the I/O's
 *   number in the workload.
 * @throws {WrongIoError} If one is wrong, names the I/O.
 */
export function checkBytes(
  window: IoWindow,
  found: { end: IoEnd; data: PhysicalMemory; salt: number; number: number },
): number {
  const { end, data, salt, number } = found;
  const { io, missing } = end;
  const first = Math.imul(window.sectorLo[io] as number, 128);
  const isMissing = (byte: number) =>
    missing.some(({ from, to }) => byte >= from && byte < to);
  const wrong = eachPiece(
    { data, window, io },
    (words, { index, count, word }) => {
      if (missing.length === 0) {
        return differsFromMedium(words, { index, count, word, salt });
      }
      for (let i = 0; i < count; i++) {
        const value = words[index + i] as number;
        if (value === mediumWord((word + i) | 0, salt)) continue;
        // What a short read left out is as it was before: zero.
        if (value === 0 && isMissing(((word - first + i) | 0) * 4)) continue;
        return i;
      }
      return -1;
    },
  );
  if (wrong >= 0) {
    throw new WrongIoError(
      `Cannot trust I/O ${number}: byte ${
        wrong * 4
      } of its buffer is wrong, expected the I/O's data`,
    );
  }
  return window.lengthBytes[io] as number;
}
