/**
 * The block stages over a small machine, for tests: 16 MiB of host memory from
 * address 0 and two BARs of 1 MiB that are neighbours in physical space.
 */
import { type Abi, findAbi } from "../../../layouts/abi.ts";
import type { SegmentCodec } from "../../../layouts/codec.ts";
import { isUnsupported, type Layout } from "../../../layouts/layout.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { findLayout, layouts } from "../../../layouts/registry.ts";
import { BioPool } from "../../../sim/block/bio.ts";
import type { BlockContext } from "../../../sim/block/block_context.ts";
import { storeQueueLimits } from "../../../sim/block/limits_struct.ts";
import type { QueueLimits } from "../../../sim/block/queue_limits.ts";
import { createSplit, type Split } from "../../../sim/block/split.ts";
import { createSubmit, type Submit } from "../../../sim/block/submit.ts";
import { createKernelContext } from "../../../sim/kernel/context.ts";
import type { KernelStructs } from "../../../sim/kernel/path_structs.ts";
import type { MemoryMap } from "../../../sim/memory/memory_map.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import type { PageArray } from "../../../sim/kernel/page_array.ts";
import { recognisePage } from "../../../sim/recognition/recognise_page.ts";
import { recogniseSegment } from "../../../sim/recognition/recognise_segment.ts";

/** Address of the first BAR; the second one follows it without a gap. */
export const BAR = 0x3c00_0000_0000;
/** Size of each BAR. */
export const BAR_BYTES = 1 << 20;

const MAP: MemoryMap = {
  dram: [{ startPhys: 0n, sizeBytes: 16 << 20 }],
  providers: [0, 1].map((index) => ({
    name: `bar${index}`,
    startPhys: BigInt(BAR + index * BAR_BYTES),
    sizeBytes: BAR_BYTES,
    busAddress: BigInt(0x8000_0000 + index * BAR_BYTES),
  })),
};

/** Limits that stop nothing, to be narrowed in a test. */
export const WIDE: QueueLimits = {
  logicalBlockBytes: 512,
  physicalBlockBytes: 512,
  maxSectors: 65535,
  chunkSectors: 0,
  maxSegments: 1024,
  maxSegmentBytes: 0xffffffff,
  segBoundaryMask: 0xffffffff,
  virtBoundaryMask: 0,
  dmaAlignmentMask: 3,
};

/** What the stages are made for. */
export interface RigOptions {
  /** Name of the layout or the layout; `page_offset` unless told. */
  readonly layout?: Layout;
  /** The ABI; `lp64` unless told. */
  readonly abi?: Abi;
  /** Differences from `WIDE`. */
  readonly limits?: Partial<QueueLimits>;
  /** How P2P memory is recognised; by page unless told. */
  readonly recognition?: "page" | "segment";
  /** Kernel profile; 7.2 unless told. */
  readonly kernel?: string;
}

/** A piece of memory: physical address and length in bytes. */
export type Stretch = readonly [phys: number, lengthBytes: number];

/** The stages and what they stand on. */
export interface Rig {
  readonly memory: KernelMemory;
  readonly codec: SegmentCodec;
  readonly structs: KernelStructs;
  readonly pages: PageArray;
  readonly bios: BioPool;
  /** What the stages are made from. */
  readonly context: BlockContext;
  readonly submit: Submit;
  readonly split: Split;
  /** Where the queue's limits lie. */
  readonly limitsAt: number;
  /** A bio of the given vectors, none joined. */
  readonly bioOf: (
    stretches: readonly Stretch[],
    options?: { sector?: number; opf?: number },
  ) => number;
  /** Adds memory with `how`; `provider` is index + 1, 0 for host memory. */
  readonly add: (
    how: "addPage" | "addExtracted",
    bio: number,
    stretch: Stretch,
    provider?: number,
  ) => boolean;
  /** The vectors of a bio, by address and length. */
  readonly vectors: (bio: number) => Stretch[];
}

