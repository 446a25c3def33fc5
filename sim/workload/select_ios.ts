/** A few I/Os of a window, in a window of their own. */
import { createWindow, type IoWindow } from "./window.ts";

/**
 * Copies I/Os into a window of just their size.
 *
 * @param ios Their indexes in the window.
 */
export function selectIos(window: IoWindow, ios: ArrayLike<number>): IoWindow {
  const { firstPiece } = window;
  const chosen = Array.from(ios, (io) => ({
    io,
    from: firstPiece[io] as number,
    to: firstPiece[io + 1] as number,
  }));
  const pieces = chosen.reduce((sum, { from, to }) => sum + to - from, 0);
  const copy = createWindow({ ios: chosen.length, pieces });
  copy.counts.set([chosen.length, pieces]);
  let piece = 0;
  for (const [index, { io, from, to }] of chosen.entries()) {
    for (const name of ["op", "sectorLo", "sectorHi", "lengthBytes"] as const) {
      copy[name][index] = window[name][io] as number;
    }
    for (
      const name of ["physLo", "physHi", "pieceBytes", "provider"] as const
    ) copy[name].set(window[name].subarray(from, to), piece);
    const part = window.parts.get(io);
    if (part !== undefined) copy.parts.set(index, part);
    piece += to - from;
    copy.firstPiece[index + 1] = piece;
  }
  return copy;
}
