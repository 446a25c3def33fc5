/** What a machine makes an I/O do that a timed run leaves out. */
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import type { MachineSetup } from "../../sim/setup/machine_setup.ts";
import type { LabWarning } from "../statistics/warning.ts";
import { bounces } from "./machine_check.ts";

/**
 * Returns the warnings of measured figures on a machine.
 *
 * The isolate that is timed has no data memory: with it each build of each
 * layout would hold all buffers, and their copies would be most of the time.
 *
 * @returns The warnings; mostly none.
 */
export function machineWarnings(
  machine: MachineSetup,
  map: MemoryMap,
): LabWarning[] {
  const warnings: LabWarning[] = [];
  if (bounces(machine, map)) {
    warnings.push({
      code: "untimed-copies",
      message: "I/O is bounced, but the timed path copies no data: its times " +
        "are those of finding and freeing slots",
      hint: "add the time that this machine needs to copy the bytes twice",
    });
  }
  if (machine.integrity !== undefined) {
    warnings.push({
      code: "untimed-guards",
      message:
        "blocks are guarded, but the timed path has no data to compute " +
        "guards of: its times are those of buffers and walks",
      hint: "add the time that this machine needs for a CRC of the bytes",
    });
  }
  return warnings;
}
