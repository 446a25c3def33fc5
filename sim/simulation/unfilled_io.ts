/**
 * Why an I/O may end although no fault was planned for it: its memory changes
 * kind inside a block. Where a kind is a property of the bio, the bio must end
 * there, and the rest of the block fills none (bio_iov_iter_get_pages()).
 */
import type { IoWindow } from "../workload/window.ts";

/**
 * Returns whether the kind of an I/O's memory changes inside a block.
 *
 * @param blockBytes Bytes of a logical block.
 * @returns Whether a piece of another provider begins there.
 */
export function changesKindInBlock(
  window: IoWindow,
  io: number,
  blockBytes: number,
): boolean {
  const { firstPiece, pieceBytes, provider } = window;
  const first = firstPiece[io] as number;
  const end = firstPiece[io + 1] as number;
  let bytes = 0;
  for (let i = first; i < end; i++) {
    if (
      i > first && provider[i] !== provider[i - 1] && bytes % blockBytes !== 0
    ) return true;
    bytes += pieceBytes[i] as number;
  }
  return false;
}
