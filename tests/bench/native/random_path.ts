/**
 * A path and its I/Os drawn at random from a seed: queue limits, segment
 * boundaries, memory on both sides of a multiple of 4 GiB, P2P memory whose bus
 * addresses cross one, plug batches, I/Os that merge, and some that fail.
 */
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../../layouts/layout.ts";
import { layouts } from "../../../layouts/registry.ts";
import type { AssemblyOptions } from "../../../sim/setup/assembly.ts";
import {
  checkQueueLimits,
  type QueueLimits,
} from "../../../sim/block/queue_limits.ts";
import type { MemoryMap } from "../../../sim/memory/memory_map.ts";
import {
  NATIVE_RECOGNITIONS,
  type Recognition,
  servesRecognition,
} from "../../../sim/recognition/recognition_registry.ts";
import {
  type RandomStream,
  randomStream,
} from "../../../sim/random/random_stream.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { unfitReason } from "../../../sim/setup/window_fit.ts";
import { choose, randomWindow } from "./random_window.ts";

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

/** A layout and a P2P detection of the path in C that it serves on lp64. */
export interface LayoutDetection {
  readonly layout: Layout;
  readonly recognition: Recognition;
}

/** All of them, in the order of the registry. */
export const LP64_DETECTIONS: readonly LayoutDetection[] = layouts.flatMap(
  (layout) =>
    NATIVE_RECOGNITIONS
      .filter((recognition) =>
        !isUnsupported(
          servesRecognition(layout, {
            abi: findAbi("lp64"),
            recognition,
          }),
        )
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
