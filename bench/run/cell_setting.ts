/**
 * The setting of a cell, as a report has it below the workload.
 */
import type { Abi } from "../../layouts/abi.ts";
import { headerWords } from "../../sim/text/field.ts";
import { structOffsets } from "../../sim/kernel/struct_offsets.ts";
import { pathFieldsSchema } from "../../sim/setup/path_fields.ts";
import { type LabRunOptions, submitterOf } from "./options.ts";

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
  return [
    // Not every ABI has a recorded kernel of the version whose rules are used.
    `structures of ${structOffsets(run.kernel, abi, "bio").source}`,
    ...headerWords(pathFieldsSchema, {
      ...run,
      submitter: submitterOf(run, workload),
    }),
  ].join(", ");
}
