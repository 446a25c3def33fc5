/** What the options of a section say, before files and sizes are worked out. */
import type { BlockDistribution } from "./block_order.ts";
import type { FioOption } from "./fio_lines.ts";
import type { ByDirection, FioRange, FioSize, FioSplit } from "./fio_value.ts";
import type { IoJob, JobReplay } from "./io_job.ts";
import type { ZonedDistribution } from "./zoned_order.ts";

/** A job under construction; fields are named after fio's options. */
export interface JobDraft {
  kbBase: number;
  name: string | null;
  engine: string;
  pattern: IoJob["pattern"];
  stepBytes: number;
  every: number;
  then: "next" | "same";
  bs: ByDirection<number>;
  /** From bsrange, or of bssplit. */
  bsRange: ByDirection<FioRange>;
  bsSplit: ByDirection<FioSplit | null>;
  blockAlign: ByDirection<number>;
  /** What made reads, writes and trims longer than a read or write can be. */
  longSizes: ByDirection<FioOption | null>;
  bsUnaligned: boolean;
  bsIsSeqRand: boolean;
  /** Null and 0 are both fio's "not given". */
  size: FioSize | null;
  ioSize: FioSize | null;
  offset: FioSize;
  offsetIncrement: FioSize;
  offsetAlign: number;
  fileSize: FioRange | null;
  createOnly: boolean;
  numberIos: number;
  loops: number;
  numjobs: number;
  timeBased: boolean;
  readPercent: number;
  distribution: BlockDistribution | ZonedDistribution;
  randomPercent: ByDirection<number>;
  norandommap: boolean;
  randRepeat: boolean;
  randSeed: number | null;
  zoneMode: "none" | "strided";
  zoneSize: number;
  zoneRange: number;
  zoneSkip: number;
  directory: string | null;
  filenames: readonly string[];
  filenameFormat: string;
  nrFiles: number;
  openFiles: number;
  fileService: IoJob["fileService"]["kind"];
  fileServiceIos: number;
  fsync: number;
  fdatasync: number;
  syncFileRange: number;
  depth: number;
  batch: number;
  verify: boolean;
  doVerify: boolean;
  verifyOnly: boolean;
  experimentalVerify: boolean;
  verifyBacklog: number;
  verifyBacklogBatch: number;
  readIolog: string | null;
  readIologOption: FioOption | null;
  replay: Omit<JobReplay, "path">;
  waits: boolean;
  waitFor: string | null;
}

export const DRAFT_DEFAULTS: JobDraft = {
  kbBase: 1024,
  name: null,
  engine: "psync",
  pattern: "read",
  stepBytes: 0,
  every: 1,
  then: "next",
  bs: [4096, 4096, 4096],
  bsRange: [{ least: 0, most: 0 }, { least: 0, most: 0 }, {
    least: 0,
    most: 0,
  }],
  bsSplit: [null, null, null],
  blockAlign: [0, 0, 0],
  longSizes: [null, null, null],
  bsUnaligned: false,
  bsIsSeqRand: false,
  size: null,
  ioSize: null,
  offset: { bytes: 0 },
  offsetIncrement: { bytes: 0 },
  offsetAlign: 0,
  fileSize: null,
  createOnly: false,
  numberIos: 0,
  loops: 1,
  numjobs: 1,
  timeBased: false,
  readPercent: 50,
  distribution: { kind: "random" },
  randomPercent: [100, 100, 100],
  norandommap: false,
  randRepeat: true,
  randSeed: null,
  zoneMode: "none",
  zoneSize: 0,
  zoneRange: 0,
  zoneSkip: 0,
  directory: null,
  filenames: [],
  filenameFormat: "$jobname.$jobnum.$filenum",
  nrFiles: 1,
  openFiles: 0,
  fileService: "roundrobin",
  fileServiceIos: 1,
  fsync: 0,
  fdatasync: 0,
  syncFileRange: 0,
  depth: 1,
  batch: 1,
  verify: false,
  doVerify: true,
  verifyOnly: false,
  experimentalVerify: false,
  verifyBacklog: 0,
  verifyBacklogBatch: 0,
  readIolog: null,
  readIologOption: null,
  replay: {
    hasTimes: true,
    speedPercent: 100,
    isOneFile: false,
    scale: 1,
    alignBytes: 0,
    skipped: [],
  },
  waits: false,
  waitFor: null,
};
