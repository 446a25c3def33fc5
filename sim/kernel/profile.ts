/**
 * What one kernel version does otherwise than another on the way from user
 * memory to a command, as data. A stage asks its profile once, when it is
 * made, and never for a version (oracle/kernel/README.md lists what differs).
 */
import { checkString } from "../../layouts/value_text.ts";
import {
  HOST_BRIDGES_6_1,
  HOST_BRIDGES_7_2,
  type HostBridgeEntry,
} from "../pci/host_bridge.ts";
import { type RecordedKernel, recordedKernel } from "./recorded_kernel.ts";
import amd64At6x1 from "./recorded/v6_1_0_50_amd64_amd64.json" with {
  type: "json",
};
import amd64At6x12 from "./recorded/v6_12_107_deb13_amd64_amd64.json" with {
  type: "json",
};
import amd64At7x2 from "./recorded/v7_2_13_deb14_amd64_amd64.json" with {
  type: "json",
};

/** What drivers/nvme/host makes of what a controller can do. */
export interface NvmeLimitRules {
  /** Longest request in sectors (NVME_MAX_KB_SZ, NVME_MAX_BYTES). */
  readonly mostSectors: number;
  /** Most segments of a request (NVME_MAX_SEGS). */
  readonly mostSegments: number;
  /**
   * Whether requests are cut to what an IOMMU maps best
   * (dma_opt_mapping_size) or only to what it maps at most.
   */
  readonly cutsToOptimalMapping: boolean;
  /** Whether the queue of a controller with SGLs has no virtual boundary. */
  readonly sglsLiftBoundary: boolean;
  /**
   * Most segments of metadata where the controller takes SGLs for it
   * (NVME_MAX_META_SEGS); 0 where the driver knows no such SGLs.
   */
  readonly mostMetadataSegments: number;
}
/**
 * What a limit of tags counts: what each word may give out, in proportion to
 * the depth and rounded up (dd_to_word_depth()), or exactly that many of the
 * map (__map_depth_with_shallow() of 6.17; rows of Debian's 6.12.107 show it).
 */
export type ShallowDepth = "word" | "map";

