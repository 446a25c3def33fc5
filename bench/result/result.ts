/**
 * What a result file holds; `result_schema.ts` checks it and says what changing
 * a key means. Sizes are in bytes, times in ns, and what is missing is `null`.
 *
 * Types of files that only the lab reads are inferred from their schemas. These
 * are written out, because programs use them, and `z.infer` of a schema is
 * nothing that a package can make public, not as the base of an interface
 * either: `deno doc --lint` asks for the schema and for zod's own `output` to
 * be public as well (`private-type-ref`), `deno publish` for the schema's type
 * in full (`missing-explicit-type`), which is a second writing of it and a
 * worse one, and `deno doc` shows no member of what is inferred.
 * `tests/bench/result/result_types_test.ts` compiles only while both say the
 * same.
 */
import type { ResultInput } from "../files/result_input.ts";
import type { ResultSimulation } from "../simulate/result_types.ts";
import type { LabWarning } from "../statistics/warning.ts";
import type {
  ResultCounts,
  ResultFootprint,
  ResultMachineCode,
  ResultModelled,
} from "./exact_types.ts";
import type { ResultWorkers } from "./group_types.ts";
import type {
  Interval,
  ResultColdTime,
  ResultHarness,
  ResultNoiseFloor,
  ResultSamples,
  ResultTiming,
  ResultTurns,
  ResultWarmUp,
  Verdict,
} from "./timing_types.ts";

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
  /** Standard deviation between builds; 0.03 is 3 %. */
  readonly betweenBuildSpread?: number | null | undefined;
  /** How many samples are far outside; none was removed. */
  readonly outliers?: number | undefined;
  /** What the timings came from. */
  readonly samples?: ResultSamples | null | undefined;
  /** Percentiles of the samples, `null` if there are too few for one. */
  readonly percentiles?:
    | Readonly<Record<string, number | null>>
    | null
    | undefined;
  /** The warm-ups, whose batches are in no figure. */
  readonly warmUps?: readonly ResultWarmUp[] | undefined;
  /** Bytes and lines per structure and stage. */
  readonly footprint?: ResultFootprint | null | undefined;
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

/** How two engines' ratios of one cell relate. */
export interface ResultAgreement {
  /** The engines, in the order of all pairs here. */
  readonly engines: readonly string[];
  /** Kendall's tau-b of the ratios, -1 to 1; `null` below two layouts. */
  readonly tau: number | null;
  /** Layouts that one engine calls faster and the other slower. */
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
   * it only in `config`.
   */
  readonly submitter?: string | undefined;
  /** How a program submits its I/Os; `io_uring` if absent. */
  readonly api?: string | undefined;
  /** Kernel profile. */
  readonly kernel?: string | undefined;
  /** Memory placement of the I/Os. */
  readonly placement?: string | undefined;
  /** Rounds per build. */
  readonly rounds?: number | undefined;
  /** Builds of each layout. */
  readonly builds?: number | undefined;
  /** What the harness costs by itself; nothing is subtracted. */
  readonly harness?: readonly ResultHarness[] | undefined;
  /** How it was timed; absent where it was not. */
  readonly timing?: ResultTiming | null | undefined;
  /** What was measured in each round, of all layouts and the control. */
  readonly turns?: readonly ResultTurns[] | undefined;
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
  /** `false` if its timing was interrupted: it is run again on resuming. */
  readonly complete?: boolean | undefined;
  /** Warnings of this cell only. */
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
  /** The files after its workloads; those that come with the lab are not. */
  readonly inputs?: readonly ResultInput[] | undefined;
  /** What a reader has to know. */
  readonly warnings: readonly LabWarning[];
  /** Whether the run was interrupted, so that cells may be missing. */
  readonly interrupted?: boolean | undefined;
  /** Whether all cells of the run are here; `lab run --resume` continues. */
  readonly complete?: boolean | undefined;
  /** The comparisons. */
  readonly cells: readonly ResultCell[];
}
