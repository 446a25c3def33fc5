/**
 * The options of fio that decide which I/Os a job does, and what each sets.
 */
import {
  parseBlockSize,
  parseDirections,
  parseDistribution,
  parseRange,
  parseSize,
  parseSplit,
} from "./fio_value.ts";
import { fixedSize, type IoJob, JOB_PATTERNS, mostBytes } from "./io_job.ts";
import { EXPECTED_RW, LONGEST_RW_BYTES } from "./io_limits.ts";

/** A job under construction. */
export type JobDraft = { -readonly [key in keyof IoJob]: IoJob[key] } & {
  copies: number;
  hasSize: boolean;
  hasIoSize: boolean;
};

/** Applies a value; gives what was expected if the value is malformed. */
export type JobSetter = (draft: JobDraft, value: string) => string | null;

/** A number option with its limits. */
function count(
  limits: { least: number; most: number },
  set: (draft: JobDraft, value: number) => void,
): JobSetter {
  return (draft, value) => {
    const number = parseSize(value);
    const { least, most } = limits;
    if (number === null || number < least || number > most) {
      return `a number from ${least} to ${most}`;
    }
    set(draft, number);
    return null;
  };
}

/** Sets the sizes of reads, writes and trims; trims may be longer. */
function setSizes(draft: JobDraft, sizes: IoJob["sizes"]): string | null {
  const [reads, writes] = sizes;
  if (Math.max(mostBytes(reads), mostBytes(writes)) > LONGEST_RW_BYTES) {
    return EXPECTED_RW;
  }
  draft.sizes = sizes;
  return null;
}

const bytesLimits = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** A flag: alone, or with 0 or 1. */
function flag(set: (draft: JobDraft, value: boolean) => void): JobSetter {
  return (draft, value) => {
    if (!/^[01]?$/.test(value)) return "0 or 1";
    set(draft, value !== "0");
    return null;
  };
}

/** Options by name; adding one is one entry. */
export const JOB_SETTERS: ReadonlyMap<string, JobSetter> = new Map(
  Object.entries<JobSetter>({
    rw: (draft, value) => {
      const name = value === "readwrite" ? "rw" : value;
      const pattern = JOB_PATTERNS.find((known) => known === name);
      if (pattern === undefined) return `one of ${JOB_PATTERNS.join(", ")}`;
      draft.pattern = pattern;
      return null;
    },
    bs: (draft, value) => {
      const sizes = parseDirections(value, {
        parse: parseBlockSize,
        absent: fixedSize(4096),
      });
      if (sizes === null) return "a size such as 4k, or read,write,trim sizes";
      return setSizes(draft, sizes);
    },
    bsrange: (draft, value) => {
      const sizes = parseDirections(value, {
        parse: parseRange,
        absent: fixedSize(4096),
      });
      if (sizes === null) return "a range such as 4k-64k";
      return setSizes(draft, sizes);
    },
    bssplit: (draft, value) => {
      const sizes = parseDirections(value, {
        parse: parseSplit,
        absent: fixedSize(4096),
      });
      if (sizes === null) return "sizes and shares such as 4k/60:64k/40";
      return setSizes(draft, sizes);
    },
    random_distribution: (draft, value) => {
      const distribution = parseDistribution(value);
      if (distribution === null) {
        return "random, zipf:THETA (not 1, at most 10), pareto:H (below 1) or " +
          "normal:PERCENT";
      }
      draft.distribution = distribution;
      return null;
    },
    rwmixread: count({ least: 0, most: 100 }, (draft, value) => {
      draft.readPercent = value;
    }),
    rwmixwrite: count({ least: 0, most: 100 }, (draft, value) => {
      draft.readPercent = 100 - value;
    }),
    iodepth: count({ least: 1, most: 65536 }, (draft, value) => {
      draft.depth = value;
    }),
    iodepth_batch: count({ least: 0, most: 65536 }, (draft, value) => {
      draft.batch = value; // 0 is iodepth, once that is known
    }),
    size: count({ ...bytesLimits, least: 1 }, (draft, value) => {
      draft.sizeBytes = value;
      draft.hasSize = true;
    }),
    io_size: count({ ...bytesLimits, least: 1 }, (draft, value) => {
      draft.ioBytes = value;
      draft.hasIoSize = true;
    }),
    offset: count(bytesLimits, (draft, value) => {
      draft.offsetBytes = value;
    }),
    number_ios: count({ ...bytesLimits, least: 1 }, (draft, value) => {
      draft.ios = value;
    }),
    numjobs: count({ least: 1, most: 4096 }, (draft, value) => {
      draft.copies = value;
    }),
    randseed: count(bytesLimits, (draft, value) => {
      draft.seed = value;
    }),
    blockalign: count({ least: 1, most: 2 ** 30 }, (draft, value) => {
      draft.alignBytes = value;
    }),
    fsync: count({ least: 0, most: 2 ** 31 }, (draft, value) => {
      draft.flushEvery = value;
    }),
    norandommap: flag((draft, value) => {
      draft.usesMap = !value;
    }),
    stonewall: flag((draft, value) => {
      draft.waits = value;
    }),
  }),
);

/** Other names of those options. */
export const JOB_ALIASES: ReadonlyMap<string, string> = new Map([
  ["readwrite", "rw"],
  ["blocksize", "bs"],
  ["blocksize_range", "bsrange"],
  ["iodepth_batch_submit", "iodepth_batch"],
  ["ba", "blockalign"],
  ["fdatasync", "fsync"],
  ["io_limit", "io_size"],
  ["wait_for_previous", "stonewall"],
]);
