/**
 * Works out the jobs of a section: defaults that depend on each other
 * (fixup_options() in fio's init.c), files, regions (setup_files() in
 * filesetup.c) and copies.
 */
import type { JobDraft } from "./fio_draft.ts";
import { queuesIos } from "./fio_engines.ts";
import { fileNames } from "./fio_file_names.ts";
import { type FioRegion, regionsOf } from "./fio_regions.ts";
import type { ByDirection } from "./fio_value.ts";
import type { IoJob, JobReadBack } from "./io_job.ts";
import { fixedSize, type JobSizes, leastBytes } from "./job_sizes.ts";

/** A section with its options. */
export interface FioJobSection {
  readonly title: string;
  /** What its options and those of [global] before it say. */
  readonly draft: JobDraft;
  /** The trace that it replays, by copy, if any. */
  readonly replayPaths: readonly string[];
}

/** A job whose files have no place on the lab's device yet. */
export interface UnplacedJob {
  /** The job except for its files. */
  readonly job: IoJob;
  /** Names of its files, equal for equal files. */
  readonly names: readonly string[];
  /** Its region in each. */
  readonly regions: readonly FioRegion[];
}

/**
 * Works out the jobs of a section.
 *
 * @returns Its jobs, each as often as numjobs says; or what is wrong.
 */
export function setUpJobs(
  section: FioJobSection,
): UnplacedJob[] | { found: string; expected: string } {
  const { draft } = section;
  const sizes = sizesOf(draft);
  const strided = strides(draft);
  if (typeof strided === "string") {
    const found = `zonemode=${draft.zoneMode}`;
    return { found, expected: strided };
  }
  const jobs: UnplacedJob[] = [];
  const allocated = new Set<string>();
  for (let copy = 0; copy < draft.numjobs; copy++) {
    const isReplay = section.replayPaths.length > 0;
    const names = isReplay
      ? []
      : fileNames(draft, { title: section.title, copy, allocated });
    // A copy whose files are all those of another has none (add_file()).
    if (names.length === 0 && !isReplay) continue;
    const regions = isReplay ? [] : regionsOf(draft, {
      copy,
      files: names.length,
      leastBytes: Math.min(...sizes.map(leastBytes)),
      seedName: section.title,
    });
    if ("expected" in regions) return regions;
    const job = jobOf(section, { copy, sizes, regions, strided });
    jobs.push({ job, names, regions });
  }
  return jobs;
}

/** Works out the sizes of each direction; bsrange and bssplit go before bs. */
export function sizesOf(draft: JobDraft): ByDirection<JobSizes> {
  const of = (direction: 0 | 1 | 2): JobSizes => {
    const bs = draft.bs[direction];
    const range = draft.bsRange[direction];
    const least = range.least || bs;
    const most = range.most || bs;
    if (least === most) return fixedSize(least);
    const parts = draft.bsSplit[direction];
    return parts === null
      ? { kind: "range", leastBytes: Math.min(least, most), mostBytes: most }
      : { kind: "split", parts };
  };
  return [of(0), of(1), of(2)];
}

/** The zones of zonemode=strided; null for none, a text if that cannot be. */
function strides(draft: JobDraft): IoJob["zones"] | string {
  const { zoneMode, zoneSize, zoneRange, zoneSkip } = draft;
  if (zoneMode === "none") {
    return zoneSize > 0 ? "zonemode=strided beside its zonesize" : null;
  }
  if (zoneSize === 0) return "a zonesize beside zonemode=strided";
  if (draft.openFiles > 1) return null; // fixup_options()
  return {
    sizeBytes: zoneSize,
    rangeBytes: zoneRange || zoneSize,
    skipBytes: zoneSkip,
  };
}

/**
 * The part of a job that is its copy's own, or was worked out for all copies.
 */
interface CopyParts {
  readonly copy: number;
  readonly sizes: ByDirection<JobSizes>;
  readonly regions: readonly FioRegion[];
  readonly strided: IoJob["zones"];
}

