/**
 * Where the structures of an assembled path are in its arena, found by the
 * names of the regions, and `places.h`, which takes them over in C. Names in C
 * and values come from one list here.
 */
import type { Assembly, AssemblyOptions } from "../../sim/setup/assembly.ts";
import {
  STACK_BIO,
  STACK_COMPLETION,
  STACK_VECTORS,
  type VectorCache,
  vectorCaches,
} from "../../sim/block/stack_bio.ts";
import { BOUNCED_POINTERS } from "../../sim/block/page_pointers.ts";
import type { MemoryRegion } from "../../sim/memory/memory_region.ts";
import { regionNamed } from "../../sim/memory/region_named.ts";
import { CACHE_REGIONS, slabHeadName } from "../../sim/memory/free_objects.ts";
import type { IoWindow } from "../../sim/workload/window.ts";

/** A path and what it was put together from. */
export interface AssembledPath {
  readonly assembly: Assembly;
  readonly options: AssemblyOptions;
}

/** The slabs of a path: name in C, name of the region. */
const SLABS = [
  ["bio", "bio"],
  ["vecs16", "bio_vec of 16"],
  ["vecs64", "bio_vec of 64"],
  ["vecs128", "bio_vec of 128"],
  ["vecs256", "bio_vec of 256"],
  ["dio", "blkdev_dio"],
  ["small", "nvme descriptor 256"],
  ["large", "nvme descriptor page"],
] as const;

/** Those of them whose free objects are in a sheaf. */
const SHEAVES = ["bio", "vecs16", "vecs64", "vecs128", "vecs256"];

/** Structures that there is one of: name in C, name of the region. */
const SINGLE = [
  ["submission_ring", "nvme sq"],
  ["completion_ring", "nvme cq"],
  ["doorbell", "nvme doorbell"],
  ["nvme_queue", "nvme_queue"],
  ["limits_at", "queue_limits"],
  ["bio_bdev", "block_device of bios"],
  ["bio_set", "bio_set"],
  ["bio_split_set", "bio_set of splits"],
  ["bio_cache", "bio_alloc_cache"],
  ["request_table", "request"],
  ["tag_map", "sbitmap_word of requests"],
  ["tag_hint", "sbitmap hint of requests"],
  ["request_queue", "request_queue"],
  ["request_ctx", "blk_mq_ctx"],
  ["request_hctx", "blk_mq_hw_ctx"],
  ["request_part", "block_device of requests"],
  ["plug_at", "blk_plug"],
  ["providers_at", "p2pdma_provider"],
] as const;

/** Columns of a window that the path reads, with their C types. */
const COLUMNS = [
  ["sectorLo", "s32"],
  ["sectorHi", "s32"],
  ["lengthBytes", "s32"],
  ["firstPiece", "s32"],
  ["physLo", "s32"],
  ["physHi", "s32"],
  ["pieceBytes", "s32"],
  ["op", "u8"],
  ["provider", "u8"],
] as const;

/** Names a cache of arrays of synchronous I/O in C. */
export function cacheName({ objectBytes }: VectorCache): string {
  return `kmalloc_${objectBytes}`;
}

/**
 * Finds the slabs of a path.
 *
 * @returns The regions by their names in C.
 * @throws {RangeError} If there is not one of each.
 */
export function regionOfSlab(
  regions: readonly MemoryRegion[],
): ReadonlyMap<string, MemoryRegion> {
  return new Map(
    SLABS.map(([name, region]) => [name, regionNamed(regions, region)]),
  );
}

/**
 * Gives the places of a path, by their names in C.
 *
 * @returns Offsets in the arena, and a few numbers that are known as late.
 */
export function placesOf(
  { assembly, options }: AssembledPath,
): Readonly<Record<string, number>> {
  const { regions } = assembly.memory;
  const at = (name: string) => regionNamed(regions, name).offset;
  const optional = (name: string) =>
    regions.find((region) => (region.name ?? region.structure) === name)
      ?.offset ?? 0;
  const heads = SLABS.flatMap(([name, region]) =>
    SHEAVES.includes(name)
      ? [
        [`${name}_slab_cache`, at(CACHE_REGIONS.cache(region))],
        [`${name}_sheaves`, at(CACHE_REGIONS.perCpu(region))],
      ]
      : [[`${name}_head`, at(slabHeadName(region))]]
  );
  const { recognition } = options;
  return {
    ...Object.fromEntries(
      SINGLE.map(([name, region]) => [name, at(region)]),
    ),
    ...Object.fromEntries(heads),
    "provider_table": recognition === "segment" ? at("provider table") : 0,
    "provider_ranges": recognition === "range" ? at("provider ranges") : 0,
    "stack_bio": optional(STACK_BIO),
    "stack_vectors": optional(STACK_VECTORS),
    "stack_completion": optional(STACK_COMPLETION),
    ...Object.fromEntries(
      vectorCaches(assembly.codec).flatMap((cache) => [
        [
          `${cacheName(cache)}_slab_cache`,
          optional(CACHE_REGIONS.cache(cache.name)),
        ],
        [
          `${cacheName(cache)}_sheaves`,
          optional(CACHE_REGIONS.perCpu(cache.name)),
        ],
      ]),
    ),
    "page_pointers": optional(BOUNCED_POINTERS),
    "provider_count": options.map.providers.length,
    "io_depth": options.depth,
    "io_batch": options.batch ?? 1,
  };
}

/**
 * Prints the variables that hold places and columns, and the functions that
 * fill them.
 */
export function placesHeader(
  places: Readonly<Record<string, number>>,
): string {
  const names = Object.keys(places);
  const columns = [...COLUMNS.map(([name, type]) => [cName(name), type]), [
    "window_tables",
    "s32",
  ]];
  return [
    "#ifndef PLACES_H",
    "#define PLACES_H",
    "",
    ...names.map((name) => `static place ${name};`),
    "",
    "static void load_places(const u64 *from)",
    "{",
    ...names.map((name, index) => `\t${name} = from[${index}];`),
    "}",
    "",
    ...columns.map(([name, type]) => `static const ${type} *${name};`),
    "",
    "static void load_window(const u64 *from)",
    "{",
    ...columns.map(([name, type], index) =>
      `\t${name} = (const ${type} *)(unsigned long)from[${index}];`
    ),
    "}",
    "",
    "#endif",
    "",
  ].join("\n");
}

/** The columns of the open window in the order of `load_window()`. */
export function columnsOf(
  { path, seen }: Assembly,
  window: IoWindow,
): readonly (Int32Array | Uint8Array)[] {
  const own = seen(window);
  const length = own.counts[0] ?? 0;
  return [
    ...COLUMNS.map(([name]) => own[name]),
    // Where the registered buffer of each I/O is.
    Int32Array.from({ length }, (_, io) => path.tableOf(io)),
  ];
}

/** `sectorLo` as `window_sector_lo`. */
function cName(column: string): string {
  return `window_${column.replace(/[A-Z]/g, "_$&").toLowerCase()}`;
}
