/**
 * The setting of a cell, as shown in a report below the workload.
 */
import type { Abi } from "../../layouts/abi.ts";
import { headerWords } from "../../sim/text/field.ts";
import { missingStructs } from "../../sim/kernel/own_kernel.ts";
import { structOffsets } from "../../sim/kernel/struct_offsets.ts";
import { pathFieldsSchema } from "../../sim/setup/path_fields.ts";
import { type LabRunOptions, submitterOf } from "./options.ts";

/**
 * Says what a table cannot show of the machine and the submitter, in one line.
 *
 * @returns Facts, separated by commas.
 */
export function cellSetting(
  run: LabRunOptions,
  { abi, workload }: { abi: Abi; workload: string },
): string {
  // What structures are used is said first.
  const { ownKernel: _said, ...machine } = run.machine;
  return [
    // Not every ABI has a recorded kernel of the version whose rules are used.
    structuresText(run, abi),
    ...headerWords(pathFieldsSchema, {
      ...run,
      machine,
      submitter: submitterOf(run, workload),
    }),
  ].join(", ");
}

function structuresText({ kernel, machine }: LabRunOptions, abi: Abi): string {
  const { source } = structOffsets(kernel, abi, "bio");
  const { ownKernel } = machine;
  if (ownKernel === undefined) return `structures of ${source}`;
  const missing = missingStructs(ownKernel);
  return `structures of ${ownKernel.name}` +
    (missing.length === 0 ? "" : `, ${missing.join(", ")} of ${source}`);
}
