/**
 * `constants.h` of the path in C: numbers of the kernel and of NVMe and the
 * offsets in kernel structs, printed from the same tables that the DataView
 * path works with. There is no second list of them.
 */
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import { cTypedefs } from "../../layouts/c_source.ts";
import { regionNamed } from "../../sim/memory/region_named.ts";
import { cacheName as cName, regionOfSlab } from "./places.ts";
import { BIO_CLONED, BIO_PAGE_PINNED, END_IO } from "../../sim/block/bio.ts";
import { BIO_INLINE_VECS, BIOVEC_SLABS } from "../../sim/block/bio_slabs.ts";
import { DEFAULT_API } from "../../sim/block/direct_io.ts";
import { vectorCaches } from "../../sim/block/stack_bio.ts";
import { mappedUbuf } from "../../sim/block/mapped_ubuf.ts";
import { tableOffset } from "../../sim/block/registered.ts";
import type { KernelProfile } from "../../sim/kernel/struct_offsets.ts";
import { BIO_CACHE_LIMITS, BIO_SET } from "../../sim/block/bio_cache.ts";
import { allocatorOffsets } from "../../sim/memory/allocator_offsets.ts";
import { DIO } from "../../sim/block/blkdev_dio.ts";
import { BIO_CHAIN } from "../../sim/block/split_front.ts";
import {
  BLK_STS,
  ERRNO,
  REQ_FLAG,
  REQ_OP,
  REQ_OP_MASK,
  RQF,
} from "../../sim/kernel/operation.ts";
import { NVME_QUEUE_SETTINGS } from "../../sim/block/queue_settings.ts";
import {
  CLEARED_AT,
  sbitmapShift,
  WORD_BYTES,
} from "../../sim/block/tag_words.ts";
import type { AssemblyOptions } from "../../sim/setup/assembly.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { pagePointers } from "../../layouts/page_pointers.ts";
import type { ParsedStruct } from "../../sim/kernel/pahole_offsets.ts";
import {
  type KernelStructs,
  kernelStructs,
} from "../../sim/kernel/path_structs.ts";
import { pathProfile } from "../../sim/kernel/profile.ts";
import { ARENA_PHYS_HI_64 } from "../../sim/memory/kernel_memory.ts";
import {
  DIRECT_MAP_HI_64,
  PAGE_OFFSET_32,
} from "../../sim/memory/memory_access.ts";
import {
  MEMORY_DEVICE_PCI_P2PDMA,
  PG_HEAD,
  ZONE_DEVICE,
} from "../../sim/kernel/boot_pages.ts";
import { PG_DIRTY, PG_LOCKED } from "../../sim/kernel/page_array.ts";
import { pageOffsets } from "../../sim/kernel/page_offsets.ts";
import {
  CMD_SGL_METABUF,
  CQE,
  NVME_CMD,
  NVME_RW_FUA,
  SGL_TYPE,
  SQE,
} from "../../sim/nvme/command.ts";
import {
  LIST_PAGE_BYTES,
  SMALL_LIST_BYTES,
} from "../../sim/nvme/descriptor_pool.ts";
import { SGL_THRESHOLD_BYTES } from "../../sim/nvme/driver.ts";
import { iodFields } from "../../sim/nvme/iod.ts";
import { IOD_FLAG } from "../../sim/nvme/iod_flags.ts";
import { SGL_DESCRIPTOR_BYTES } from "../../sim/nvme/sgl.ts";
import {
  BIO_P2P,
  bioProviderOffset,
} from "../../sim/recognition/recognise_bio.ts";
import type { AssembledPath } from "./places.ts";

/** Ranges of memory with struct pages, and providers, at most. */
export const MOST_RANGES = 64;

