/** `--placement FILE`: whether each I/O of a run was recorded. */
import { findAbi } from "../../layouts/abi.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import {
  completeOptions,
  type LabRunOptions,
  workloadPath,
} from "../run/options.ts";

/**
 * Looks up every I/O of a run in its recording, so that one that is not there
 * does not end a run after others have taken their time.
 *
 * @throws {RangeError} If an I/O was not recorded.
 */
export async function checkRecording(
  given: Partial<LabRunOptions>,
  inputs: WorkloadInputs,
): Promise<void> {
  const { placement } = given;
  if (typeof placement !== "object" || placement.recorded === undefined) return;
  const run = completeOptions(given);
  const abi = findAbi(run.abis[0] ?? "lp64");
  for (const name of run.workloads) {
    const { open } = openCell({ ...run, abi, inputs }, workloadPath(name));
    const workload = await open();
    const windows = workload.windows({ ios: 4096, pieces: 1 << 18 });
    while ((await windows.next()).done !== true);
  }
}
