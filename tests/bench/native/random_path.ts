/**
 * A path and its I/Os drawn at random from a seed: queue limits, segment
 * boundaries, memory on both sides of a multiple of 4 GiB, P2P memory whose bus
 * addresses cross one, plug batches, I/Os that merge, and some that fail.
 */
import { findAbi } from "../../../layouts/abi.ts";
import {
  isUnsupported,
  type Layout,
  type Recognition,
} from "../../../layouts/layout.ts";
import { layouts } from "../../../layouts/registry.ts";
import type { AssemblyOptions } from "../../../sim/setup/assembly.ts";
import {
  checkQueueLimits,
  type QueueLimits,
} from "../../../sim/block/queue_limits.ts";
import type { MemoryMap } from "../../../sim/memory/memory_map.ts";
import { PATH_RECOGNITIONS } from "../../../sim/recognition/recognition_registry.ts";
import {
  type RandomStream,
  randomStream,
} from "../../../sim/random/random_stream.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../../sim/workload/window.ts";
import { unfitReason } from "../../../bench/run/fit.ts";

const MIB = 1 << 20;
const GIB = 1n << 30n;

/**
 * Host memory across 12 GiB, and again 4 GiB later; two BARs that touch. The
 * first is across 8 TiB, and 64 KiB before that across 4 GiB on the bus.
 */
export const BORDER_MAP: MemoryMap = {
  dram: [
    { startPhys: 12n * GIB - 4n * BigInt(MIB), sizeBytes: 8 * MIB },
    { startPhys: 16n * GIB - 4n * BigInt(MIB), sizeBytes: 8 * MIB },
  ],
  providers: [
    {
      name: "bar0",
      startPhys: 0x7ff_ffe0_0000n,
      sizeBytes: 4 * MIB,
      busAddress: 0xffe1_0000n,
    },
    {
      name: "bar1",
      startPhys: 0x800_0020_0000n,
      sizeBytes: 4 * MIB,
      busAddress: 0x9000_0000n,
    },
  ],
};

/** A layout and a P2P detection that it serves on lp64. */
export interface LayoutDetection {
  readonly layout: Layout;
  readonly recognition: Recognition;
}

/** All of them, in the order of the registry. */
export const LP64_DETECTIONS: readonly LayoutDetection[] = layouts.flatMap(
  (layout) =>
    PATH_RECOGNITIONS
      .filter((recognition) =>
        !isUnsupported(layout.recognition(findAbi("lp64"), recognition))
      )
      .map((recognition) => ({ layout, recognition })),
);

/** What one compiled object serves: the rest is drawn for each case. */
export type PathBuild =
  & Pick<
    AssemblyOptions,
    "layout" | "recognition" | "submitter" | "controller"
  >
  & { readonly blockBytes: number; readonly folioOrder: number };

/** Draws a build. */
export function randomBuild(seed: number): PathBuild {
  const random = randomStream(seed, "build");
  const { layout, recognition } = choose(random, LP64_DETECTIONS);
  return {
    layout,
    recognition,
    submitter: random.below(4) === 0 ? "registered" : "user",
    controller: choose(random, [
      { sgl: false },
      { sgl: true },
      { sgl: true, sglThresholdBytes: 0 },
      { sgl: true, sglThresholdBytes: 4096 },
    ]),
    blockBytes: random.below(4) === 0 ? 4096 : 512,
    folioOrder: random.below(3) === 0 ? 2 : 0,
  };
}

/** A path and the windows that go through it. */
export interface RandomPath {
  readonly options: AssemblyOptions;
  readonly windows: readonly IoWindow[];
}

/** Draws the rest of a path, and its I/Os. */
export function randomPath(build: PathBuild, seed: number): RandomPath {
  const random = randomStream(seed, "path");
  const { blockBytes: _, folioOrder, ...own } = build;
  const kind = random.below(2) === 0 ? "mixed" : "adjacent";
  const merges = kind === "adjacent";
  const depth = choose(random, merges ? [8, 32] : [1, 4, 8, 32, 32]);
  const options: AssemblyOptions = {
    ...own,
    abi: findAbi("lp64"),
    kernel: "7.2",
    limits: randomLimits(random, build, merges),
    map: folioOrder === 0 ? BORDER_MAP : { ...BORDER_MAP, folioOrder },
    depth,
    batch: Math.min(depth, choose(random, merges ? [3, 8, 32] : [1, 3, 8, 32])),
    decode: false,
    registered: { buffers: 64, segments: 8192 },
  };
  const windows = [0, 1].map(() => {
    const drawn = randomWindow(random, options, kind);
    const { layout, abi } = options;
    // Whole pages, or no address so high: what every layout can hold.
    return unfitReason(drawn, { layout, abi }) === undefined
      ? drawn
      : randomWindow(random, options, "plain");
  });
  return { options, windows };
}

function choose<Item>(random: RandomStream, from: readonly Item[]): Item {
  return from[random.below(from.length)] as Item;
}

function randomLimits(
  random: RandomStream,
  { blockBytes, controller }: PathBuild,
  merges: boolean,
): QueueLimits {
  const block = blockBytes / 512;
  const powers = [12, 13, 14, 16, 20, 31].map((bits) => 2 ** bits - 1);
  const limits: QueueLimits = {
    logicalBlockBytes: blockBytes,
    physicalBlockBytes: choose(random, [blockBytes, 4096, 8192]),
    maxSectors: choose(random, [
      ...(merges ? [] : [block, 8, 24]),
      ...[64, 255, 1024, 2048, 8192],
    ]),
    chunkSectors: random.below(3) === 0 ? block * (1 + random.below(200)) : 0,
    maxSegments: choose(random, [1, 2, 3, 5, 17, 32, 64, 127, 129, 256]),
    maxSegmentBytes: choose(random, [
      4096,
      8192,
      4096 + random.below(1 << 16),
      0xffff_ffff,
      0xffff_ffff,
    ]),
    segBoundaryMask: choose(random, [...powers, 0xffff_ffff, 0xffff_ffff]),
    // A controller without SGLs has it; without it, some commands fail.
    virtBoundaryMask: controller?.sgl === true || random.below(16) === 0
      ? 0
      : 4095,
    dmaAlignmentMask: choose(random, [0, 3, 3, 3, 3, 511]),
  };
  checkQueueLimits(limits);
  return limits;
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
type WindowKind = "mixed" | "plain" | "adjacent";

/** A window of some dozen I/Os. */
function randomWindow(
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
