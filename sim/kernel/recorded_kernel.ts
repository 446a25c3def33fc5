/** The structs of one recorded kernel. */
import type { ParsedStruct } from "./pahole_offsets.ts";
import { readRecorded } from "./recorded_text.ts";

/** A kernel whose structs pahole printed. */
export interface RecordedKernel {
  /** Which it is, such as `Debian 7.2.13+deb14-amd64`. */
  readonly source: string;
  readonly structs: ReadonlyMap<string, ParsedStruct>;
}

/**
 * Makes a recorded kernel, whose lines are parsed when first asked for: a
 * worker needs one of nine.
 *
 * @param lines What `printRecorded()` gave.
 */
export function recordedKernel(
  source: string,
  lines: readonly string[],
): RecordedKernel {
  let structs: ReadonlyMap<string, ParsedStruct> | undefined;
  return {
    source,
    get structs() {
      return structs ??= readRecorded(lines);
    },
  };
}