/** Prints the constants of a path as C11. */
export function constantsHeader(assembled: AssembledPath): string {
  const { options } = assembled;
  const { abi, limits } = options;
  const structs = kernelStructs(options.kernel, abi, options.ownKernel);
  const iod = iodFields(structs.nvmeIod, abi.pointerBytes);
  const allocators = allocatorOffsets(abi.pointerBytes);
  const blocks: readonly Record<string, number>[] = [
    pathConstants(assembled),
    pageConstants(assembled, structs),
    bioConstants(assembled, structs),
    requestConstants(assembled),
    named("BIO_SET", BIO_SET),
    named("BIO_CACHE", BIO_CACHE_LIMITS),
    named("KMEM_CACHE", allocators.cache),
    named("SHEAVES", allocators.perCpu),
    named("SHEAF", allocators.sheaf),
    named("DMA_POOL", allocators.pool),
    named("REQ", REQ_FLAG),
    named("REQ_OP", REQ_OP),
    named("RQF", RQF),
    named("BLK_STS", BLK_STS),
    named("ERRNO", ERRNO),
    named("END_IO", END_IO),
    named("DIO", DIO),
    named("SQE", SQE),
    named("CQE", CQE),
    named("SGL_TYPE", SGL_TYPE),
    named("NVME_CMD", NVME_CMD),
    named("IOD_FLAG", IOD_FLAG),
    named("IOD", { ...iod, totalIsLong: iod.totalIsLong ? 1 : 0 }),
    standIns(structs, { abi, limits }),
    offsets("BIO", structs.bio),
    offsets("REQUEST", structs.request),
    offsets("QUEUE_LIMITS", structs.queueLimits),
    offsets("BLK_PLUG", structs.blkPlug),
    offsets("BLK_MQ_CTX", structs.blkMqCtx),
    offsets("NVME_QUEUE", structs.nvmeQueue),
  ];
  return `#ifndef CONSTANTS_H\n#define CONSTANTS_H\n\n${cTypedefs(abi)}\n` +
    blocks.map(defines).join("\n") + vectorCachesText(assembled) +
    "\n#endif\n";
}

/** Offset of what is after a structure, such as a request's iod. */
function partAt({ assembly }: AssembledPath, of: string): number {
  return assembly.path.regionParts.find((part) => part.of === of)?.offset ?? 0;
}

/** The ABI, and what the path is asked for. */
function pathConstants({ options }: AssembledPath): Record<string, number> {
  const { abi, limits, api = DEFAULT_API, controller = {} } = options;
  const profile = pathProfile(options.kernel);
  return {
    POINTER_BYTES: abi.pointerBytes,
    PHYS_BYTES: abi.physBytes,
    DIRECT_MAP_HI: DIRECT_MAP_HI_64,
    PAGE_OFFSET: PAGE_OFFSET_32,
    ARENA_PHYS_HI: abi.pointerBytes === 8 ? ARENA_PHYS_HI_64 : 0,
    MOST_RANGES,
    [`RECOGNISE_${options.recognition.toUpperCase()}`]: 1,
    // What a stage copies of a segment (sim/recognition/recognition.ts).
    FLAGS_MATTER: options.recognition === "segment" ? 1 : 0,
    API_PREAD: api === "pread" ? 1 : 0,
    API_IO_URING: api === "io_uring" ? 1 : 0,
    CACHES_ALL_BIOS: profile.cachesAllBios ? 1 : 0,
    REGISTERED_BUFFERS: options.submitter === "registered" ? 1 : 0,
    KERNEL_USER: options.submitter === "kernel" ? 1 : 0,
    SGL_SUPPORTED: controller.sgl ?? false ? 1 : 0,
    SGL_THRESHOLD_BYTES: controller.sglThresholdBytes ?? SGL_THRESHOLD_BYTES,
    BLOCK_SHIFT: Math.log2(limits.logicalBlockBytes) - 9,
    PROFILE_P2P_NOMERGE: profile.p2pNomerge ? 1 : 0,
    REQ_ALLOC_CACHE: profile.allocCacheFlag,
  };
}

