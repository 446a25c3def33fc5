/**
 * The buffers of a recorded workload, as I/Os of a window: where they are in
 * physical memory, and who takes which.
 */
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { createWindow, type IoWindow } from "../../sim/workload/window.ts";
import type { BufferPlacement } from "./placement.ts";
import type { RecordedCell } from "./recorded_cell.ts";

/** I/Os, or batches, in front of the one that is looked at, as recorded. */
export const WARM_UP = 96;
/** Buffers that I/Os take in turn. */
const BUFFERS = 16;
/** Buffers that I/Os of a batch take at random. */
const BATCH_BUFFERS = 64;
const PAGE_BYTES = 4096;
const HUGE_BYTES = 2 << 20;
const HUGE_ORDER = 9;
const DRAM_PHYS = 0x1_0000_0000;
const BAR_PHYS = 0x3c00_0000_0000;

/**
 * How many buffers a batch has, some of them twice: as many as draws at random
 * find on average.
 */
function batchBuffers(depth: number): number {
  return Math.round(
    BATCH_BUFFERS * (1 - (1 - 1 / BATCH_BUFFERS) ** depth),
  );
}

/**
 * Makes the buffers of a cell, an I/O each.
 *
 * @returns The I/Os, and the memory that their buffers are in.
 */
export function buffersOf(
  cell: RecordedCell,
  { isFirstInFolio, completionsBefore }: BufferPlacement,
): { window: IoWindow; map: MemoryMap } {
  const { bytes, kind, depth, isWrite, buffersInTurn } = cell;
  const ios = Math.max(BUFFERS, depth);
  const buffers = depth === 1 || buffersInTurn ? ios : batchBuffers(depth);
  const isHuge = kind === "huge";
  const folioBytes = isHuge ? HUGE_BYTES : PAGE_BYTES;
  const folios = Math.ceil(bytes / folioBytes);
  // Every other page: neighbours in a buffer are not neighbours in memory.
  // Buffers follow one another in huge pages and cross no border.
  const perFolio = isHuge ? Math.max(1, Math.floor(HUGE_BYTES / bytes)) : 1;
  const strideBytes = kind === "scattered" ? 2 * folioBytes : folioBytes;
  // The I/O that is shown comes after the warm-up.
  const shown = (WARM_UP + completionsBefore) % ios;
  const wanted = isFirstInFolio ? 0 : 1;
  const shift = (perFolio * ios + wanted - shown) % perFolio;
  const sizeBytes = Math.ceil((buffers + shift) / perFolio) * folios *
    strideBytes;
  const isP2p = kind === "p2p";
  const start = isP2p ? BAR_PHYS : DRAM_PHYS;
  const window = createWindow({ ios, pieces: ios * folios });
  window.counts.set([ios, ios * folios]);
  for (let io = 0; io < ios; io++) {
    window.op[io] = isWrite ? 1 : 0;
    // Random offsets in the recording: neighbours in a plug do not merge.
    window.sectorLo[io] = 2 * io * Math.ceil(bytes / 4096) * 8;
    window.lengthBytes[io] = bytes;
    const buffer = (io % buffers) + shift;
    const base = start +
      Math.floor(buffer / perFolio) * folios * strideBytes +
      (buffer % perFolio) * bytes;
    for (let i = 0; i < folios; i++) {
      const piece = io * folios + i;
      const phys = base + i * strideBytes;
      window.physLo[piece] = phys | 0;
      window.physHi[piece] = Math.floor(phys / 2 ** 32);
      window.pieceBytes[piece] = Math.min(folioBytes, bytes - i * folioBytes);
      window.provider[piece] = isP2p ? 1 : 0;
    }
    window.firstPiece[io + 1] = (io + 1) * folios;
  }
  return {
    window,
    map: {
      dram: [{
        startPhys: BigInt(DRAM_PHYS),
        sizeBytes: isP2p ? HUGE_BYTES : sizeBytes,
      }],
      providers: isP2p
        ? [{
          name: "cmb",
          startPhys: BigInt(BAR_PHYS),
          sizeBytes,
          busAddress: 0x8000_0000n,
        }]
        : [],
      ...(kind === "huge" ? { folioOrder: HUGE_ORDER } : {}),
    },
  };
}

/**
 * Finds the struct pages of an I/O's data.
 *
 * @returns Their places in the array of host memory, the first and the end.
 */
export function pagesOfIo(window: IoWindow, io: number): [number, number] {
  const first = window.firstPiece[io] as number;
  const lo = (window.physLo[first] as number) >>> 0;
  const hi = window.physHi[first] as number;
  const start = (hi * 2 ** 32 + lo - DRAM_PHYS) / PAGE_BYTES;
  return [start, start + Math.ceil((window.lengthBytes[io] as number) / 4096)];
}