/** The rules of one kernel that differ between the profiles. */
export interface PathProfile {
  readonly kernel: KernelProfile;
  /**
   * Whether extraction extends a vector by adjacent memory of another folio
   * (bio_iov_add_page) or never leaves a folio (iov_iter_extract_bvecs, 7.0).
   */
  readonly joinsAcrossFolios: boolean;
  /**
   * Whether every user vector must be whole blocks (bdev_iter_is_aligned) or
   * only their sum (blkdev_dio_invalid).
   */
  readonly lengthCheck: "vector" | "total";
  /** Whether bytes beyond a block are cut off each extraction or the bio. */
  readonly trims: "extraction" | "bio";
  /** Whether a bio ends where memory of another pgmap begins, else a vector. */
  readonly endsBioAtPgmap: boolean;
  /** Whether extraction refuses vectors that break the DMA alignment. */
  readonly extractChecksAlignment: boolean;
  /** Whether a split refuses such vectors, and a cut of no block. */
  readonly splitChecksAlignment: boolean;
  /** Whether bios and requests know the lowest bit of their gaps (6.19). */
  readonly tracksGaps: boolean;
  /** Whether the split shortcut asks for one vector or for the rest of it. */
  readonly splitShortcut: "vectors" | "iterator";
  /** What a vector may have to be taken without counting its pieces. */
  readonly fastSegment: "page" | "limits";
  /** Whether zeroes are split by their own limit alone or as all I/O is. */
  readonly writeZeroesLimit: "own" | "io";
  /** How a trace writes zeroes: `N` or `WZ`. */
  readonly writeZeroesLetters: string;
  /** Whether each write is plugged (blkdev_write_iter of 6.1). */
  readonly plugsWrites: boolean;
  /** Whether writes to a zoned device go past the plug (blk_mq_plug). */
  readonly plugsZonedWrites: boolean;
  /** Whether the newest plugged request is issued first or last. */
  readonly plugOrder: "lifo" | "fifo";
  /**
   * Whether each bio has a plug of its own where the task has none
   * (__submit_bio of 6.8 to 6.14, to read the clock once).
   */
  readonly plugsEachBio: boolean;
  /**
   * When a queue runs that is left to kblockd: at the submitter's next point
   * of voluntary preemption, which is before its next bio, or as it returns to
   * user space (PREEMPT_LAZY).
   */
  readonly asyncRun: "at once" | "at return";
  /** Whether mq-deadline continues from a request or from a position (6.4). */
  readonly deadlineNext: "request" | "position";
  /** What async_depth, a scheduler's limit of writes, counts. */
  readonly shallowDepth: ShallowDepth;
  /**
   * Whether async_depth follows when nr_requests is set, or stays at the depth
   * that the queue had before: blk_mq_update_nr_requests() notified the
   * scheduler too early.
   */
  readonly asyncDepthFollows: boolean;
  /** Whether data with a flush after it is issued at once or plugged. */
  readonly flushedData: "issue" | "plug";
  /** REQ_ALLOC_CACHE, a bio of the per-CPU cache; 0 if there is no flag. */
  readonly allocCacheFlag: number;
  /** Whether all small bios come from that cache or those of io_uring. */
  readonly cachesAllBios: boolean;
  /** Debian's release on amd64 whose touched fields hold (TOUCH_SITES). */
  readonly touchesAs: "6.12.117" | "7.2.13";
  /** What gives out slab objects: a CPU's own slab or, from 7.0, sheaves. */
  readonly slabAllocator: "cpu_slab" | "sheaf";
  /** REQ_NOUNMAP. */
  readonly nounmapFlag: number;
  /** Whether a bio of P2P memory is never merged (REQ_NOMERGE). */
  readonly p2pNomerge: boolean;
  /**
   * What the average size that decides for an SGL counts: physical segments,
   * mapped ones, or one where an IOVA range holds all (drivers/nvme).
   */
  readonly sglAverage: "segments" | "mapped" | "iterator";
  /** Whether mapping joins adjacent vectors inside a bio, too. */
  readonly mapJoins: "between bios" | "everywhere";
  /** Whether unreachable P2P memory fails as BLK_STS_TARGET or _INVAL. */
  readonly unreachableP2p: "target" | "inval";
  /**
   * Whether user space can do I/O on P2P memory: it can map it
   * (p2pmem_alloc_mmap) and pin it (FOLL_PCI_P2PDMA) from 6.2 on.
   */
  readonly userP2p: boolean;
  /** Host bridges that are trusted to route P2P traffic. */
  readonly hostBridges: readonly HostBridgeEntry[];
  /** max_sectors where nobody asks for less (BLK_DEF_MAX_SECTORS_CAP). */
  readonly defaultMaxSectors: number;
  readonly nvmeLimits: NvmeLimitRules;
}

const v6x1: PathProfile = {
  kernel: "6.1",
  joinsAcrossFolios: true,
  lengthCheck: "vector",
  trims: "extraction",
  endsBioAtPgmap: false,
  extractChecksAlignment: false,
  splitChecksAlignment: false,
  tracksGaps: false,
  splitShortcut: "vectors",
  fastSegment: "page",
  writeZeroesLimit: "own",
  writeZeroesLetters: "N",
  plugsWrites: true,
  plugsZonedWrites: false,
  plugOrder: "lifo",
  plugsEachBio: false,
  asyncRun: "at once",
  deadlineNext: "request",
  shallowDepth: "word",
  asyncDepthFollows: false,
  flushedData: "issue",
  allocCacheFlag: 0,
  cachesAllBios: false,
  touchesAs: "6.12.117",
  slabAllocator: "cpu_slab",
  nounmapFlag: 1 << 27,
  p2pNomerge: false,
  sglAverage: "segments",
  mapJoins: "between bios",
  unreachableP2p: "target",
  userP2p: false,
  hostBridges: HOST_BRIDGES_6_1,
  defaultMaxSectors: 2560,
  nvmeLimits: {
    mostSectors: 8192,
    mostSegments: 127,
    cutsToOptimalMapping: false,
    sglsLiftBoundary: false,
    mostMetadataSegments: 0,
  },
};

