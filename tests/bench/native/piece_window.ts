/** Windows of reads into pieces that a test names. */
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";

export interface Piece {
  readonly phys: bigint;
  readonly bytes: number;
}

/** Reads into such pieces; on the disk `apart` sectors lie between them. */
export function windowOf(
  ios: readonly (readonly Piece[])[],
  { sector = 0, apart = 0 }: { sector?: number; apart?: number } = {},
): IoWindow {
  const window = createWindow({ ios: ios.length, pieces: ios.flat().length });
  window.counts.set([ios.length, window.capacity.pieces]);
  let piece = 0;
  for (const [io, pieces] of ios.entries()) {
    const bytes = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    window.sectorLo[io] = sector;
    window.lengthBytes[io] = bytes;
    sector += Math.ceil(bytes / 512) + apart;
    for (const { phys, bytes } of pieces) {
      window.physHi[piece] = Number(phys >> 32n);
      window.physLo[piece] = Number(BigInt.asIntN(32, phys));
      window.pieceBytes[piece] = bytes;
      piece++;
    }
    window.firstPiece[io + 1] = piece;
  }
  return window;
}
