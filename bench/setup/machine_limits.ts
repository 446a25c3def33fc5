/** The queue limits of a device on a machine, which may bounce its I/O. */
import type { Abi } from "../../layouts/abi.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { deviceLimits } from "../../sim/setup/device_limits.ts";
import type { MachineSetup } from "../../sim/setup/machine_fields.ts";
import { memoryMapOf } from "../../sim/setup/machine_setup.ts";
import { bounces } from "./machine_check.ts";
import type { GivenSetup } from "./options.ts";

/**
 * Returns the limits of the queue on a machine.
 *
 * @param device A name that `--device` takes.
 * @param setup What was given: its limits are those set one by one, unless they
 *   are those of a file, which has all.
 * @param on The ABIs, and how much host memory buffers need.
 * @throws {RangeError} If a name is not known, a value is none, or limits
 *   contradict each other.
 */
export function limitsOnMachine(
  device: string,
  setup: GivenSetup & { readonly machine: MachineSetup },
  on: { abis: readonly Abi[]; leastDramBytes: number },
): QueueLimits {
  const { machine, kernel = DEFAULT_KERNEL, limits = {} } = setup;
  const mapOf = (abi: Abi): MemoryMap =>
    memoryMapOf(machine, {
      is64Bit: abi.pointerBytes === 8,
      leastDramBytes: on.leastDramBytes,
      folioOrder: 0, // only where memory lies is asked
    });
  return deviceLimits(device, {
    kernel,
    limits,
    sgl: machine.sgl,
    iommu: machine.iommu,
    metadataSgl: machine.metadataSgl === true,
    bounces: on.abis.some((abi) => bounces(machine, mapOf(abi))),
  });
}
