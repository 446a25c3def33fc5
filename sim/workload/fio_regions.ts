/** The regions of a job's files (setup_files() in fio's filesetup.c). */
import { type RandomStream, randomStream } from "../random/random_stream.ts";
import type { JobDraft } from "./fio_draft.ts";
import type { FioSize } from "./fio_value.ts";
import { JOB_DEFAULTS } from "./io_job.ts";

export interface FioRegion {
  /** First byte, from the beginning of the file. */
  readonly startBytes: number;
  readonly sizeBytes: number;
  /** Size of the file. */
  readonly endBytes: number;
  /** What it adds to the size of the job. */
  readonly countedBytes: number;
}

/**
 * Whether a job's region depends on the size of a file that is not said, so
 * that the lab takes 1 GiB for it.
 */
export function hasNoSize(draft: JobDraft): boolean {
  const { size, fileSize } = draft;
  if (fileSize !== null) return false;
  return size === null || !("bytes" in size) || size.bytes === 0;
}

/**
 * Works out the regions of a job.
 *
 * @param options The number of this copy of the job, how many files it has,
 *   its smallest I/O, and a name for random sizes of files.
 * @returns A region for each file; or what is wrong.
 */
export function regionsOf(
  draft: JobDraft,
  options: {
    copy: number;
    files: number;
    leastBytes: number;
    seedName: string;
  },
): FioRegion[] | { found: string; expected: string } {
  const { copy, files, leastBytes, seedName } = options;
  const random = randomStream(draft.randSeed ?? 1, `file sizes ${seedName}`);
  const size = sizeBytesOf(draft);
  const each = Math.floor(size / files);
  let extra = Math.floor((size - each * files) / leastBytes);
  const regions: FioRegion[] = [];
  for (let file = 0; file < files; file++) {
    const known = fileBytes(draft, { each, leastBytes, random });
    // What percentages are of: the file; without its size, fio's size=.
    const whole = known ?? (each || JOB_DEFAULTS.sizeBytes);
    const start = startBytes(draft, { copy, whole, leastBytes });
    let bytes: number;
    if (known !== null) bytes = known - start;
    else if (each > 0) bytes = each + (extra-- > 0 ? leastBytes : 0);
    else bytes = "percent" in draft.offset ? whole - start : whole;
    if (bytes <= 0) {
      return {
        found: `an offset of ${start} in a file of ${known ?? whole}`,
        expected: "an offset inside of the file",
      };
    }
    bytes = shareOf(draft.size, { start, bytes, leastBytes });
    regions.push({
      startBytes: start,
      sizeBytes: bytes,
      endBytes: endOf(draft, { each, whole, end: start + bytes }),
      countedBytes: draft.ioSize !== null && "percent" in draft.ioSize &&
          draft.ioSize.percent > 0
        ? Math.floor(bytes * draft.ioSize.percent / 100)
        : bytes,
    });
  }
  return regions;
}

function sizeBytesOf({ size }: JobDraft): number {
  return size !== null && "bytes" in size ? size.bytes : 0;
}

/**
 * Size of the file. A new one is made as long as its region needs; a share of a
 * file is of one that is there. The null engine's files have no end unless
 * size= gives one (get_file_sizes()).
 */
function endOf(
  draft: JobDraft,
  options: { each: number; whole: number; end: number },
): number {
  const { each, whole, end } = options;
  if (draft.engine === "null") return each > 0 ? Math.max(each, end) : Infinity;
  return "percent" in draft.offset ? Math.max(whole, end) : end;
}

/** Size of a file as filesize says; null if it does not. */
function fileBytes(
  { engine, fileSize }: JobDraft,
  options: { each: number; leastBytes: number; random: RandomStream },
): number | null {
  if (fileSize === null) return null;
  const { least, most } = fileSize;
  if (least === most) return least;
  const { each } = options;
  // size= makes files of the null engine, which may be in the range.
  if (engine === "null" && each >= least && each <= most) return each;
  // get_rand_file_size()
  const drawn = least + Math.floor((most - least) * options.random.fraction());
  return drawn - drawn % options.leastBytes;
}

/** get_start_offset() */
function startBytes(
  draft: JobDraft,
  options: { copy: number; whole: number; leastBytes: number },
): number {
  const { offset, offsetIncrement, offsetAlign } = draft;
  const { copy, whole, leastBytes } = options;
  const bytes = (of: FioSize) =>
    "bytes" in of ? of.bytes : Math.floor(whole * of.percent / 100);
  const start = bytes(offset) + copy * bytes(offsetIncrement);
  if ("bytes" in offset && "bytes" in offsetIncrement) return start;
  const unit = offsetAlign || leastBytes;
  return Math.ceil(start / unit) * unit;
}

/** The region that size=N% leaves of a file after the offset. */
function shareOf(
  size: FioSize | null,
  options: { start: number; bytes: number; leastBytes: number },
): number {
  const { start, bytes, leastBytes } = options;
  if (size === null || !("percent" in size)) return bytes;
  if (size.percent === 0 || size.percent === 100) return bytes;
  const share = Math.floor((start + bytes) * size.percent / 100);
  const kept = Math.min(share, bytes);
  return kept - kept % leastBytes;
}
