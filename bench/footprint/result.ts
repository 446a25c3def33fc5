/**
 * What an I/O touches in a real kernel beside what it touches in the lab.
 *
 * @module
 */
import { z } from "zod";

/** The least and the most of a figure. */
export interface FigureRange {
  /** The least. */
  readonly low: number;
  /** The most. */
  readonly high: number;
}

/** Fields that one side touches and the other does not. */
export interface FieldDifferences {
  /** Read by the kernel alone. */
  readonly kernelOnlyRead: readonly string[];
  /** Read by the lab alone. */
  readonly labOnlyRead: readonly string[];
  /** Written by the kernel alone, without zeroing. */
  readonly kernelOnlyWritten: readonly string[];
  /** Written by the lab alone. */
  readonly labOnlyWritten: readonly string[];
}

/** One structure. Lines have 64 bytes. */
export interface ComparedStructure {
  /** Its name in the recording; the lab's, where a recording has none. */
  readonly name: string;
  /** Distinct lines in the kernel, over I/Os and boots of one set-up. */
  readonly kernelLines: FigureRange;
  /** Distinct lines in the lab. */
  readonly labLines: number;
  /** Distinct lines that the kernel read. */
  readonly kernelLinesRead: FigureRange;
  /** Distinct lines that the lab reads. */
  readonly labLinesRead: number;
  /** Distinct lines that the kernel wrote. */
  readonly kernelLinesWritten: FigureRange;
  /** Distinct lines that the lab writes. */
  readonly labLinesWritten: number;
  /** Loads of the kernel, in the I/O shown. */
  readonly kernelReads: number;
  /** Loads of the lab. */
  readonly labReads: number;
  /** Stores of the kernel, in the I/O shown, without zeroing. */
  readonly kernelWrites: number;
  /** Stores of the lab. */
  readonly labWrites: number;
  /** Whether all three counts of lines are within the kernel's range. */
  readonly equal: boolean;
  /**
   * True where the path that is timed does not touch it, and the trace that is
   * compared does (bench/footprint/beside_path.ts).
   */
  readonly besidePath?: true | undefined;
  /** Why not, where that is known. */
  readonly reason?: string | undefined;
  /**
   * Fields in which the two differ, of a structure whose fields are known;
   * nothing where both touch the same ones.
   */
  readonly fields?: FieldDifferences | undefined;
}

/** One workload of one recording. */
export interface ComparedFootprint {
  /** Name of the file. */
  readonly file: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Whether the lab has such a cell. */
  readonly covered: boolean;
  /** Why not. */
  readonly reason?: string;
  /** Distinct lines that the kernel touched, of all its structures. */
  readonly kernelLines: number;
  /** Those of structures that the lab has; 0 where it is not covered. */
  readonly modelledLines: number;
  /** Distinct lines that the lab touches; 0 where it is not covered. */
  readonly labLines: number;
  /** Structures of the lab that the file has no name for. */
  readonly untold: readonly string[];
  /** The structures that either side touches and the lab has. */
  readonly structures: readonly ComparedStructure[];
}

/** A file that could not be read. */
export interface RefusedRecording {
  /** Its name. */
  readonly file: string;
  /** Why, with the place in it. */
  readonly reason: string;
}

/** A whole comparison. */
export interface FootprintResult {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  /** Files of the folder that could not be read. */
  readonly refused: readonly RefusedRecording[];
  /** One entry a workload of a file. */
  readonly footprints: readonly ComparedFootprint[];
}

const count = z.number().int().min(0);
const fieldNames = z.array(z.string());
const range = z.object({ low: count, high: count });

/** The shape of {@linkcode FootprintResult} for readers of the JSON. */
export const footprintResultSchema: z.ZodType<FootprintResult> = z.object({
  schemaVersion: z.literal(1),
  refused: z.array(z.object({ file: z.string(), reason: z.string() })),
  footprints: z.array(z.object({
    file: z.string(),
    workload: z.string(),
    covered: z.boolean(),
    reason: z.string().exactOptional(),
    kernelLines: count,
    modelledLines: count,
    labLines: count,
    untold: z.array(z.string()),
    structures: z.array(z.object({
      name: z.string(),
      kernelLines: range,
      labLines: count,
      kernelLinesRead: range,
      labLinesRead: count,
      kernelLinesWritten: range,
      labLinesWritten: count,
      kernelReads: count,
      labReads: count,
      kernelWrites: count,
      labWrites: count,
      equal: z.boolean(),
      besidePath: z.literal(true).exactOptional(),
      reason: z.string().exactOptional(),
      fields: z.object({
        kernelOnlyRead: fieldNames,
        labOnlyRead: fieldNames,
        kernelOnlyWritten: fieldNames,
        labOnlyWritten: fieldNames,
      }).exactOptional(),
    })),
  })),
});

/**
 * Returns whether nothing differs without a reason.
 *
 * @param result The result.
 * @returns False if a structure differs and nobody has said why.
 */
export function isExplained(result: FootprintResult): boolean {
  return result.footprints.every(({ structures }) =>
    structures.every(({ equal, reason }) => equal || reason !== undefined)
  );
}
