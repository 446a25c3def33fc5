/**
 * What a result file holds, as types; `result.ts` checks it and says what
 * changing a key means. Sizes are in bytes, times in ns, and what is missing is
 * `null`.
 */
import type { ResultInput } from "../files/result_input.ts";
import type { ResultSimulation } from "../simulate/result_types.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type { ResultWorkers } from "./group_types.ts";

/** The verdict of one comparison with the baseline. */
export type Verdict = "faster" | "slower" | "no difference shown";

/**
 * A median with the ends of its 95 % interval; both are `null` where a single
 * measurement was made, which says nothing of how others would scatter.
 */
export interface Interval {
  /** The median. */
  readonly median: number;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Upper end of the interval. */
  readonly high: number | null;
}

/**
 * Exact figures per I/O. The first six are always there; a producer may add
 * more, and all of them are compared exactly.
 */
export interface ResultCounts {
  /** bios that reached the driver. */
  readonly biosPerIo: number;
  /** Requests after merging. */
  readonly requestsPerIo: number;
  /** Segments of those requests. */
  readonly segmentsPerIo: number;
  /** PRP entries that the driver wrote. */
  readonly prpEntriesPerIo: number;
  /** Bytes of bio_vec tables. */
  readonly bvecBytesPerIo: number;
  /** Cache lines of bio_vec tables. */
  readonly bvecLinesPerIo: number;
  /** Any other exact figure. */
  readonly [name: string]: number;
}

/** One timed batch. */
export interface ResultSample {
  /** Which birth of the layout ran it, from 0. */
  readonly birth: number;
  /** The round inside that birth, from 0. */
  readonly round: number;
  /** Time per I/O of the batch. */
  readonly nsPerIo: number;
}

/** The samples behind a median, at most as many as the cap. */
export interface ResultSamples {
  /** How many were measured. */
  readonly total: number;
  /** Whether `values` holds fewer than that. */
  readonly capped: boolean;
  /** Those kept, in the order of measuring. */
  readonly values: readonly ResultSample[];
}

/** The warm-up of one birth of a layout. */
export interface ResultWarmUp {
  /** Which birth, from 0. */
  readonly birth: number;
  /** Whether the last batches showed no trend. */
  readonly steady: boolean;
  /** Times per I/O of all its batches, in order. */
  readonly nsPerIo: readonly number[];
}

/** A contender without a path: what the harness costs by itself. */
export interface ResultHarness {
  /** `noop` or `null_path`, see `empty_path.ts`. */
  readonly name: string;
  /** Time per I/O. */
  readonly nsPerIo: Interval | null;
}

/** What was touched, per I/O. */
export interface TouchedPerIo {
  /** Accesses of up to 8 bytes. */
  readonly accessesPerIo: number;
  /** Of those, writes. */
  readonly writesPerIo: number;
  /** Of those, ones that straddle a border of lines. */
  readonly straddlesPerIo: number;
  /** Distinct bytes. */
  readonly bytesPerIo: number;
  /** Distinct lines, of as many bytes as the footprint says. */
  readonly linesPerIo: number;
}

/** A footprint and its breakdown. */
export interface FootprintFigures {
  /** Everything, no line twice; `usefulShare` is bytes over bytes of lines. */
  readonly total: TouchedPerIo & { readonly usefulShare: number };
  /** By structure; a line that two share counts for both. */
  readonly structures: Readonly<Record<string, TouchedPerIo>>;
  /** By stage; a line that two touch counts for both. */
  readonly stages: Readonly<Record<string, TouchedPerIo>>;
  /** By structure and stage. */
  readonly structuresInStages: readonly (
    & { readonly structure: string; readonly stage: string }
    & TouchedPerIo
  )[];
  /** Lines by stage. */
  readonly stageLinesPerIo: Readonly<Record<string, number>>;
}

/** Bytes and lines that I/Os touch: one at a time, and many in flight. */
export interface ResultFootprint extends FootprintFigures {
  /** I/Os that were traced one at a time. */
  readonly tracedIos: number;
  /**
   * Size of the lines that all counts of lines are in, in bytes: 64, or that of
   * the CPU that was named; absent from files of older labs: 64.
   */
  readonly lineBytes?: number;
  /** Bytes of slab objects that were taken, by structure. */
  readonly allocatedBytesPerIo: Readonly<Record<string, number>>;
  /** With `depth` I/Os in flight, a line that several touch counting once. */
  readonly atDepth: FootprintFigures & {
    readonly depth: number;
    readonly tracedIos: number;
  };
}