/** struct page, and what stands for pages in a table of vectors. */
function pageConstants(
  { assembly, options }: AssembledPath,
  structs: KernelStructs,
): Record<string, number> {
  const { abi } = options;
  const pages = pageOffsets(abi, structs);
  return {
    PAGE_STRUCT_BYTES: abi.pageStructBytes,
    PAGE_ZONE_AT: pages.zoneWordAt,
    PAGE_ZONE_SHIFT: pages.zoneShift,
    PAGE_PGMAP_AT: pages.pagemapAt,
    PAGE_REFCOUNT_AT: pages.refcountAt,
    PAGE_FLAGS_AT: pages.flagsAt,
    ...stagedPointers(assembly.codec),
    HAS_COMPOUND_PAGES: (options.map.folioOrder ?? 0) > 0 ? 1 : 0,
    PG_HEAD,
    PG_LOCKED,
    PG_DIRTY,
    PGMAP_TYPE_AT: pages.typeAt,
    PGMAP_PROVIDER_AT: pages.providerAt,
    ZONE_DEVICE,
    MEMORY_DEVICE_PCI_P2PDMA,
  };
}

/** bios, their tables of vectors, and the slabs that both come from. */
function bioConstants(
  assembled: AssembledPath,
  structs: KernelStructs,
): Record<string, number> {
  const { assembly: { codec, memory }, options } = assembled;
  const slabs = regionOfSlab(memory.regions);
  const link = (name: string) => slabs.get(name)?.freePointerOffset ?? 0;
  const tables = BIOVEC_SLABS.map((vecs) =>
    [`VECS${vecs}_BYTES`, codec.arrayBytes(vecs)] as const
  );
  return {
    BIO_INLINE_VECS,
    BIO_MAX_VECS,
    ...registeredTable(codec, pathProfile(options.kernel).kernel),
    BIO_PAGE_PINNED,
    BIO_CLONED,
    BIO_CHAIN,
    BIO_P2P,
    BIO_PROVIDER_AT: bioProviderOffset(structs.bio, options.abi),
    BIO_INLINE_AT: partAt(assembled, "bio"),
    ...Object.fromEntries(tables),
    INIT_ON_ALLOC: options.initOnAlloc ?? true ? 1 : 0,
    DIO_LINK: link("dio"),
    SMALL_LINK: link("small"),
    LARGE_LINK: link("large"),
  };
}

/** Requests, tags, and the commands that are made of them. */
function requestConstants(assembled: AssembledPath): Record<string, number> {
  const { assembly: { memory }, options: { abi } } = assembled;
  const { regions } = memory;
  const ring = regionNamed(regions, "nvme sq");
  return {
    TAG_COUNT: NVME_QUEUE_SETTINGS.tags,
    TAG_SHIFT: sbitmapShift(NVME_QUEUE_SETTINGS.tags, abi.longBytes * 8),
    TAG_WORD_BYTES: WORD_BYTES,
    TAG_CLEARED_AT: CLEARED_AT,
    REQUEST_STRIDE: regionNamed(regions, "request").strideBytes,
    IOD_AT: partAt(assembled, "request"),
    RING_ENTRIES: ring.sizeBytes / ring.strideBytes,
    NVME_RW_FUA,
    CMD_SGL_METABUF,
    SMALL_LIST_BYTES,
    LIST_PAGE_BYTES,
    SGL_DESCRIPTOR_BYTES,
    REQ_OP_MASK,
  };
}

/** Caches of the arrays of synchronous I/O (sim/block/stack_bio.ts). */
function vectorCachesText({ assembly }: AssembledPath): string {
  const cases = vectorCaches(assembly.codec).map((cache) =>
    ` \\\n\tcase_(${cache.mostVecs}, ${cName(cache)}, ${cache.objectBytes})`
  );
  return `\n#define VECTOR_CACHES(case_)${cases.join("")}\n`;
}

