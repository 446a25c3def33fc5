/**
 * Who hands P2P memory on to the block layer: user space, to which mainline
 * maps it page by page (drivers/pci/p2pdma.c p2pmem_alloc_mmap), or a producer
 * that knows {phys, len}, for layouts that can hold that (blockspec 2.12, T60).
 */
import type { Layout } from "../../layouts/layout.ts";
import { createWindow, type IoWindow } from "./window.ts";

/** Names of producers. */
export const P2P_PRODUCERS = ["pages", "ranges"] as const;

/** `pages`: a piece for each page; `ranges`: one for each range. */
export type P2pProducer = typeof P2P_PRODUCERS[number];

/**
 * Says whether a producer hands a layout ranges: one that points to a struct
 * page is handed what has pages, as user space is.
 *
 * @param producer The producer; default: `pages`.
 */
export function handsRanges(
  layout: Layout,
  producer: P2pProducer | undefined,
): boolean {
  return producer === "ranges" && layout.roles.address.kind !== "page";
}

/**
 * Joins pieces of P2P memory that are one after another in one BAR.
 *
 * @param window The window; unchanged.
 *
 * @example Two pages of a BAR are one range
 * ```ts
 * import { joinP2pPieces } from "./p2p_producer.ts";
 * import { createWindow } from "./window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const window = createWindow({ ios: 1, pieces: 2 });
 * window.counts.set([1, 2]);
 * window.firstPiece[1] = 2;
 * window.physLo.set([0, 4096]);
 * window.pieceBytes.fill(4096);
 * window.provider.fill(1);
 * const joined = joinP2pPieces(window);
 * assertEquals(joined.firstPiece[1], 1);
 * assertEquals(joined.pieceBytes[0], 8192);
 * ```
 */
export function joinP2pPieces(window: IoWindow): IoWindow {
  const ios = window.counts[0] ?? 0;
  const joined = createWindow({ ios, pieces: window.counts[1] ?? 0 });
  for (const name of ["op", "sectorLo", "sectorHi", "lengthBytes"] as const) {
    joined[name].set(window[name].subarray(0, ios));
  }
  let at = 0;
  for (let io = 0; io < ios; io++) {
    joined.firstPiece[io] = at;
    const end = window.firstPiece[io + 1] as number;
    for (let piece = window.firstPiece[io] as number; piece < end; piece++) {
      const isNext = at > (joined.firstPiece[io] as number) &&
        follows(joined, { last: at - 1, window, piece });
      const bytes = window.pieceBytes[piece] as number;
      if (isNext) {
        joined.pieceBytes[at - 1] = (joined.pieceBytes[at - 1] ?? 0) + bytes;
        continue;
      }
      joined.physLo[at] = window.physLo[piece] as number;
      joined.physHi[at] = window.physHi[piece] as number;
      joined.pieceBytes[at] = bytes;
      joined.provider[at] = window.provider[piece] as number;
      at++;
    }
  }
  joined.firstPiece[ios] = at;
  joined.counts.set([ios, at]);
  return joined;
}

/** Whether a piece is P2P memory after the last one of a window. */
function follows(
  joined: IoWindow,
  next: { last: number; window: IoWindow; piece: number },
): boolean {
  const { last, window, piece } = next;
  const provider = joined.provider[last];
  if (provider === 0 || provider !== window.provider[piece]) return false;
  const lo = joined.physLo[last] as number;
  const end = (lo + (joined.pieceBytes[last] as number)) | 0;
  const carry = (end >>> 0) < (lo >>> 0) ? 1 : 0;
  return end === window.physLo[piece] &&
    (((joined.physHi[last] as number) + carry) | 0) === window.physHi[piece];
}
