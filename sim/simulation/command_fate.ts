/**
 * What the faults of a request make of one of its commands at the device.
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { SQE } from "../nvme/command.ts";
import { NVME_SC } from "../nvme/status.ts";
import type { ArmedFault } from "../fault/armed_faults.ts";
import type { RequestLife } from "./request_life.ts";
import type { CommandFate } from "./simulated_device.ts";

/** A command at the device. */
export interface CommandAtDevice {
  readonly memory: KernelMemory;
  /** Offset of its 64 bytes. */
  readonly entry: number;
  readonly blockBytes: number;
  /** Called with the fault that hits it. */
  readonly hit: (fault: ArmedFault) => void;
  /** Called with bytes that are not moved in silence, in sectors. */
  readonly onSilent: (fromSector: number, toSector: number) => void;
}

const DEVICE_FAULTS = ["status", "timeout", "completion", "short", "reorder"];

/**
 * Returns the fate of a command: the first fault of its request that is left.
 *
 * @returns Its fate; undefined for the usual one.
 */
export function commandFate(
  life: RequestLife,
  command: CommandAtDevice,
): CommandFate | undefined {
  const fault = life.faults.find(({ left, rule }) =>
    left > 0 && DEVICE_FAULTS.includes(rule.kind)
  );
  if (fault === undefined) return undefined;
  const { rule } = fault;
  if (rule.kind === "short") return shortFate(fault, command);
  command.hit(fault);
  switch (rule.kind) {
    case "status":
      return { status: rule.status };
    case "timeout":
      return rule.end === "polled"
        ? { silent: true }
        : { lost: rule.end === "aborted" ? "abortable" : "stuck" };
    case "completion":
      return { completion: rule.how };
    case "reorder":
      return { delayNs: rule.delayNs };
    default:
      return undefined;
  }
}

function shortFate(
  fault: ArmedFault,
  command: CommandAtDevice,
): CommandFate | undefined {
  const { rule } = fault;
  const { memory, entry, blockBytes } = command;
  if (rule.kind !== "short") return undefined;
  const blocks = memory.view.getUint16(entry + SQE.length, true) + 1;
  // A command that is no longer than that is moved whole.
  if (rule.bytes >= blocks * blockBytes) return undefined;
  command.hit(fault);
  if (rule.reported) {
    return { status: NVME_SC.data_xfer_error, movesBytes: rule.bytes };
  }
  const perBlock = blockBytes / 512;
  const first = (memory.getLe32(entry + SQE.slba) >>> 0) * perBlock;
  command.onSilent(first + rule.bytes / 512, first + blocks * perBlock);
  return { movesBytes: rule.bytes };
}
