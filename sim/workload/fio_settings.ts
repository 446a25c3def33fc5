/**
 * The options of fio that decide which I/Os a job does, and what each sets.
 */
import { parseDistribution, parseZones } from "./fio_distribution.ts";
import { fioNames } from "./fio_file_names.ts";
import {
  BLOCKS,
  BYTES,
  choice,
  count,
  flag,
  type JobSetter,
  refused,
  SIZE_SEPARATORS,
  sizeOrPercent,
  sizes,
  words,
} from "./fio_setter.ts";
import {
  type ByDirection,
  parseDirections,
  parseRange,
  parseSize,
  parseSplit,
} from "./fio_value.ts";
import { JOB_PATTERNS } from "./io_job.ts";

const rw: JobSetter = (draft, { text, units }) => {
  const [name = "", ...rest] = text.split(":");
  const known = name === "readwrite" ? "rw" : name;
  const pattern = JOB_PATTERNS.find((pattern) => pattern === known);
  if (pattern === undefined) return `one of ${JOB_PATTERNS.join(", ")}`;
  draft.pattern = pattern;
  draft.every = 1;
  draft.stepBytes = 0;
  if (rest.length === 0) return null;
  const postfix = rest.join(":").trim();
  if (pattern.startsWith("rand")) {
    if (!/^\d{1,9}$/.test(postfix)) {
      return `${name} with a number of I/Os, such as ${name}:8`;
    }
    draft.every = Number(postfix);
    return null;
  }
  const step = parseSize(postfix, units);
  if (step === null) return `${name} with a number of bytes: ${name}:8k`;
  draft.stepBytes = step;
  return null;
};

const bssplit: JobSetter = (draft, { text, units }) => {
  const splits = parseDirections(text, {
    separators: /,/,
    parse: (part) => parseSplit(part, units),
    before: [[], [], []],
  });
  if (splits === null) return "sizes and shares such as 4k/60:64k/40";
  const bsSplit = [...draft.bsSplit] as [...typeof draft.bsSplit];
  const bsRange = [...draft.bsRange] as [...typeof draft.bsRange];
  for (const [direction, split] of splits.entries()) {
    if (split.length === 0) continue;
    bsSplit[direction] = split;
    const bytes = split.map((part) => part.bytes);
    bsRange[direction] = {
      least: Math.min(...bytes),
      most: Math.max(...bytes),
    };
  }
  draft.bsSplit = bsSplit;
  draft.bsRange = bsRange;
  return null;
};

const randomDistribution: JobSetter = (draft, { text, units }) => {
  const distribution = text.startsWith("zoned")
    ? parseZones(text, units)
    : parseDistribution(text);
  if (distribution === null) {
    return "random, zipf:THETA (not 1, at most 10), pareto:H (below 1), " +
      "normal:PERCENT, or zoned:ACCESS/SIZE:... with accesses of 100 % in all";
  }
  draft.distribution = distribution;
  return null;
};

const fileServiceType: JobSetter = (draft, { text }) => {
  const [kind = "", ios, ...rest] = text.split(":");
  if (kind === "roundrobin" || kind === "sequential" || kind === "random") {
    const number = ios ?? "1";
    if (rest.length > 0 || !/^[1-9]\d{0,8}$/.test(number)) {
      return `${kind} with a number of I/Os, such as ${kind}:8`;
    }
    draft.fileService = kind === "random" ? { kind } : kind;
    draft.fileServiceIos = Number(number);
    return null;
  }
  const distribution = parseDistribution(text.replace(/^gauss\b/, "normal"));
  if (distribution === null) {
    return "roundrobin, sequential, random, zipf, pareto or normal";
  }
  draft.fileService = distribution;
  draft.fileServiceIos = 1;
  return null;
};

const VERIFIERS = "0 md5 crc64 crc32 crc32c-intel crc32c crc16 crc7 sha1 " +
  "sha256 sha512 sha3-224 sha3-256 sha3-384 sha3-512 xxhash meta pattern " +
  "pattern_hdr null";