/** Low half of an address. */
export function lo(address: number): number {
  return address | 0;
}

/** High half of an address. */
export function hi(address: number): number {
  return Math.floor(address / 0x1_0000_0000);
}

/** Makes the stages. */
export function makeRig(options: RigOptions = {}): Rig {
  const { recognition = "page", kernel = "7.2" } = options;
  const abi = options.abi ?? findAbi("lp64");
  const memory = new KernelMemory({ abi, sizeBytes: 8 << 20 });
  const map = abi.physBits > 46 ? MAP : { ...MAP, providers: [] };
  const layout = options.layout ?? findLayout("page_offset");
  const kernelContext = createKernelContext(memory, {
    layout,
    abi,
    kernel,
    map,
  });
  const { codec, structs, pages } = kernelContext;
  const limits = { ...WIDE, ...options.limits };
  const limitsAt = storeQueueLimits(memory, structs.queueLimits, limits);
  const bios = new BioPool(memory, codec, structs, { count: 64 });
  const strategy = recognition === "page"
    ? recognisePage(pages)
    : recogniseSegment(memory, map, pages);
  const context: BlockContext = {
    ...kernelContext,
    recognition: strategy,
    bios,
    limits,
    limitsAt,
  };
  const submit = createSubmit(context);
  const split = createSplit(context);
  const { field } = bios;
  const arrayOf = (bio: number) => memory.getPointer(bio + field.ioVec);
  return {
    memory,
    codec,
    structs,
    pages,
    bios,
    context,
    submit,
    split,
    limitsAt,
    bioOf: (stretches, { sector = 0, opf = 0 } = {}) => {
      const bio = bios.alloc(stretches.length, opf);
      const capacity = memory.get16(bio + field.maxVecs);
      let size = 0;
      for (const [index, [phys, bytes]] of stretches.entries()) {
        codec.set(arrayOf(bio), capacity, index, lo(phys), hi(phys), bytes, 0);
        size += bytes;
      }
      memory.set16(bio + field.vcnt, stretches.length);
      memory.set32(bio + field.size, size);
      memory.set64(bio + field.sector, lo(sector), hi(sector));
      return bio;
    },
    add: (how, bio, [phys, bytes], provider = 0) =>
      how === "addPage"
        ? submit.addPage(bio, lo(phys), hi(phys), bytes, provider)
        : submit.addExtracted(
          bio,
          arrayOf(bio),
          memory.get16(bio + field.maxVecs),
          lo(phys),
          hi(phys),
          bytes,
          provider,
        ),
    vectors: (bio) => {
      const capacity = memory.get16(bio + field.maxVecs);
      return Array.from(
        { length: memory.get16(bio + field.vcnt) },
        (_, index) => [
          (codec.physHi(arrayOf(bio), capacity, index) >>> 0) *
            0x1_0000_0000 +
          (codec.physLo(arrayOf(bio), capacity, index) >>> 0),
          codec.length(arrayOf(bio), capacity, index),
        ],
      );
    },
  };
}

/** The layouts of an ABI that hold any address, to the byte. */
export function layoutsOn(abi: Abi): readonly Layout[] {
  return layouts.filter((layout) => {
    const limits = layoutLimits(layout, abi);
    return !isUnsupported(limits) && limits.addressAlignBytes === 1 &&
      limits.lastAddress >= BigInt(abi.physBits > 46 ? BAR : 0xffffffff);
  });
}

/**
 * Runs a check for every layout of the 64-bit ABI, named on failure. Left out
 * is rlist_8, which holds whole pages of the first 16 TiB.
 */
export function eachLayout(check: (layout: Layout) => void): void {
  for (const layout of layoutsOn(findAbi("lp64"))) {
    try {
      check(layout);
    } catch (error) {
      if (error instanceof Error) {
        error.message = `layout ${layout.name}: ${error.message}`;
      }
      throw error;
    }
  }
}