function jobOf(section: FioJobSection, parts: CopyParts): IoJob {
  const { title, draft, replayPaths } = section;
  const { copy, sizes, regions, strided } = parts;
  const { pattern } = draft;
  const { alignBytes, usesMap } = orderOf(draft, sizes);
  const hasMap = usesMap && draft.distribution.kind === "random";
  const path = replayPaths[copy % Math.max(1, replayPaths.length)];
  const [region] = regions;
  return {
    name: draft.numjobs > 1 ? `${title}.${copy}` : title,
    group: draft.name ?? title,
    pattern,
    sizes,
    fit: "fitted",
    sizesFor: draft.bsIsSeqRand ? "order" : "direction",
    hasUnalignedSizes: draft.bsUnaligned,
    offsetBytes: region?.startBytes ?? 0,
    sizeBytes: region?.sizeBytes ?? 0,
    files: [],
    fileService: {
      kind: draft.fileService,
      ios: draft.fileServiceIos,
      mostOpen: draft.openFiles || Infinity,
    },
    ...amountsOf(draft, { regions, hasMap }),
    // Reads that are verified as they come are not among the bytes of a pass,
    // and do_io() ends a job whose pass has none.
    endsWithPass: draft.verify && /^(rand)?read$/.test(pattern),
    reopensFiles: draft.doVerify || draft.timeBased,
    readPercent: draft.readPercent,
    distribution: draft.distribution,
    randomPercent: draft.randomPercent,
    sequence: {
      stepBytes: draft.stepBytes,
      every: draft.every,
      then: draft.then,
    },
    usesMap,
    alignBytes,
    zones: strided,
    seed: draft.randSeed,
    repeatsDraws: draft.randRepeat && draft.randSeed === null,
    depth: draft.depth,
    batch: draft.batch === 0 ? draft.depth : Math.min(draft.batch, draft.depth),
    flushEvery: draft.fsync,
    dataFlushEvery: draft.fdatasync,
    rangeSyncEvery: draft.syncFileRange,
    readBack: draft.verify && draft.doVerify
      ? readBackOf(draft, pattern.startsWith("rand") && hasMap)
      : null,
    replay: path === undefined ? null : { path, ...draft.replay },
    waits: draft.waits && copy === 0,
    waitsFor: draft.waitFor,
  };
}

/** Where its blocks start, and whether a map records which were visited. */
function orderOf(
  draft: JobDraft,
  sizes: ByDirection<JobSizes>,
): Pick<IoJob, "alignBytes" | "usesMap"> {
  const isRandom = draft.pattern.startsWith("rand");
  const least = sizes.map(leastBytes) as [number, number, number];
  const alignBytes = least.map((bytes, direction) =>
    isRandom && draft.blockAlign[direction] || bytes
  ) as [number, number, number];
  // fixup_options(): neither other alignment nor other distributions go with
  // a map.
  const usesMap = !draft.norandommap &&
    alignBytes.every((bytes, direction) => bytes === least[direction]);
  return { alignBytes, usesMap };
}

/** How much a job does, and in how many passes. */
function amountsOf(
  draft: JobDraft,
  { regions, hasMap }: { regions: readonly FioRegion[]; hasMap: boolean },
): Pick<IoJob, "ioBytes" | "repeats" | "passes" | "passBytes" | "ios"> {
  const total = regions.reduce((sum, region) => sum + region.countedBytes, 0);
  const asked = bytesOf(draft.size);
  const sizeBytes = asked === 0 || asked > total ? total : asked;
  const ioSize = bytesOf(draft.ioSize);
  const ioBytes = ioSize || sizeBytes;
  const passes = Math.max(1, draft.loops);
  // An I/O of trimwrite is a trim and a write.
  const each = draft.pattern.endsWith("trimwrite") ? 2 : 1;
  return {
    ioBytes,
    repeats: ioSize > 0,
    passes,
    passBytes: passBytes(draft, { sizeBytes, ioBytes, passes, hasMap }),
    ios: draft.numberIos === 0 ? null : draft.numberIos * passes * each,
  };
}

function bytesOf(size: JobDraft["size"]): number {
  return size !== null && "bytes" in size ? size.bytes : 0;
}

function readBackOf(draft: JobDraft, hasMap: boolean): JobReadBack {
  return {
    order: hasMap || draft.experimentalVerify ? "written" : "offset",
    every: draft.verifyBacklog,
    batch: draft.verifyBacklogBatch,
    only: draft.verifyOnly,
  };
}

/**
 * Bytes after which do_io() ends a pass though the files may hold more: it
 * counts those that are queued, and synchronous engines queue none.
 */
function passBytes(
  draft: JobDraft,
  options: {
    sizeBytes: number;
    ioBytes: number;
    passes: number;
    hasMap: boolean;
  },
): number {
  const { sizeBytes, ioBytes, passes, hasMap } = options;
  if (!queuesIos(draft)) return Infinity;
  const { pattern } = draft;
  const writes = /write|rw/.test(pattern);
  const most = writes && pattern.startsWith("rand") && !hasMap
    ? Math.max(sizeBytes, bytesOf(draft.ioSize))
    : sizeBytes;
  const readBack = writes && draft.verify && draft.verifyBacklog > 0
    ? sizeBytes
    : 0;
  const trims = pattern.endsWith("trimwrite") ? ioBytes * passes : 0;
  return most + readBack + trims;
}