/** The header in front of a registered table (sim/block/registered.ts). */
function registeredTable(
  codec: SegmentCodec,
  kernel: KernelProfile,
): Record<string, number> {
  const header = mappedUbuf(kernel, codec.abi);
  const known = (name: string, at: number) =>
    at < 0 ? {} : { [`UBUF_${name}_AT`]: at };
  return {
    UBUF_TABLE_AT: tableOffset({ codec, kernel }),
    UBUF_ADDRESS_AT: header.addressAt,
    UBUF_LENGTH_AT: header.lengthAt,
    UBUF_LENGTH_BYTES: header.lengthBytes,
    ...known("FOLIO_SHIFT", header.folioShiftAt),
    ...known("FLAGS", header.flagsAt),
    ...known("DIR", header.directionsAt),
  };
}

/**
 * Where page pointers are while a bio is filled (sim/block/page_pointers.ts).
 */
function stagedPointers(
  { layout, abi, placed: { sizeBytes } }: SegmentCodec,
): Record<string, number> {
  const answer = pagePointers(layout, abi);
  const isBounced = !isUnsupported(answer) && answer.place === "bounce";
  return {
    VECTOR_BYTES: sizeBytes,
    PAGE_POINTERS_BOUNCED: isBounced ? 1 : 0,
    PAGE_POINTERS_ALIGNED: isBounced || sizeBytes % abi.pointerBytes === 0
      ? 1
      : 0,
  };
}

/**
 * Places of what some recorded kernels have no member for, where the DataView
 * path keeps it (bio.ts, request.ts, plug.ts, split.ts).
 */
function standIns(
  { bio, request, blkPlug }: KernelStructs,
  { abi, limits }: Pick<AssemblyOptions, "abi" | "limits">,
): Record<string, number> {
  const { pointerBytes } = abi;
  const at = (struct: ParsedStruct, name: string) =>
    struct.fields[name]?.offsetBytes;
  const list = blkPlug.fields["mq_list"];
  const hasTail = (list?.sizeBytes ?? 0) > pointerBytes;
  return {
    BIO_GAP_AT: at(bio, "bi_bvec_gap_bit") ?? (at(bio, "bi_status") ?? 0) + 1,
    REQUEST_GAP_AT: at(request, "phys_gap_bit") ??
      at(request, "stats_sectors") ?? 0,
    PLUG_TAIL_AT: hasTail
      ? (list?.offsetBytes ?? 0) + pointerBytes
      : blkPlug.sizeBytes,
    PLUG_CACHED_AT: at(blkPlug, "cached_rqs") ?? at(blkPlug, "cached_rq") ??
      pointerBytes,
    FAST_SEGMENT_BYTES: Math.min(
      (limits.segBoundaryMask >>> 0) + 1,
      limits.maxSegmentBytes >>> 0,
      4096,
    ),
  };
}

/** The members of a table with a prefix, `sqHead` as `CQE_SQ_HEAD`. */
function named(
  prefix: string,
  table: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => [
      `${prefix}_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`,
      value,
    ]),
  );
}

/** Offsets of a struct's members, `bi_iter.bi_size` as `BIO_BI_ITER_BI_SIZE`. */
function offsets(
  prefix: string,
  struct: {
    readonly fields: Readonly<Record<string, { readonly offsetBytes: number }>>;
  },
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(struct.fields).map(([name, { offsetBytes }]) => [
      `${prefix}_${
        name.replace(/^_+/, "").replace(/\W+_*/g, "_").toUpperCase()
      }`,
      offsetBytes,
    ]),
  );
}

function defines(block: Readonly<Record<string, number>>): string {
  return Object.entries(block).map(([name, value]) =>
    value < 0 || value > 0x7fffffff
      ? `#define ${name} 0x${(value >>> 0).toString(16)}u\n`
      : `#define ${name} ${value}\n`
  ).join("");
}
