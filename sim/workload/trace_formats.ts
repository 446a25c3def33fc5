/** The list of trace formats; a new one is one line here. */
import { blkparse } from "./blkparse.ts";
import { blktrace } from "./blktrace.ts";
import { iolog } from "./iolog.ts";
import { mqsim } from "./mqsim.ts";
import { msr } from "./msr.ts";
import type { TraceFormat } from "./trace_format.ts";

/** All trace formats, in the order in which they are tried. */
export const TRACE_FORMATS: readonly TraceFormat[] = [
  blktrace,
  iolog,
  blkparse,
  msr,
  mqsim,
];

/**
 * Tells the format of a trace by its content.
 *
 * @param head The first 4 KiB of it, or all if it is shorter.
 * @returns The format, or undefined if it is none of the known ones.
 *
 * @example An iolog of fio
 * ```ts
 * import { detectFormat } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * const head = new TextEncoder().encode("fio version 3 iolog\n");
 * assertEquals(detectFormat(head)?.name, "fio iolog");
 * ```
 */
export function detectFormat(head: Uint8Array): TraceFormat | undefined {
  return TRACE_FORMATS.find((format) => format.detect(head));
}
