/**
 * Where an I/O stands in its memory (struct iov_iter, lib/iov_iter.c): pieces
 * that are contiguous, in one user vector or several.
 */
import type { DirectIo } from "./direct_io.ts";

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

/** Indices of the words of where an I/O stands. */
export const ITER = {
  /** The piece that comes next. */
  piece: 0,
  /** Index behind the I/O's last piece. */
  end: 1,
  /** Bytes that are left of the I/O. */
  left: 2,
  /** Whether the I/O has vectors of its own: 1, or 0 where it is one. */
  vectors: 3,
  // Of the piece, which is looked up once: a window's columns are typed arrays
  // that V8 does not know, each of which is asked for its kind and its length.
  /** Physical address of its next byte, low and high 32 bits. */
  lo: 4,
  hi: 5,
  /** Its bytes from there on. */
  rest: 6,
  /** Its provider, as in a window. */
  provider: 7,
} as const;

// Constants of its own: bench/HOT_PATH.md.
const { piece: PIECE, end: END, left: LEFT, vectors: VECTORS } = ITER;
const { lo: LO, hi: HI, rest: REST, provider: PROVIDER } = ITER;

/** Where an I/O stands. */
export interface IovIter {
  /** Words of `ITER`. */
  readonly words: Int32Array;
  /** The pieces of the I/O, and of others. */
  readonly pieces: () => IoPieces;
  /** Stands at the first byte of an I/O. */
  readonly begin: (io: DirectIo) => void;
  /** Goes on by so many bytes of the piece. */
  readonly advance: (bytes: number) => void;
  /** Goes back by so many bytes (iov_iter_revert()). */
  readonly revert: (bytes: number) => void;
  /**
   * Bytes of the vector from a piece on, of which so many count; all that are
   * left where there is one vector.
   */
  readonly vectorBytes: (from: number, restBytes: number) => number;
  /** Whether a vector is no whole blocks, or starts between their multiples. */
  readonly breaksAlignment: (
    blockMask: number,
    dmaAlignment: number,
  ) => boolean;
  /** iov_iter_npages(): pages of what is left, counted up to a most. */
  readonly pagesLeft: (most: number) => number;
}

const NO_PIECES: IoPieces = {
  physLo: new Int32Array(0),
  physHi: new Int32Array(0),
  pieceBytes: new Int32Array(0),
  provider: new Uint8Array(0),
};

/** Makes it. */
export function createIovIter(): IovIter {
  let pieces: IoPieces = NO_PIECES;
  // Int32 words instead of `let`s: bench/HOT_PATH.md, "Integers".
  const walk = new Int32Array(32);

  /** Stands at the first byte of a piece, if there is one. */
  const stand = (piece: number): void => {
    walk[PIECE] = piece;
    if (piece >= (walk[END] as number)) return;
    walk[LO] = pieces.physLo[piece] as number;
    walk[HI] = pieces.physHi[piece] as number;
    walk[REST] = pieces.pieceBytes[piece] as number;
    walk[PROVIDER] = pieces.provider[piece] as number;
  };

  /** Goes on by so many bytes of the piece. */
  const advance = (bytes: number): void => {
    const rest = ((walk[REST] as number) - bytes) | 0;
    if (rest === 0) return stand(((walk[PIECE] as number) + 1) | 0);
    const start = walk[LO] as number;
    const lo = (start + bytes) | 0;
    walk[LO] = lo;
    if ((lo >>> 0) < (start >>> 0)) walk[HI] = (walk[HI] as number) + 1;
    walk[REST] = rest;
  };

  const begin = (io: DirectIo): void => {
    if (pieces !== io.pieces) pieces = io.pieces;
    walk[END] = io.endPiece;
    walk[LEFT] = io.lengthBytes;
    walk[VECTORS] = pieces.startsVector === undefined ? 0 : 1;
    stand(io.firstPiece);
  };

  const vectorBytes = (from: number, restBytes: number): number => {
    const { startsVector, pieceBytes } = pieces;
    if (startsVector === undefined) return walk[LEFT] as number;
    const end = walk[END] as number;
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
    const piece = walk[PIECE] as number;
    const end = walk[END] as number;
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

  /** Pages of what is left of an I/O that has vectors of its own. */
  const pagesOfVectors = (offset: number, most: number): number => {
    const { startsVector, physLo, pieceBytes } = pieces;
    if (startsVector === undefined) return 0;
    const piece = walk[PIECE] as number;
    const end = walk[END] as number;
    let pages = 0;
    let start = offset;
    let bytes = walk[REST] as number;
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
    const left = walk[LEFT] as number;
    if (left === 0) return 0;
    const offset = (walk[LO] as number) & 4095;
    const all = (offset + left + 4095) >>> 12;
    const pages = walk[VECTORS] === 0 ? all : pagesOfVectors(offset, most);
    return pages < most ? pages : most;
  };

  const revert = (bytes: number): void => {
    walk[LEFT] = (walk[LEFT] as number) + bytes;
    let piece = walk[PIECE] as number;
    let skip = piece < (walk[END] as number)
      ? (pieces.pieceBytes[piece] as number) - (walk[REST] as number)
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
    words: walk,
    pieces: () => pieces,
    begin,
    advance,
    revert,
    vectorBytes,
    breaksAlignment,
    pagesLeft,
  };
}
