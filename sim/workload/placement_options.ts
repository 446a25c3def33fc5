/**
 * Parameters of the placement model: which memory the buffer of an I/O is in.
 * No trace format records it (blockspec 5.3), so it is a seeded model whose
 * parameters are printed with every result.
 */
import {
  checkValue,
  numberFrom,
  valueOf,
  wholeNumber,
} from "../../layouts/option_check.ts";
import { z } from "zod";
import { unknownName } from "../text/unknown_name.ts";
import { plural } from "../text/plural.ts";
import { RecordedPlacement } from "./recorded_placement.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

const share = () => numberFrom(0, 1);

/** Schema of the placement parameters; every one has a default. */
const placementSchema: z.ZodType<PlacementOptions> = z.strictObject({
  poolBytes: wholeNumber(4096, 16 * GIB).refine(
    (bytes) => bytes % 4096 === 0,
    "a multiple of 4096",
  ).default(64 * MIB),
  folioOrder: wholeNumber(0, 18).default(0),
  runPages: numberFrom(1, 2 ** 22).default(1),
  unalignedShare: share().default(0),
  unalignedBytes: wholeNumber(4, 2048)
    .refine((value) => (value & (value - 1)) === 0, "a power of two")
    .default(512),
  p2pIoShare: share().default(0),
  mixedIoShare: share().default(0),
  p2pSegmentShare: share().default(0.5),
  p2pPiece: z.enum(["page", "whole"]).default("page"),
  recorded: valueOf<RecordedPlacement>(
    "a recording with its runs, as parsePlacement() gives it",
    (value) => value instanceof RecordedPlacement,
  ).optional(),
}).refine(
  (options) => options.p2pIoShare + options.mixedIoShare <= 1,
  {
    path: ["mixedIoShare"],
    error: "p2pIoShare and mixedIoShare of at most 1 together",
  },
) as unknown as z.ZodType<PlacementOptions>;

/** Where buffers are. */
export interface PlacementOptions {
  /**
   * Memory that all buffers together are in, in bytes; buffers are reused, as
   * registered ones are. An I/O takes an aligned slot of the next power of two,
   * so there are poolBytes / slot distinct buffers of a size. On P2P memory the
   * pool of each provider is as large, or the whole BAR.
   */
  readonly poolBytes: number;
  /** Order of the folios of host memory; 0 is 4 KiB, 9 is 2 MiB. */
  readonly folioOrder: number;
  /**
   * Mean length of a run of physically contiguous memory, in 4 KiB pages;
   * lengths are geometric, and no run is shorter than a folio.
   */
  readonly runPages: number;
  /** Share of I/Os whose buffer starts inside a page. */
  readonly unalignedShare: number;
  /** Such a start is a multiple of this: 4 for NVMe, 512 for most others. */
  readonly unalignedBytes: number;
  /** Share of I/Os that are on P2P memory as a whole. */
  readonly p2pIoShare: number;
  /** Share of I/Os that are partly on host and partly on P2P memory. */
  readonly mixedIoShare: number;
  /** Share of the pages of a mixed I/O that are on P2P memory. */
  readonly p2pSegmentShare: number;
  /**
   * `page`: P2P memory comes in pieces of 4 KiB, as mainline maps it into user
   * space (drivers/pci/p2pdma.c, p2pmem_alloc_mmap); `whole`: one piece, as a
   * producer of {phys, len} would hand it on.
   */
  readonly p2pPiece: "page" | "whole";
  /**
   * Where the buffers lay on a real machine; then nothing is drawn, and the
   * pool is as large as its pages are.
   */
  readonly recorded?: RecordedPlacement;
}

/**
 * Named placements; adding one is one entry.
 *
 * @example What one of them changes from the defaults
 * ```ts
 * import { PLACEMENT_PRESETS } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * // Memory whose pages have no neighbours is the default.
 * assertEquals(PLACEMENT_PRESETS.scattered, {});
 * ```
 */
export const PLACEMENT_PRESETS: Readonly<
  Record<string, Partial<PlacementOptions>>
> = {
  // Anonymous memory of a process that has run for a while: no two pages of
  // a buffer are neighbours.
  scattered: {},
  // Freshly faulted memory: some neighbours, still a folio per page.
  runs: { runPages: 8 },
  // 64 KiB folios, as mTHP gives them.
  mthp: { folioOrder: 4, runPages: 16 },
  huge: { folioOrder: 9, runPages: 512 },
  contiguous: { folioOrder: 9, runPages: 2 ** 22 },
  unaligned: { runPages: 2, unalignedShare: 1, unalignedBytes: 4 },
  p2p: { p2pIoShare: 1 },
  "p2p-whole": { p2pIoShare: 1, p2pPiece: "whole" },
  mixed: { mixedIoShare: 1 },
  "some-p2p": { runPages: 8, p2pIoShare: 0.2, mixedIoShare: 0.05 },
};

