/** The machine of a setup that was given in part. */
import { controllerOf } from "../../sim/setup/machine_setup.ts";
import type { MachineSetup } from "../../sim/setup/machine_fields.ts";
import type { GivenSetup } from "./options.ts";

/**
 * Completes the machine of a setup.
 *
 * @throws {RangeError} If the client is not there.
 */
export function completedMachine({ machine }: GivenSetup): MachineSetup {
  // What is out of its range is refused by name: checkMachine().
  const whole = { sgl: false, iommu: false, ...machine };
  controllerOf(whole);
  return whole;
}
