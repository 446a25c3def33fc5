/**
 * A window of I/Os drawn at random: their sizes, their kinds, and buffers about
 * the middle of memory, where a border is crossed.
 */
import type { AssemblyOptions } from "../../../sim/setup/assembly.ts";
import type { MemoryMap } from "../../../sim/memory/memory_map.ts";
import type { RandomStream } from "../../../sim/random/random_stream.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../../sim/workload/window.ts";

const GIB = 1n << 30n;

/** Draws one of several, all as likely. */
export function choose<Item>(
  random: RandomStream,
  from: readonly Item[],
): Item {
  return from[random.below(from.length)] as Item;
}

/** Where a buffer may lie: first address, bytes, provider index + 1. */
interface Ground {
  readonly start: bigint;
  readonly sizeBytes: number;
  readonly provider: number;
}

interface Piece {
  readonly phys: bigint;
  readonly bytes: number;
  readonly provider: number;
}

function grounds(map: MemoryMap): readonly Ground[] {
  return [
    ...map.dram.map(({ startPhys, sizeBytes }) => ({
      start: startPhys,
      sizeBytes,
      provider: 0,
    })),
    ...map.providers.map(({ startPhys, sizeBytes }, index) => ({
      start: startPhys,
      sizeBytes,
      provider: index + 1,
    })),
  ];
}

/**
 * What a window has: I/Os of all kinds; host memory in whole pages; or short
 * ones that merge, most of them behind one another in memory, too.
 */
export type WindowKind = "mixed" | "plain" | "adjacent";

