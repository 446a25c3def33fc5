/**
 * The front of a bio as a bio of its own, chained to the rest (bio_split(),
 * bio_chain() and bio_advance_iter() of block/bio.c).
 */
import type { BlockContext } from "./block_context.ts";
import { END_IO } from "./bio.ts";
import { REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";

// Constants of its own: bench/HOT_PATH.md.
const OPERATION = REQ_OP_MASK;
const WRITE = REQ_OP.write;
const CHAIN = END_IO.chain;

/** BIO_CHAIN: the bio waits for bios that were split off it. */
export const BIO_CHAIN: number = 1 << 5;
const CHAINED = BIO_CHAIN;
/**
 * Makes what cuts the front off a bio, as a clone chained to it.
 *
 * @param tracksGaps Whether bios know the lowest bit of their gaps.
 * @returns Gives the front; 0 where no bio is free.
 */
export function createSplitFront(
  { memory, codec, bios }: BlockContext,
  tracksGaps: boolean,
): (bio: number, sectors: number) => number {
  const { get8, set8, get16, set16, get32, set32, set64, get64Lo, get64Hi } =
    memory;
  const { getPointer, setPointer, setLong } = memory;
  const { add32 } = memory.counters;
  const { field } = bios;

  const splitFront = (bio: number, sectors: number): number => {
    const front = bios.clone(bio);
    if (front === 0) return 0;
    const bytes = sectors * 512;
    set32(front + field.size, bytes | 0);
    // bio_chain(front, bio)
    setLong(front + field.endIo, CHAIN);
    setPointer(front + field.private, bio);
    set16(bio + field.flags, get16(bio + field.flags) | CHAINED);
    add32(bio + field.remaining, 1);
    if (tracksGaps) {
      // The front has the gap that was counted, the rest counts its own.
      set8(front + field.gapBit, get8(bio + field.gapBit));
      set8(bio + field.gapBit, 0);
    }
    advance(bio, bytes);
    return front;
  };

  /** bio_advance_iter(): moves the start of a bio forward. */
  const advance = (bio: number, bytes: number): void => {
    const array = getPointer(bio + field.ioVec);
    const maxVecs = get16(bio + field.maxVecs);
    const before = get64Lo(bio + field.sector);
    const sectorLo = (before + (bytes >>> 9)) | 0;
    const carry = (sectorLo >>> 0) < (before >>> 0) ? 1 : 0;
    set64(
      bio + field.sector,
      sectorLo,
      (get64Hi(bio + field.sector) + carry) | 0,
    );
    set32(bio + field.size, (get32(bio + field.size) - bytes) | 0);
    // A discard has no vectors to advance over (bio_no_advance_iter).
    const operation = get32(bio + field.opf) & OPERATION;
    if (operation > WRITE) return;
    let idx = get32(bio + field.idx);
    let done = get32(bio + field.done) + bytes;
    for (;;) {
      const length = codec.length(array, maxVecs, idx);
      if (done < length) break;
      done -= length;
      idx++;
      if (done === 0) break;
    }
    set32(bio + field.idx, idx);
    set32(bio + field.done, done);
  };
  return splitFront;
}
