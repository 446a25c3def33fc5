/**
 * Page pointers that extraction stages: get_user_pages writes one for each
 * page, extraction reads them back as it makes vectors. They are in the tail of
 * the bio's own array or, where a layout's array cannot hold them, in a bounce
 * array (`layouts/page_pointer_place.ts` says which).
 */
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { pagePointerPlace } from "../../layouts/page_pointer_place.ts";
import type { BlockContext } from "./block_context.ts";
import type { IoPieces } from "./iov_iter.ts";

/** Structure and region of the bounce array. */
export const BOUNCED_POINTERS = "page pointers";

export interface StagedPointers {
  /**
   * Writes a pointer for each page of the next `sizeBytes`, from an address in
   * a piece that has this many bytes from there on; returns where the first
   * pointer is.
   */
  readonly stage: (
    bio: number,
    pieces: IoPieces,
    piece: number,
    physLo: number,
    physHi: number,
    restBytes: number,
    sizeBytes: number,
  ) => number;
  /** Reads one: the low half of a struct page's address. */
  readonly read: (at: number) => number;
  /**
   * After the last one; pieces that are not pages of one user vector can have
   * more pages than there is room for.
   */
  readonly end: () => number;
}

/**
 * Makes the staging.
 *
 * @throws {RangeError} If the arena has no room for a bounce array.
 */
export function createStagedPointers(
  options: Pick<BlockContext, "memory" | "codec" | "bios">,
): StagedPointers {
  const { memory, codec, bios } = options;
  const { abi, get16, get32, set32, get64Lo, set64, getPointer } = memory;
  const { pointerBytes, pageStructBytes } = abi;
  const { field } = bios;
  const baseLo = Number(BigInt.asIntN(32, codec.pageArrayBase));
  const baseHi = Number(BigInt.asIntN(32, codec.pageArrayBase >> 32n));
  const isWide = pointerBytes === 8;
  const read = isWide ? get64Lo : get32;
  const answer = pagePointerPlace(codec.layout, codec.abi);
  const isBounced = !isUnsupported(answer) && answer.place === "bounce";
  const vectorBytes = codec.placed.sizeBytes;
  // A task has one: a pass is over before the next begins, so that it stays
  // warm, which is the least that a bounce array can cost.
  const bounce = isBounced
    ? memory.reserve(BOUNCED_POINTERS, BIO_MAX_VECS * pointerBytes)
    : 0;
  // An int32 word instead of a `let`: bench/HOT_PATH.md, "Integers".
  const { getOwn, setOwn } = memory;
  const END = memory.reserveOwn(1);
  const stage: StagedPointers["stage"] = (
    bio,
    pieces,
    piece,
    physLo,
    physHi,
    restBytes,
    sizeBytes,
  ) => {
    let lo = physLo;
    let hi = physHi;
    let rest = restBytes;
    let left = sizeBytes;
    const maxVecs = get16(bio + field.maxVecs);
    const roomBytes = Math.imul(
      maxVecs - get16(bio + field.vcnt),
      pointerBytes,
    );
    const first = isBounced ? bounce : (getPointer(bio + field.ioVec) +
      Math.imul(maxVecs, vectorBytes) - roomBytes) | 0;
    const room = (first + roomBytes) | 0;
    let at = first;
    while (left > 0) {
      const bytes = rest < left ? rest : left;
      // pfn_to_page(), as the kernel does it in its own address space.
      let pfnLo = (lo >>> 12) | (hi << 20);
      let pfnHi = hi >>> 12;
      let count = ((lo & 4095) + bytes + 4095) >>> 12;
      for (; count > 0 && at < room; count--) {
        if (isWide) {
          const pageLo = ((pfnLo << 6) + baseLo) | 0;
          const carry = (pageLo >>> 0) < (baseLo >>> 0) ? 1 : 0;
          set64(at, pageLo, (pfnLo >>> 26) + (pfnHi << 6) + baseHi + carry);
        } else set32(at, baseLo + Math.imul(pfnLo, pageStructBytes));
        at = (at + pointerBytes) | 0;
        pfnLo = (pfnLo + 1) | 0;
        if (pfnLo === 0) pfnHi++;
      }
      left = (left - bytes) | 0;
      if (left <= 0) break;
      piece = (piece + 1) | 0;
      lo = pieces.physLo[piece] as number;
      hi = pieces.physHi[piece] as number;
      rest = pieces.pieceBytes[piece] as number;
    }
    setOwn(END, at);
    return first;
  };
  return { stage, read, end: () => getOwn(END) };
}