/** The placement of a workload that names none. */
export const DEFAULT_PLACEMENT = "scattered";

/**
 * Completes placement parameters.
 *
 * @param placement Name of a preset, or parameters.
 * @throws {RangeError} If there is no preset of that name, or a parameter is
 *   outside its limits.
 *
 * @example A preset with a smaller pool
 * ```ts
 * import { PLACEMENT_PRESETS } from "@bvec/lab";
 * import { placementOptions } from "./placement_options.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const hot = placementOptions({ ...PLACEMENT_PRESETS.huge, poolBytes: 4096 });
 * assertEquals(hot.folioOrder, 9);
 * ```
 */
export function placementOptions(
  placement: string | Partial<PlacementOptions>,
): PlacementOptions {
  const given = typeof placement === "string" ? preset(placement) : placement;
  checkValue("use placement", placementSchema, given);
  const { recorded } = given;
  if (recorded === undefined) return placementSchema.parse(given);
  const others = Object.keys(given).filter((key) => key !== "recorded");
  if (others.length > 0) {
    throw new RangeError(
      `Cannot use placement: found ${
        others.join(", ")
      } beside a recording, which ` +
        "decides all of it, expected recorded alone",
    );
  }
  return placementSchema.parse({
    poolBytes: recorded.poolBytes,
    mixedIoShare: recorded.p2pShare,
    recorded,
  });
}

function preset(name: string): Partial<PlacementOptions> {
  const names = Object.keys(PLACEMENT_PRESETS);
  const found = Object.hasOwn(PLACEMENT_PRESETS, name)
    ? PLACEMENT_PRESETS[name]
    : undefined;
  if (found !== undefined) return found;
  throw unknownName("placement", name, names);
}

/**
 * Describes a placement in one line for a report.
 *
 * @example The default
 * ```ts
 * import { placementOptions, placementSummary } from "./placement_options.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   placementSummary(placementOptions("scattered")),
 *   "pool 64 MiB, 4 KiB folios, scattered, page-aligned, no P2P",
 * );
 * ```
 */
export function placementSummary(options: PlacementOptions): string {
  checkValue("describe a placement", placementSchema, options, "options");
  if (options.recorded !== undefined) return recordedSummary(options.recorded);
  const folioBytes = 4096 * 2 ** options.folioOrder;
  const runBytes = Math.max(options.runPages * 4096, folioBytes);
  const parts = [
    `pool ${bytesText(options.poolBytes)}`,
    `${bytesText(folioBytes)} folios`,
    runBytes === folioBytes
      ? "scattered"
      : `runs of ${bytesText(runBytes)} on average`,
    options.unalignedShare === 0
      ? "page-aligned"
      : `${percent(options.unalignedShare)} start at a multiple of ` +
        `${options.unalignedBytes} B in a page`,
  ];
  const { p2pIoShare, mixedIoShare } = options;
  if (p2pIoShare > 0) {
    const pieces = options.p2pPiece === "page" ? "4 KiB pieces" : "one piece";
    parts.push(`${percent(p2pIoShare)} of I/Os on P2P in ${pieces}`);
  }
  if (mixedIoShare > 0) {
    parts.push(
      `${percent(mixedIoShare)} of I/Os mixed with ` +
        `${percent(options.p2pSegmentShare)} of pages on P2P`,
    );
  }
  if (p2pIoShare + mixedIoShare === 0) parts.push("no P2P");
  return parts.join(", ");
}

function recordedSummary(recorded: RecordedPlacement): string {
  const { name, ios, runs, cutIos, p2pShare, poolBytes } = recorded;
  return [
    `as recorded in ${name}: ${plural(runs, "run")} of ${plural(ios, "I/O")}`,
    `in ${bytesText(poolBytes)}`,
    ...(cutIos === 0 ? [] : [`${plural(cutIos, "cut I/O")} left out`]),
    p2pShare === 0 ? "no P2P" : `${percent(p2pShare)} of I/Os with P2P`,
  ].join(", ");
}

function percent(part: number): string {
  return `${Number((part * 100).toFixed(2))} %`;
}

function bytesText(bytes: number): string {
  for (const [unit, size] of [["GiB", GIB], ["MiB", MIB]] as const) {
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}`;
  }
  return `${Number((bytes / KIB).toFixed(1))} KiB`;
}
