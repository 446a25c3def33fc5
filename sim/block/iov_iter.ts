/**
 * Where an I/O is in its memory (struct iov_iter, lib/iov_iter.c): pieces that
 * are contiguous, in one user vector or several.
 */
import type { DirectIo } from "./direct_io.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";

/** Memory of I/Os in pieces, each contiguous and inside one folio. */
export interface IoPieces {
  /** Physical address of each piece, low 32 bits. */
  readonly physLo: Int32Array;
  /** Physical address of each piece, high 32 bits. */
  readonly physHi: Int32Array;
  /** Length of each piece in bytes. */
  readonly pieceBytes: Int32Array;
  /** 0 for host memory, provider index + 1 for P2P memory. */
  readonly provider: Uint8Array;
  /** 1 where a piece begins a user vector; an I/O is one where it is absent. */
  readonly startsVector?: Uint8Array;
}

/** Where the words are that say where an I/O is. */
export interface IterWords {
  /** The piece that comes next. */
  readonly piece: number;
  /** Index after the I/O's last piece. */
  readonly end: number;
  /** Bytes that are left of the I/O. */
  readonly left: number;
  /** Whether the I/O has vectors of its own: 1, or 0 where it is one. */
  readonly vectors: number;
  // Of the piece, looked up once: a window's columns are typed arrays that are
  // not constants to V8, so each access checks their kind and length.
  /** Physical address of its next byte, low and high 32 bits. */
  readonly lo: number;
  readonly hi: number;
  /** Its bytes from there on. */
  readonly rest: number;
  /** Its provider, as in a window. */
  readonly provider: number;
}

/** Where an I/O is. */
export interface IovIter {
  /** Where its words are. */
  readonly words: IterWords;
  /** The pieces of the I/O, and of others. */
  readonly pieces: () => IoPieces;
  /** Stands at the first byte of an I/O. */
  readonly begin: (io: DirectIo) => void;
  /** Advances by this many bytes within the piece. */
  readonly advance: (bytes: number) => void;
  /** Steps back by this many bytes (iov_iter_revert()). */
  readonly revert: (bytes: number) => void;
  /**
   * Bytes of the vector from a piece on, at most this many; all remaining ones
   * if there is one vector.
   */
  readonly vectorBytes: (from: number, restBytes: number) => number;
  /**
   * Whether a vector is not whole blocks, or starts between their multiples.
   */
  readonly breaksAlignment: (
    blockMask: number,
    dmaAlignment: number,
  ) => boolean;
  /** iov_iter_npages(): remaining pages, counted up to a maximum. */
  readonly pagesLeft: (most: number) => number;
}

const NO_PIECES: IoPieces = {
  physLo: new Int32Array(0),
  physHi: new Int32Array(0),
  pieceBytes: new Int32Array(0),
  provider: new Uint8Array(0),
};

/** @param memory The path's memory, which has its words. */
export function createIovIter(memory: KernelMemory): IovIter {
  let pieces: IoPieces = NO_PIECES;
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn, addOwn } = memory;
  const PIECE = memory.reserveOwn(8);
  const END = PIECE + 4;
  const LEFT = PIECE + 8;
  const VECTORS = PIECE + 12;
  const LO = PIECE + 16;
  const HI = PIECE + 20;
  const REST = PIECE + 24;
  const PROVIDER = PIECE + 28;

  /** Stands at the first byte of a piece, if there is one. */
  const stand = (piece: number): void => {
    setOwn(PIECE, piece);
    if (piece >= getOwn(END)) return;
    setOwn(LO, pieces.physLo[piece] as number);
    setOwn(HI, pieces.physHi[piece] as number);
    setOwn(REST, pieces.pieceBytes[piece] as number);
    setOwn(PROVIDER, pieces.provider[piece] as number);
  };

  /** Advances by this many bytes within the piece. */
  const advance = (bytes: number): void => {
    const rest = (getOwn(REST) - bytes) | 0;
    if (rest === 0) return stand((getOwn(PIECE) + 1) | 0);
    const start = getOwn(LO);
    const lo = (start + bytes) | 0;
    setOwn(LO, lo);
    if ((lo >>> 0) < (start >>> 0)) addOwn(HI, 1);
    setOwn(REST, rest);
  };

  const begin = (io: DirectIo): void => {
    if (pieces !== io.pieces) pieces = io.pieces;
    setOwn(END, io.endPiece);
    setOwn(LEFT, io.lengthBytes);
    setOwn(VECTORS, pieces.startsVector === undefined ? 0 : 1);
    stand(io.firstPiece);
  };

  const vectorBytes = (from: number, restBytes: number): number => {
    const { startsVector, pieceBytes } = pieces;
    if (startsVector === undefined) return getOwn(LEFT);
    const end = getOwn(END);
    let bytes = restBytes;
    for (let i = (from + 1) | 0; i < end && startsVector[i] === 0; i++) {
      bytes = (bytes + (pieceBytes[i] as number)) | 0;
    }
    return bytes;
  };

  const breaksAlignment = (
    blockMask: number,
    dmaAlignment: number,
  ): boolean => {
    const { startsVector, physLo, pieceBytes } = pieces;
    const piece = getOwn(PIECE);
    const end = getOwn(END);
    for (let i = piece; i < end; i++) {
      if (i > piece && (startsVector === undefined || startsVector[i] === 0)) {
        continue;
      }
      const bytes = vectorBytes(i, pieceBytes[i] as number);
      if ((bytes & blockMask) !== 0) return true;
      if (((physLo[i] as number) & dmaAlignment) !== 0) return true;
    }
    return false;
  };

  /** Pages of the rest of an I/O that has vectors of its own. */
  const pagesOfVectors = (offset: number, most: number): number => {
    const { startsVector, physLo, pieceBytes } = pieces;
    if (startsVector === undefined) return 0;
    const piece = getOwn(PIECE);
    const end = getOwn(END);
    let pages = 0;
    let start = offset;
    let bytes = getOwn(REST);
    for (let i = (piece + 1) | 0; i < end && pages <= most; i++) {
      if (startsVector[i] === 1) {
        pages = (pages + ((start + bytes + 4095) >>> 12)) | 0;
        start = (physLo[i] as number) & 4095;
        bytes = 0;
      }
      bytes = (bytes + (pieceBytes[i] as number)) | 0;
    }
    return (pages + ((start + bytes + 4095) >>> 12)) | 0;
  };

  const pagesLeft = (most: number): number => {
    const left = getOwn(LEFT);
    if (left === 0) return 0;
    const offset = getOwn(LO) & 4095;
    const all = (offset + left + 4095) >>> 12;
    const pages = getOwn(VECTORS) === 0 ? all : pagesOfVectors(offset, most);
    return pages < most ? pages : most;
  };

  const revert = (bytes: number): void => {
    addOwn(LEFT, bytes);
    let piece = getOwn(PIECE);
    let skip = piece < getOwn(END)
      ? (pieces.pieceBytes[piece] as number) - getOwn(REST)
      : 0;
    for (let back = bytes; back > 0;) {
      if (skip === 0) skip = pieces.pieceBytes[--piece] as number;
      const step = Math.min(back, skip);
      skip -= step;
      back -= step;
    }
    stand(piece);
    if (skip > 0) advance(skip);
  };
  return {
    words: {
      piece: PIECE,
      end: END,
      left: LEFT,
      vectors: VECTORS,
      lo: LO,
      hi: HI,
      rest: REST,
      provider: PROVIDER,
    },
    pieces: () => pieces,
    begin,
    advance,
    revert,
    vectorBytes,
    breaksAlignment,
    pagesLeft,
  };
}