/** One cache of the modelled CPU, per I/O. */
export interface ResultModelledLevel {
  /** Name of the level, such as `L1D`. */
  readonly name: string;
  /** Lines read or written that were not there. */
  readonly missesPerIo: number;
  /** Of those, reads. */
  readonly readMissesPerIo: number;
  /** Of those, writes. */
  readonly writeMissesPerIo: number;
  /** Dirty lines written to the next level. */
  readonly writebacksPerIo: number;
}

/** A stretch of I/Os as the modelled CPU saw it. */
export interface ResultModelledStretch {
  /** I/Os of the stretch. */
  readonly ios: number;
  /** Loads and stores of the path; not the device's, and no data bytes. */
  readonly referencesPerIo: number;
  /** Data caches, first level first. */
  readonly levels: readonly ResultModelledLevel[];
  /** Cycles if no two misses overlap; the ends move assumed latencies 25 %. */
  readonly stallCyclesPerIo: {
    readonly cycles: number;
    readonly low: number;
    readonly high: number;
  };
}

/** What the cache model makes of the steady state; exact, never measured. */
export interface ResultModelled extends ResultModelledStretch {
  /** Name of the CPU. */
  readonly cpu: string;
  /** I/Os in flight. */
  readonly depth: number;
  /** I/Os before the ones counted, from empty caches on. */
  readonly warmUpIos: number;
  /** The first `depth` of those. */
  readonly cold: ResultModelledStretch;
}

/** Times of the first I/Os of a turn, on what others left in the caches. */
export interface ResultColdTime {
  /** Time per I/O. */
  readonly nsPerIo: Interval;
  /** Time relative to the baseline in the same state. */
  readonly ratio: Interval;
  /** What the run can say about that ratio. */
  readonly verdict: Verdict;
}

/** How a cell was timed. */
export interface ResultTiming {
  /** Whose CPU time its times are. */
  readonly clock: "thread CPU" | "process CPU";
  /** The cache state of all times that say none. */
  readonly cacheState: "warm";
  /** I/Os of a slice in each cache state. */
  readonly sliceIos: {
    readonly warm: number;
    readonly cold: number;
    /** Different I/Os of a turn, which its slices go round. */
    readonly group?: number | undefined;
  };
  /** What built the paths, in turn: birth b is by the b-th of them, modulo. */
  readonly compilers?: readonly string[] | undefined;
  /** Bytes of all arenas of a build, in C. */
  readonly arenaBytes?: number | null | undefined;
  /** Bytes of the process in huge pages; `null` where nobody says. */
  readonly hugePageBytes?: number | null | undefined;
}

/** What one layout did in a cell. */
export interface ResultLayout {
  /** Registry name of the layout. */
  readonly name: string;
  /** Time per I/O; `null` where nothing was timed. */
  readonly nsPerIo: Interval | null;
  /** Time relative to the baseline; 1 for the baseline itself. */
  readonly ratio: Interval | null;
  /** What the run can say about that ratio. */
  readonly verdict: Verdict | null;
  /** That ratio as each compiler built it, where there were several. */
  readonly byCompiler?:
    | readonly { readonly compiler: string; readonly ratio: Interval }[]
    | undefined;
  /** Exact figures. */
  readonly counts: ResultCounts;
  /** Bytes that one segment takes in a table of this layout. */
  readonly bytesPerSegment?: number | null | undefined;
  /** The recognition that this layout used. */
  readonly recognition?: string | undefined;
  /** I/O per second of one worker, from the median. */
  readonly iosPerSecond?: number | null | undefined;
  /** p of "no difference", corrected over the layouts of the cell (Holm). */
  readonly adjustedPValue?: number | null | undefined;
  /** Smallest difference that this run could have shown; 0.03 is 3 %. */
  readonly detectable?: number | null | undefined;
  /** Standard deviation between births; 0.03 is 3 %. */
  readonly betweenBirthSpread?: number | null | undefined;
  /** How many samples lie far outside; none was removed. */
  readonly outliers?: number | undefined;
  /** What the timings came from. */
  readonly samples?: ResultSamples | null | undefined;
  /** Percentiles of the samples, `null` where there are too few for one. */
  readonly percentiles?:
    | Readonly<Record<string, number | null>>
    | null
    | undefined;
  /** The warm-ups, whose batches are in no figure. */
  readonly warmUps?: readonly ResultWarmUp[] | undefined;
  /** Bytes and lines per structure and stage. */
  readonly footprint?:
    | ResultFootprint
    | Readonly<Record<string, unknown>>
    | null
    | undefined;
  /** Figures of the cache model; never mixed with measured ones. */
  readonly modelled?: ResultModelled | null | undefined;
  /**
   * Wall time of the same I/Os, which other work makes longer: the median, and
   * the quartiles in place of an interval.
   */
  readonly wallNsPerIo?: Interval | null | undefined;
  /**
   * The same in the cold cache state; `null` if it was not timed. All other
   * times are those of the warm state.
   */
  readonly cold?: ResultColdTime | null | undefined;
  /** What its path in C costs, counted exactly; `null` if it was not. */
  readonly machineCode?: ResultMachineCode | null | undefined;
}