const v6x12: PathProfile = {
  ...v6x1,
  kernel: "6.12",
  writeZeroesLimit: "io",
  plugsWrites: false,
  plugsZonedWrites: true,
  plugOrder: "fifo",
  plugsEachBio: true,
  deadlineNext: "position",
  shallowDepth: "map",
  flushedData: "plug",
  allocCacheFlag: 1 << 23,
  nounmapFlag: 1 << 28,
  sglAverage: "mapped",
  userP2p: true,
  nvmeLimits: {
    mostSectors: 16384,
    mostSegments: 128,
    cutsToOptimalMapping: true,
    sglsLiftBoundary: false,
    mostMetadataSegments: 15,
  },
};

const v7x2: PathProfile = {
  ...v6x12,
  kernel: "7.2",
  plugsEachBio: false,
  asyncRun: "at return",
  asyncDepthFollows: true,
  joinsAcrossFolios: false,
  lengthCheck: "total",
  trims: "bio",
  endsBioAtPgmap: true,
  extractChecksAlignment: true,
  splitChecksAlignment: true,
  tracksGaps: true,
  splitShortcut: "iterator",
  fastSegment: "limits",
  writeZeroesLetters: "WZ",
  cachesAllBios: true,
  touchesAs: "7.2.13",
  slabAllocator: "sheaf",
  p2pNomerge: true,
  sglAverage: "iterator",
  mapJoins: "everywhere",
  unreachableP2p: "inval",
  hostBridges: HOST_BRIDGES_7_2,
  defaultMaxSectors: 8192,
  nvmeLimits: {
    mostSectors: 16384,
    mostSegments: 256,
    cutsToOptimalMapping: true,
    sglsLiftBoundary: true,
    mostMetadataSegments: 15,
  },
};

/** What the lab knows of a kernel. */
interface KnownKernel {
  /** What it does otherwise than another. */
  readonly rules: PathProfile;
  /** Its structs on amd64. */
  readonly amd64: RecordedKernel;
  /** Whether the path in C has its rules; default: no. */
  readonly native?: true;
}

/** Kernels whose rules and offsets the lab knows. */
export type KernelProfile = "6.1" | "6.12" | "7.2";

/** All kernels, oldest first; a new one is one line here, and its rules. */
const KERNELS: Readonly<Record<KernelProfile, KnownKernel>> = {
  "6.1": {
    rules: Object.freeze(v6x1),
    amd64: recordedKernel("Debian 6.1.0-50-amd64", amd64At6x1),
  },
  "6.12": {
    rules: Object.freeze(v6x12),
    amd64: recordedKernel("Debian 6.12.107+deb13-amd64", amd64At6x12),
  },
  "7.2": {
    rules: Object.freeze(v7x2),
    amd64: recordedKernel("Debian 7.2.13+deb14-amd64", amd64At7x2),
    native: true,
  },
};

/** All kernel profiles, oldest first. */
export const kernelProfiles: readonly KernelProfile[] = Object.freeze(
  Object.keys(KERNELS) as KernelProfile[],
);

/** Those whose rules the path in C has. */
export const NATIVE_KERNELS: readonly KernelProfile[] = Object.freeze(
  kernelProfiles.filter((kernel) => KERNELS[kernel].native),
);

/** The structs of each on amd64. */
export const AMD64_KERNELS: Readonly<Record<KernelProfile, RecordedKernel>> =
  Object.freeze(
    Object.fromEntries(
      kernelProfiles.map((kernel) => [kernel, KERNELS[kernel].amd64]),
    ) as Record<KernelProfile, RecordedKernel>,
  );

/** The kernel whose rules hold where none is named. */
export const DEFAULT_KERNEL: KernelProfile = "7.2";

/**
 * Finds the rules of a kernel.
 *
 * @param kernel The kernel, such as `7.2`.
 * @throws {RangeError} If there is no profile of that kernel.
 *
 * @example Which kernels extract folio by folio
 * ```ts
 * import { pathProfile } from "./profile.ts";
 * import { kernelProfiles } from "./struct_offsets.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const joins = kernelProfiles.filter((kernel) =>
 *   pathProfile(kernel).joinsAcrossFolios
 * );
 * assertEquals(joins, ["6.1", "6.12"]);
 * ```
 */
export function pathProfile(kernel: string): PathProfile {
  checkString("find rules of a kernel", "kernel", kernel);
  const found = kernelProfiles.find((known) => known === kernel);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find rules of kernel "${kernel}", expected one of: ${
        kernelProfiles.join(", ")
      }`,
    );
  }
  return KERNELS[found].rules;
}
