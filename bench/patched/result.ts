/**
 * What a layout changes in a real kernel beside what it changes in the path in
 * C.
 */
import { z } from "zod";
import { recognitions } from "../../sim/recognition/recognition_registry.ts";

const text = z.string();

const row = z.object({
  workload: text,
  kernel: text,
  /** The lab's layout; "" where it has none. */
  layout: text,
  /** Its P2P detection; "" where there is no layout. */
  recognition: z.union([z.enum(recognitions), z.literal("")]),
  /** Instructions of the kernel's block, nvme and iov_iter code an I/O. */
  kernelInstructions: z.number().min(1),
  kernelChange: z.number(),
  /** Instructions of the path in C an I/O; null where it was not counted. */
  labInstructions: z.number().min(1).nullable(),
  /** How many percent more than with mainline's layout. */
  labChange: z.number().nullable(),
  /**
   * Whether the lab's change is within 4 percentage points of the kernel's,
   * and has its sign where that is above 2 %; null where it was not counted.
   */
  within: z.boolean().nullable(),
  /** What explains a difference, or why nothing was counted. */
  reason: text.optional(),
});

/** One kernel in one workload. */
export type PatchedRow = z.infer<typeof row>;

/** Checks a comparison, for readers of the JSON. */
export const patchedResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** Compiler and flags of the path in C. */
  build: text,
  /** What counted its instructions. */
  tool: text,
  /** The rows, workload by workload. */
  rows: z.array(row).readonly(),
});

export type PatchedResult = z.infer<typeof patchedResultSchema>;

export const MOST_POINTS_OFF = 4;
/** A change above that has a sign that the lab has to have. */
export const SIGN_FROM_PERCENT = 2;

export function isWithin(kernelChange: number, labChange: number): boolean {
  return Math.abs(labChange - kernelChange) <= MOST_POINTS_OFF &&
    (Math.abs(kernelChange) <= SIGN_FROM_PERCENT ||
      Math.sign(labChange) === Math.sign(kernelChange));
}
