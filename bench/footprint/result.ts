/** What an I/O touches in a real kernel beside what it touches in the lab. */
import { z } from "zod";
import { wholeCount } from "../files/schema_parts.ts";

const fieldNames = z.array(z.string()).readonly();

const range = z.object({
  low: wholeCount,
  high: wholeCount,
});

/** The least and the most of a figure. */
export type FigureRange = z.infer<typeof range>;

const refusedRecording = z.object({
  /** Its name. */
  file: z.string(),
  /** Why, with the place in it. */
  reason: z.string(),
});

export type RefusedRecording = z.infer<typeof refusedRecording>;

const fieldDifferences = z.object({
  kernelOnlyRead: fieldNames,
  labOnlyRead: fieldNames,
  /** Written by the kernel alone, without zeroing. */
  kernelOnlyWritten: fieldNames,
  labOnlyWritten: fieldNames,
});

/** Fields that one side touches and the other does not. */
export type FieldDifferences = z.infer<typeof fieldDifferences>;

const structure = z.object({
  /** Its name in the recording; the lab's, where a recording has none. */
  name: z.string(),
  /** Distinct lines in the kernel, over I/Os and boots of one set-up. */
  kernelLines: range,
  labLines: wholeCount,
  kernelLinesRead: range,
  labLinesRead: wholeCount,
  /** Distinct lines that the kernel wrote. */
  kernelLinesWritten: range,
  labLinesWritten: wholeCount,
  /** Loads of the kernel, in the I/O shown. */
  kernelReads: wholeCount,
  labReads: wholeCount,
  /** Stores of the kernel, in the I/O shown, without zeroing. */
  kernelWrites: wholeCount,
  labWrites: wholeCount,
  /** Whether all three counts of lines are within the kernel's range. */
  equal: z.boolean(),
  /**
   * True where the path that is timed does not touch it, and the trace that is
   * compared does (bench/footprint/beside_path.ts).
   */
  besidePath: z.literal(true).optional(),
  /** Why not, where that is known. */
  reason: z.string().optional(),
  /**
   * Fields in which the two differ, of a structure whose fields are known;
   * nothing where both touch the same ones.
   */
  fields: fieldDifferences.optional(),
});

/** One structure. Lines have 64 bytes. */
export type ComparedStructure = z.infer<typeof structure>;

const footprint = z.object({
  file: z.string(),
  workload: z.string(),
  /** Whether the lab has such a cell. */
  covered: z.boolean(),
  /** Why not. */
  reason: z.string().optional(),
  /** Distinct lines that the kernel touched, of all its structures. */
  kernelLines: wholeCount,
  /** Those of structures that the lab has; 0 where it is not covered. */
  modelledLines: wholeCount,
  /** Distinct lines that the lab touches; 0 where it is not covered. */
  labLines: wholeCount,
  /** Structures of the lab that the file has no name for. */
  untold: z.array(z.string()).readonly(),
  /** The structures that either side touches and the lab has. */
  structures: z.array(structure).readonly(),
});

/** One workload of one recording. */
export type ComparedFootprint = z.infer<typeof footprint>;

/** Checks a comparison, for readers of the JSON. */
export const footprintResultSchema = z.object({
  schemaVersion: z.literal(1),
  refused: z.array(refusedRecording).readonly(),
  /** One entry a workload of a file. */
  footprints: z.array(footprint).readonly(),
});

export type FootprintResult = z.infer<typeof footprintResultSchema>;

/**
 * Returns whether nothing differs without a reason.
 *
 * @returns False if a structure differs and nobody has said why.
 */
export function isExplained(result: FootprintResult): boolean {
  return result.footprints.every(({ structures }) =>
    structures.every(({ equal, reason }) => equal || reason !== undefined)
  );
}
