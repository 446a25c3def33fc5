/**
 * The setting of a cell, as a report has it below the workload.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { Submitter } from "../../sim/setup/assembly.ts";
import { structOffsets } from "../../sim/kernel/struct_offsets.ts";
import { machineFacts } from "../machine_text.ts";
import { type LabRunOptions, submitterOf } from "./options.ts";

const SUBMITTER_TEXT: Readonly<Record<Submitter, string>> = {
  user: "pinned user memory",
  registered: "registered buffers",
  pagecache: "page cache",
};

/**
 * Says what a table cannot show of the machine and the submitter, in one line.
 *
 * @param run The options of the whole run.
 * @param cell The cell's ABI and its workload.
 * @returns Facts, separated by commas.
 */
export function cellSetting(
  run: LabRunOptions,
  { abi, workload }: { abi: Abi; workload: string },
): string {
  const { machine, limits } = run;
  return [
    // Not every ABI has a recorded kernel of the version whose rules are used.
    `structures of ${structOffsets(run.kernel, abi, "bio").source}`,
    `requests of ${limits.maxSectors / 2} KiB and ${limits.maxSegments} ` +
    "segments at most",
    `depth ${run.depth}`,
    run.batch === 1 ? "no plug" : `${run.batch} I/Os per plug`,
    SUBMITTER_TEXT[submitterOf(run, workload)],
    ...machineFacts(machine),
  ].join(", ");
}