/** What one build of the path costs, per I/O. */
export interface ResultMachineCodeBuild {
  /** Instructions executed. */
  readonly instructionsPerIo: number;
  /** Loads among their accesses. */
  readonly loadsPerIo: number | null;
  /** Stores among their accesses. */
  readonly storesPerIo: number | null;
  /** Jumps, calls and returns, taken or not. */
  readonly branchesPerIo: number | null;
  /** Accesses at no multiple of their size. */
  readonly unalignedPerIo: number | null;
  /** Accesses to two cache lines of 64 bytes. */
  readonly lineCrossingsPerIo: number | null;
  /** Bytes of machine code of the path. */
  readonly textBytes: number;
  /** Compiler and version. */
  readonly compiler: string;
  /** What its flags are, such as `-O2`. */
  readonly build: string;
  /** All flags that make the code different. */
  readonly flags: readonly string[];
}

/** What the machine code of a path costs, of the build named first. */
export interface ResultMachineCode extends ResultMachineCodeBuild {
  /** Name of the ABI. */
  readonly abi: string;
  /** The machine, such as `x86_64`. */
  readonly machine: string;
  /** Tools that counted, with versions; a later one fills an earlier up. */
  readonly tools: readonly string[];
  /** I/Os that were counted. */
  readonly ios: number;
  /** All builds, the first among them. */
  readonly builds: readonly ResultMachineCodeBuild[];
}

/** The I/Os that a cell ran. */
export interface ResultIos {
  /** All I/Os of the workload. */
  readonly total: number;
  /** Reads among them. */
  readonly reads: number;
  /** Writes among them. */
  readonly writes: number;
  /** Others, such as flush and discard. */
  readonly others: number;
  /** Bytes read and written. */
  readonly bytes: number;
  /** Entries of the input that were left out. */
  readonly skipped: number;
  /** I/Os that were widened to whole sectors. */
  readonly rounded?: number | undefined;
  /** I/Os too long for the lab that were replayed as several. */
  readonly cut?: number | undefined;
}

/** A layout that a cell could not run. */
export interface ResultLeftOut {
  /** Registry name of the layout. */
  readonly name: string;
  /** Why it cannot express this cell. */
  readonly reason: string;
}

/** The baseline compared with a second copy of itself. */
export interface ResultNoiseFloor {
  /** The ratio that identical code showed. */
  readonly ratio: Interval;
  /** Distance of that ratio from 1; 0.01 is 1 %. */
  readonly difference: number;
}

