/** What the samples of a cell say, as figures. */
import type { LabWarning } from "../statistics/warning.ts";
import type { Interval, ResultNoiseFloor, Verdict } from "./timing_types.ts";

export interface CompilerRatio {
  readonly compiler: string;
  /** Time relative to the baseline. */
  readonly ratio: Interval;
}

export interface ContenderSummary {
  readonly contender: string;
  /** Time per I/O. */
  readonly nsPerIo: Interval;
  /** Wall time per I/O, where that was measured. */
  readonly wallNsPerIo: Interval | null;
  /** Time relative to the baseline; 1 for the baseline. */
  readonly ratio: Interval;
  /** The same as each compiler built it, where there were several. */
  readonly byCompiler: readonly CompilerRatio[];
  /** Faster or slower than the baseline, or not shown. */
  readonly verdict: Verdict;
  /** p of "no difference", corrected; `null` for baseline and control. */
  readonly adjustedPValue: number | null;
  /** Smallest difference that could have been shown; `null` for baseline. */
  readonly detectable: number | null;
  /** Standard deviation between builds, 0.03 is 3 %; `null` for one build. */
  readonly betweenBuildSpread: number | null;
  /** Samples far outside; they are part of the figures. */
  readonly outliers: number;
}

export interface Summary {
  /** One entry per contender, in the order of their first sample. */
  readonly contenders: readonly ContenderSummary[];
  /** What identical code differed by; `null` without a control. */
  readonly noiseFloor: ResultNoiseFloor | null;
  /** Builds that were complete. */
  readonly builds: number;
  /** Rounds of the shortest complete build. */
  readonly rounds: number;
  readonly warnings: readonly LabWarning[];
}