/** A window of some dozen I/Os. */
export function randomWindow(
  random: RandomStream,
  { map, limits, submitter }: AssemblyOptions,
  kind: WindowKind,
): IoWindow {
  const all = grounds(map);
  const host = all.filter(({ provider }) => provider === 0);
  const isPlain = kind === "plain";
  const isAdjacent = kind === "adjacent";
  const from = isPlain || submitter === "registered" ? host : all;
  const blockBytes = limits.logicalBlockBytes;
  const adjacent = adjacentBuffers(random, { from, blockBytes });
  const ios = Array.from({ length: 12 + random.below(20) }, () => {
    const pieces = isAdjacent
      ? adjacent()
      : randomBuffer(random, { from, blockBytes, isPlain });
    return {
      pieces,
      bytes: pieces.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
  const window = createWindow({
    ios: ios.length,
    pieces: ios.reduce((sum, { pieces }) => sum + pieces.length, 0),
  });
  window.counts.set([ios.length, window.capacity.pieces]);
  let piece = 0;
  let sector = 0n;
  let before = 0n;
  let op: number = WINDOW_OP.read;
  for (const [io, { pieces, bytes }] of ios.entries()) {
    const sectors = BigInt(bytes >>> 9);
    // Behind the I/O before, in front of it, or anywhere.
    const where = isAdjacent && random.below(3) !== 0 ? 0 : random.below(5);
    if (where < 3) sector += before;
    else if (where === 3 && sector > sectors) sector -= sectors;
    else {
      const block = BigInt(blockBytes / 512);
      sector = BigInt(random.below(2 ** 31)) * block *
        (random.below(2) === 0 ? 1n : 5n);
      if (random.below(30) === 0) sector += 1n;
    }
    before = sectors;
    if (random.below(isAdjacent ? 20 : 5) === 0) {
      op = op === WINDOW_OP.read ? WINDOW_OP.write : WINDOW_OP.read;
    }
    window.op[io] = op;
    window.sectorLo[io] = Number(BigInt.asIntN(32, sector));
    window.sectorHi[io] = Number(BigInt.asIntN(32, sector >> 32n));
    window.lengthBytes[io] = bytes;
    for (const { phys, bytes, provider } of pieces) {
      window.physLo[piece] = Number(BigInt.asIntN(32, phys));
      window.physHi[piece] = Number(BigInt.asIntN(32, phys >> 32n));
      window.pieceBytes[piece] = bytes;
      window.provider[piece] = provider;
      piece++;
    }
    window.firstPiece[io + 1] = piece;
  }
  return window;
}

/** Short buffers behind one another, from just below the middle of memory. */
function adjacentBuffers(
  random: RandomStream,
  { from, blockBytes }: { from: readonly Ground[]; blockBytes: number },
): () => readonly Piece[] {
  let ground = choose(random, from);
  let at = 0;
  return () => {
    if (at === 0 || random.below(8) === 0) {
      ground = choose(random, from);
      at = ground.sizeBytes / 2 - random.below(12) * 4096 +
        choose(random, [0, 0, 0, 4, 512, 2048]);
    }
    const bytes = random.below(4) === 0
      ? blockBytes * (1 + random.below(24))
      : 4096 * (1 + random.below(4));
    at += bytes;
    const { start, provider } = ground;
    return [{ phys: start + BigInt(at - bytes), bytes, provider }];
  };
}

/** About the limits of lists: 16 descriptors, 32 entries, 128 KiB, 256. */
const PAGES = [1, 1, 1, 2, 3, 4, 5, 16, 17, 32, 33, 40, 90, 256, 257, 300];

/** The memory of one I/O. */
function randomBuffer(
  random: RandomStream,
  { from, blockBytes, isPlain }: {
    from: readonly Ground[];
    blockBytes: number;
    isPlain: boolean;
  },
): readonly Piece[] {
  const ground = choose(random, from);
  const pages = choose(random, PAGES);
  const pageAt = ({ start, sizeBytes }: Ground) =>
    start + BigInt(random.below(sizeBytes / 4096)) * 4096n;
  const one = (own: Ground) => ({
    phys: pageAt(own),
    bytes: 4096,
    provider: own.provider,
  });
  switch (isPlain ? random.below(2) : random.below(7)) {
    case 0:
      return Array.from({ length: pages }, () => one(ground));
    case 1: { // neighbours, often across the middle of their ground
      const pieces = neighbours(random, { ground, pages });
      if (random.below(3) !== 0) return pieces;
      // Some of them 4 GiB further: neighbours in the low halves alone.
      const isFar = () => random.below(2) === 0;
      const far = from.find(({ start }) => start === ground.start + 4n * GIB);
      return pieces.map((piece) =>
        far !== undefined && isFar()
          ? { ...piece, phys: piece.phys + 4n * GIB }
          : piece
      );
    }
    case 2: { // kinds in turns
      return Array.from({ length: pages }, () => one(choose(random, from)));
    }
    case 3: { // one piece, however large
      const bytes = blockBytes * (1 + random.below(pages * 8));
      const most = Math.min(bytes, ground.sizeBytes - 4096);
      const room = ground.sizeBytes - most;
      const at = random.below(room / 4 + 1) * 4;
      return [{
        phys: ground.start + BigInt(at),
        bytes: most - most % blockBytes,
        provider: ground.provider,
      }];
    }
    case 4: { // user memory that begins inside a page
      const offset = random.below(1024) * 4;
      const first = one(ground);
      const rest = Array.from({ length: pages }, () => one(ground));
      return [
        { ...first, phys: first.phys + BigInt(offset), bytes: 4096 - offset },
        ...rest,
        ...(offset === 0 ? [] : [{ ...one(ground), bytes: offset }]),
      ];
    }
    case 5: // an end inside a page, now and then inside a block
      return [
        ...Array.from({ length: pages }, () => one(ground)),
        {
          ...one(ground),
          bytes: random.below(6) === 0
            ? 4 * (1 + random.below(1024))
            : Math.min(4096, blockBytes * (1 + random.below(8))),
        },
      ];
    default: { // whole blocks anywhere in their pages, gaps between them
      return Array.from({ length: Math.min(pages, 40) }, () => {
        const bytes = Math.min(4096, blockBytes * (1 + random.below(8)));
        const at = random.below((4096 - bytes) / 4 + 1) * 4;
        const page = one(choose(random, from));
        return { ...page, phys: page.phys + BigInt(at), bytes };
      });
    }
  }
}

/** Pages behind one another. */
function neighbours(
  random: RandomStream,
  { ground, pages }: { ground: Ground; pages: number },
): readonly Piece[] {
  const { start, sizeBytes, provider } = ground;
  const all = sizeBytes / 4096;
  const first = random.below(2) === 0
    ? Math.max(0, all / 2 - random.below(pages + 1))
    : random.below(all - pages);
  return Array.from({ length: pages }, (_, i) => ({
    phys: start + BigInt(first + i) * 4096n,
    bytes: 4096,
    provider,
  }));
}
