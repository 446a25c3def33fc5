/**
 * What a layout changes in a real kernel beside what it changes in the path in
 * C.
 *
 * @module
 */
import { z } from "zod";
import { type Recognition, recognitions } from "../../layouts/layout.ts";

/** One kernel in one workload. */
export interface PatchedRow {
  /** Name of the workload. */
  readonly workload: string;
  /** Name of the kernel. */
  readonly kernel: string;
  /** The lab's layout; "" where it has none. */
  readonly layout: string;
  /** Its P2P detection; "" where there is no layout. */
  readonly recognition: Recognition | "";
  /** Instructions of the kernel's block, nvme and iov_iter code an I/O. */
  readonly kernelInstructions: number;
  /** How many percent more than the unpatched kernel. */
  readonly kernelChange: number;
  /** Instructions of the path in C an I/O; null where it was not counted. */
  readonly labInstructions: number | null;
  /** How many percent more than with mainline's layout. */
  readonly labChange: number | null;
  /**
   * Whether the lab's change is within 4 percentage points of the kernel's,
   * and has its sign where that is above 2 %; null where it was not counted.
   */
  readonly within: boolean | null;
  /** What explains a difference, or why nothing was counted. */
  readonly reason?: string | undefined;
}

/** A whole comparison. */
export interface PatchedResult {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  /** Compiler and flags of the path in C. */
  readonly build: string;
  /** What counted its instructions. */
  readonly tool: string;
  /** The rows, workload by workload. */
  readonly rows: readonly PatchedRow[];
}

const text = z.string();

/** The shape of {@linkcode PatchedResult} for readers of the JSON. */
export const patchedResultSchema: z.ZodType<PatchedResult> = z.object({
  schemaVersion: z.literal(1),
  build: text,
  tool: text,
  rows: z.array(z.object({
    workload: text,
    kernel: text,
    layout: text,
    recognition: z.union([z.enum(recognitions), z.literal("")]),
    kernelInstructions: z.number().min(1),
    kernelChange: z.number(),
    labInstructions: z.number().min(1).nullable(),
    labChange: z.number().nullable(),
    within: z.boolean().nullable(),
    reason: text.exactOptional(),
  })),
});

/** Percentage points that the lab may be off. */
export const MOST_POINTS_OFF = 4;
/** A change above that has a sign that the lab has to have. */
export const SIGN_FROM_PERCENT = 2;

/**
 * Judges a change.
 *
 * @param kernelChange The kernel's, in percent.
 * @param labChange The lab's.
 * @returns Whether it is right.
 */
export function isWithin(kernelChange: number, labChange: number): boolean {
  return Math.abs(labChange - kernelChange) <= MOST_POINTS_OFF &&
    (Math.abs(kernelChange) <= SIGN_FROM_PERCENT ||
      Math.sign(labChange) === Math.sign(kernelChange));
}
