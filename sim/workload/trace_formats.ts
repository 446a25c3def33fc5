/** The list of trace formats; a new one is one line here. */
import { headSchema } from "../text/bytes_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import { printableLine } from "../text/printable.ts";
import { alibaba } from "./alibaba.ts";
import { blkparse } from "./blkparse.ts";
import { blkparseFormat } from "./blkparse_format.ts";
import { blktrace } from "./blktrace.ts";
import { cloudphysics } from "./cloudphysics.ts";
import { fiu } from "./fiu.ts";
import { ftrace } from "./ftrace.ts";
import { iolog } from "./iolog.ts";
import { mqsim } from "./mqsim.ts";
import { msr } from "./msr.ts";
import { spc } from "./spc.ts";
import { systor } from "./systor.ts";
import { tencent } from "./tencent.ts";
import type { TraceFormat } from "./trace_format.ts";
import { vscsi } from "./vscsi.ts";

/**
 * All trace formats; which of them a trace has does not depend on the order.
 *
 * @example Whether one of them is known
 * ```ts
 * import { TRACE_FORMATS } from "@bvec/lab";
 * import { assert } from "@std/assert";
 *
 * assert(TRACE_FORMATS.some(({ name }) => name === "fio iolog"));
 * ```
 */
export const TRACE_FORMATS: readonly TraceFormat[] = [
  blktrace,
  iolog,
  blkparse,
  msr,
  mqsim,
  ftrace,
  alibaba,
  tencent,
  cloudphysics,
  vscsi,
  spc,
  systor,
  fiu,
];

/**
 * Finds a format by what a user calls it.
 *
 * @param name Its word, such as `spc`; or the format string of `blkparse -f`,
 * recognised by its `%`.
 * @throws {RangeError} If there is none of that name.
 *
 * @example By its word
 * ```ts
 * import { findTraceFormat } from "./trace_formats.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findTraceFormat("spc").name, "SPC trace");
 * ```
 */
export function findTraceFormat(name: string): TraceFormat {
  checkString("find a trace format", "name", name);
  if (name.includes("%")) return blkparseFormat(name);
  const found = TRACE_FORMATS.find(({ id }) => id === name);
  if (found !== undefined) return found;
  const ids = TRACE_FORMATS.map(({ id }) => id);
  throw new RangeError(
    printableLine(
      `Cannot find trace format "${name}", expected one of: ` +
        `${ids.join(", ")}; or the format string of blkparse -f`,
    ),
  );
}

/**
 * Tells the format of a trace by its content.
 *
 * @param head The first 4 KiB of it, or all if it is shorter.
 * @returns The format, or undefined if it is none of the known ones.
 *
 * @example An iolog of fio
 * ```ts
 * import { detectFormat } from "./trace_formats.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const head = new TextEncoder().encode("fio version 3 iolog\n");
 * assertEquals(detectFormat(head)?.name, "fio iolog");
 * ```
 */
export function detectFormat(head: Uint8Array): TraceFormat | undefined {
  checkValue("recognise a trace format", headSchema, head, "head");
  return TRACE_FORMATS.find((format) => format.detect(head));
}