/** How two engines' ratios of one cell relate. */
export interface ResultAgreement {
  /** The engines, in the order of all pairs here. */
  readonly engines: readonly string[];
  /** Kendall's tau-b of the ratios, -1 to 1; `null` below two layouts. */
  readonly tau: number | null;
  /** Layouts of which one engine says faster and the other slower. */
  readonly opposed: readonly string[];
  /** Layouts that only one engine finds different from the baseline. */
  readonly oneSided: readonly string[];
  /** The same in plain words. */
  readonly words: string;
  /** Each layout's ratio and verdict on either engine. */
  readonly layouts: readonly {
    readonly name: string;
    /** Counted instructions over the baseline's; `null` if not counted. */
    readonly instructionRatio?: number | null | undefined;
    readonly ratios: readonly (Interval | null)[];
    readonly verdicts: readonly (Verdict | null)[];
  }[];
  /**
   * Each layout's time per I/O on either engine, the baseline's too; absent
   * from files of older labs.
   */
  readonly times?:
    | readonly {
      readonly name: string;
      readonly nsPerIo: readonly (Interval | null)[];
      /** The first engine's over the second's. */
      readonly factor: number | null;
    }[]
    | undefined;
}

/** One ABI x machine x workload x recognition x engine. */
export interface ResultCell {
  /** Name of the workload. */
  readonly workload: string;
  /** ABI of the structs. */
  readonly abi: string;
  /** Recognition asked for. */
  readonly recognition: string;
  /** `js` or `native`. */
  readonly engine: string;
  /** How its ratios and those of the same cell on another engine agree. */
  readonly agreement?: ResultAgreement | null | undefined;
  /** The I/Os. */
  readonly ios: ResultIos;
  /** Digest of the descriptors, equal for all layouts. */
  readonly digest: string;
  /** One entry per layout. */
  readonly layouts: readonly ResultLayout[];
  /** Registry name of the layout that ratios refer to. */
  readonly baseline?: string | undefined;
  /** One line on what the workload is. */
  readonly description?: string | undefined;
  /** Queue, depth, submitter and controller in one line. */
  readonly setting?: string | undefined;
  /**
   * Whose memory its I/Os are on; absent from files of older labs, which have
   * it in `config` alone.
   */
  readonly submitter?: string | undefined;
  /** How a program submits its I/Os; `io_uring` if absent. */
  readonly api?: string | undefined;
  /** Kernel profile. */
  readonly kernel?: string | undefined;
  /** Memory placement of the I/Os. */
  readonly placement?: string | undefined;
  /** Rounds per birth. */
  readonly rounds?: number | undefined;
  /** Births of each layout. */
  readonly births?: number | undefined;
  /** What the harness costs by itself; nothing is subtracted. */
  readonly harness?: readonly ResultHarness[] | undefined;
  /** How it was timed; absent where it was not. */
  readonly timing?: ResultTiming | null | undefined;
  /** What identical code differed by. */
  readonly noiseFloor?: ResultNoiseFloor | null | undefined;
  /** Entries of the input that were left out, by reason. */
  readonly skippedByReason?: Readonly<Record<string, number>> | undefined;
  /** Bytes that were moved by the device and checked, for each layout. */
  readonly verifiedBytes?: number | undefined;
  /** I/Os that were replayed for timing. */
  readonly timedIos?: number | undefined;
  /** Groups of workers; absent where one worker was all. */
  readonly workers?: ResultWorkers | undefined;
  /** The same I/Os with a device in simulated time, with faults. */
  readonly simulated?: ResultSimulation | undefined;
  /** Layouts that cannot express this cell. */
  readonly leftOut?: readonly ResultLeftOut[] | undefined;
  /** `false` if its timing was interrupted: it is run anew on resuming. */
  readonly complete?: boolean | undefined;
  /** Warnings of this cell alone. */
  readonly warnings?: readonly LabWarning[] | undefined;
}

/** The whole file. */
export interface LabResult {
  /** Version of this format. */
  readonly schemaVersion: number;
  /** What wrote the file. */
  readonly tool: { readonly name: string; readonly version: string };
  /** The machine and the runtime; see `environment.ts`. */
  readonly environment: Readonly<Record<string, unknown>>;
  /** The options of the run. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Seed of every random choice. */
  readonly seed: number;
  /** The files behind its workloads; those that come with the lab are not. */
  readonly inputs?: readonly ResultInput[] | undefined;
  /** What a reader has to know. */
  readonly warnings: readonly LabWarning[];
  /** Whether the run was interrupted, so that cells may be missing. */
  readonly interrupted?: boolean | undefined;
  /** Whether all cells of the run are here; `lab run --resume` goes on. */
  readonly complete?: boolean | undefined;
  /** The comparisons. */
  readonly cells: readonly ResultCell[];
}
