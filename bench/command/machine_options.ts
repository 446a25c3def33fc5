/**
 * The queue limits of a machine: `--device`, which names them, and `--limit`,
 * for every command that has a path.
 */
import type { Command } from "commander";
import type { Abi } from "../../layouts/abi.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import { topologyNames } from "../../sim/pci/presets.ts";
import type { MachineSetup } from "../../sim/setup/machine_fields.ts";
import { limitsOnMachine } from "../setup/machine_limits.ts";
import { entryNames, type GivenSetup } from "../setup/options.ts";

/** Names of the machine's options, for the end of a help text. */
export function machineNames(): [string, Iterable<string>][] {
  return [
    ["queue limits (--limit)", entryNames("--limit")],
    ["queue attributes (--setting)", entryNames("--setting")],
    ["topologies", topologyNames],
  ];
}

/**
 * Gives the limits of the queue on a machine.
 *
 * @param command The command, parsed.
 * @param setup What was given: its limits are those set one by one, unless they
 *   are those of a file, which has all.
 * @param on The ABIs, and how much host memory buffers need.
 * @returns The limits, checked.
 * @throws {RangeError} If a name is not known, a value is none, or limits
 *   contradict each other.
 */
export function machineLimits(
  command: Command,
  setup: GivenSetup & { readonly machine: MachineSetup },
  on: { abis: readonly Abi[]; leastDramBytes: number },
): QueueLimits {
  return limitsOnMachine(
    command.opts<{ device: string }>().device,
    setup,
    on,
  );
}