const REPLAY_SKIPS = ["read", "write", "trim", "sync"] as const;

const replaySkip: JobSetter = (draft, { text }) => {
  const skipped = text.split(",").map((word) =>
    REPLAY_SKIPS.find((known) => known === word.trim())
  );
  if (skipped.some((word) => word === undefined)) {
    return `some of ${REPLAY_SKIPS.join(",")}`;
  }
  draft.replay = {
    ...draft.replay,
    skipped: REPLAY_SKIPS.filter((word) => skipped.includes(word)),
  };
  return null;
};

/** Options by name; adding one is one entry. */
export const JOB_SETTERS: ReadonlyMap<string, JobSetter> = new Map(
  Object.entries<JobSetter>({
    name: words("name"),
    ioengine: words("engine"),
    rw,
    rw_sequencer: choice(["sequential", "identical"], (draft, value) => {
      draft.then = value === "identical" ? "same" : "next";
    }),
    bs: sizes("a size such as 4k, or read,write,trim sizes", "bs"),
    ba: sizes("a size such as 4k, or read,write,trim sizes", "blockAlign"),
    bsrange: (draft, { raw, units }) => {
      const ranges = parseDirections(raw, {
        separators: /,/,
        parse: (part) => {
          const range = parseRange(part, units);
          return range !== null && range.least >= 0 ? range : null;
        },
        before: draft.bsRange,
      });
      if (ranges === null) return "a range such as 4k-64k";
      draft.bsRange = ranges;
      return null;
    },
    bssplit,
    bs_unaligned: flag("bsUnaligned"),
    bs_is_seq_rand: flag("bsIsSeqRand"),
    size: sizeOrPercent("size"),
    io_size: sizeOrPercent("ioSize"),
    offset: sizeOrPercent("offset"),
    offset_increment: sizeOrPercent("offsetIncrement"),
    offset_align: count(BYTES, "offsetAlign"),
    filesize: (draft, { raw, units }) => {
      const [least, most = least, ...rest] = raw.split(SIZE_SEPARATORS)
        .map((part) => parseSize(part, units));
      if (!least || !most || rest.length > 0 || least < 0 || most < least) {
        return "a size such as 1g, or a range such as 1g-2g";
      }
      draft.fileSize = { least, most };
      return null;
    },
    create_only: flag("createOnly"),
    number_ios: count(BYTES, "numberIos"),
    loops: count(BLOCKS, "loops"),
    numjobs: count({ least: 1, most: 4096 }, "numjobs"),
    time_based: flag("timeBased"),
    rwmixread: count({ least: 0, most: 100 }, "readPercent"),
    rwmixwrite: count({ least: 0, most: 100 }, (draft, value) => {
      draft.readPercent = 100 - value;
    }),
    random_distribution: randomDistribution,
    percentage_random: (draft, { raw, units }) => {
      const percents: ByDirection<number> | null = parseDirections(raw, {
        separators: SIZE_SEPARATORS,
        parse: (part) => {
          const number = parseSize(part, units);
          return number === null || number < 0 || number > 100 ? null : number;
        },
        before: draft.randomPercent,
      });
      if (percents === null) return "a percentage, or read,write,trim ones";
      draft.randomPercent = percents;
      return null;
    },
    norandommap: flag("norandommap"),
    randrepeat: flag("randRepeat"),
    allrandrepeat: flag((draft, value) => {
      if (value) draft.randRepeat = true;
    }),
    randseed: (draft, { text }) => {
      // Up to 2^64 in fio; the random streams use no more than 32 bits.
      if (!/^(\d{1,20}|0x[0-9a-f]{1,16})$/i.test(text)) return "a number";
      draft.randSeed = Number(BigInt(text) % 2n ** 53n);
      return null;
    },
    zonemode: (draft, { text }) => {
      if (text !== "none" && text !== "strided") {
        return "none or strided: I/Os at the write pointers of zones (zbd) " +
          "are not modelled";
      }
      draft.zoneMode = text;
      return null;
    },
    zonesize: count(BYTES, "zoneSize"),
    zonerange: count(BYTES, "zoneRange"),
    zoneskip: count(BYTES, "zoneSkip"),
    directory: words("directory"),
    filename: (draft, { text }) => {
      const found = fioNames(text);
      if (found.length === 0) return "a name, or names with colons between";
      draft.filenames = [...draft.filenames, ...found];
      return null;
    },
    filename_format: words("filenameFormat"),
    nrfiles: count({ least: 1, most: 65536 }, "nrFiles"),
    openfiles: count(BLOCKS, "openFiles"),
    file_service_type: fileServiceType,
    opendir: refused(
      "which files lie in a folder is not modelled, name them by filename",
    ),
    fsync: count(BLOCKS, "fsync"),
    fdatasync: count(BLOCKS, "fdatasync"),
    sync_file_range: (draft, { text }) => {
      const every = /^(?:wait_before|write|wait_after|,)+(?::(\d{1,9}))?$/
        .exec(text);
      if (every === null) return "such as write:8";
      draft.syncFileRange = Number(every[1] ?? 1);
      return null;
    },
    iodepth: count({ least: 1, most: 65536 }, "depth"),
    iodepth_batch: count({ least: 0, most: 65536 }, (draft, value) => {
      draft.batch = value; // 0 is iodepth, once that is known
    }),
    verify: choice(VERIFIERS.split(" "), (draft, value) => {
      draft.verify = value !== "0";
    }),
    verify_pattern: words((draft) => draft.verify = true),
    do_verify: flag("doVerify"),
    verify_only: flag("verifyOnly"),
    experimental_verify: flag("experimentalVerify"),
    verify_backlog: count(BYTES, "verifyBacklog"),
    verify_backlog_batch: count(BYTES, "verifyBacklogBatch"),
    trim_percentage: (_, { text }) =>
      /^0+$/.test(text) ? null : "0: trims of a share of the writes that are " +
        "verified are not modelled",
    read_iolog: words("readIolog"),
    replay_no_stall: flag((draft, value) =>
      draft.replay = { ...draft.replay, hasTimes: !value }
    ),
    replay_redirect: words((draft) =>
      draft.replay = { ...draft.replay, isOneFile: true }
    ),
    replay_scale: count(
      BLOCKS,
      (draft, value) =>
        draft.replay = { ...draft.replay, scale: Math.max(1, value) },
    ),
    replay_align: (draft, { raw, units }) => {
      const bytes = parseSize(raw, units);
      if (bytes === null || bytes < 1 || !Number.isInteger(Math.log2(bytes))) {
        return "a power of two";
      }
      draft.replay = { ...draft.replay, alignBytes: bytes };
      return null;
    },
    replay_time_scale: count(
      { least: 1, most: 2 ** 31 },
      (draft, value) => draft.replay = { ...draft.replay, speedPercent: value },
    ),
    replay_skip: replaySkip,
    merge_blktrace_file: refused("merging of traces is not modelled"),
    merge_blktrace_iters: () => null, // nothing without the option above
    merge_blktrace_scalars: () => null,
    stonewall: flag("waits"),
    wait_for: words("waitFor"),
    kb_base: () => null, // read before all others
  }),
);

/** Other names of those options. */
export const JOB_ALIASES: ReadonlyMap<string, string> = new Map([
  ["readwrite", "rw"],
  ["blocksize", "bs"],
  ["blocksize_range", "bsrange"],
  ["blocksize_unaligned", "bs_unaligned"],
  ["blockalign", "ba"],
  ["io_limit", "io_size"],
  ["fileoffset", "offset"],
  ["nr_files", "nrfiles"],
  ["iodepth_batch_submit", "iodepth_batch"],
  ["wait_for_previous", "stonewall"],
]);
