/**
 * A device in simulated time after the path's rings: takes commands up to the
 * doorbell, works on them as its model says, and completes them when their time
 * has come; or does it wrongly, as a fault wants it.
 */
import type { ModelledDevice } from "../time/device_model.ts";
import type { SimulatedTime } from "../time/simulated_time.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { CQE, SQE } from "../nvme/command.ts";
import type { NvmeDevice } from "../nvme/device.ts";
import type { NvmeQueue } from "../nvme/queue.ts";
import { NVME_SC } from "../nvme/status.ts";
import { staleId, tagOf, UNKNOWN_ID } from "./command_id.ts";

/** What is to become of a command; normal where all keys are absent. */
export interface CommandFate {
  /** It takes this much longer. */
  readonly delayNs?: number;
  /** It is never completed; only an abort of the host ends it, if it may. */
  readonly lost?: "abortable" | "stuck";
  /** It ends with this status. */
  readonly status?: number;
  /**
   * Only this many bytes of it are moved; default: all, or none with a status.
   */
  readonly movesBytes?: number;
  /** What is wrong with its completion. */
  readonly completion?: "unknown_id" | "stale_id" | "wrong_phase" | "duplicate";
  /** Its completion raises no interrupt. */
  readonly silent?: boolean;
}

/** A device in simulated time. */
export interface SimulatedDevice extends NvmeDevice {
  /**
   * The host's Abort command: true where the device still had the command,
   * which then ends with `abort_requested`.
   */
  readonly abort: (commandId: number) => boolean;
  /** A controller reset: forgets all commands and begins its rings again. */
  readonly reset: () => void;
  /** Whether there was an interrupt since the last call. */
  readonly takeInterrupt: () => boolean;
  /** Commands that it has and has not ended. */
  readonly held: () => number;
}

export interface SimulatedDeviceOptions {
  readonly memory: KernelMemory;
  readonly queue: NvmeQueue;
  /** Carries a command out, by the offset of its 64 bytes. */
  readonly carryOut: (entry: number) => void;
  /** Bytes that executing it still moves. */
  readonly budget: { bytes: number };
  readonly time: SimulatedTime;
  /** How long it works. */
  readonly model: ModelledDevice;
  /** What becomes of a command, by its offset; undefined for the usual. */
  readonly fateOf: (entry: number) => CommandFate | undefined;
}

const NORMAL: CommandFate = {};

export function createSimulatedDevice(
  options: SimulatedDeviceOptions,
): SimulatedDevice {
  const { memory, queue, carryOut, budget, time, model, fateOf } = options;
  const { getLe32, setLe32, get32, set32, view } = memory;
  const { submission, completion, doorbell, depth } = queue;
  // A controller fetches a command into memory of its own: the ring's slot is
  // the host's again while it is still at work.
  const fetched = memory.reserve("device commands", depth * SQE.sizeBytes);
  const lost = new Map<number, "abortable" | "stuck">();
  let head = 0;
  let tail = 0;
  let phase = 1;
  let held = 0;
  let interrupt = false;
  /** Counts resets: what was planned before one does not happen. */
  let era = 0;

  const post = (commandId: number, status: number, wrongPhase: boolean) => {
    const done = completion + tail * CQE.sizeBytes;
    setLe32(done + CQE.result, 0);
    view.setUint16(done + CQE.sqHead, head, true);
    view.setUint16(done + CQE.sqId, 1, true);
    view.setUint16(done + CQE.commandId, commandId, true);
    const shown = wrongPhase ? phase ^ 1 : phase;
    view.setUint16(done + CQE.status, status << 1 | shown, true);
    if (tail + 1 === depth) {
      tail = 0;
      phase ^= 1;
    } else tail++;
  };

  const finish = (entry: number, fate: CommandFate): void => {
    const commandId = view.getUint16(entry + SQE.commandId, true);
    const { status = NVME_SC.success, completion: how } = fate;
    const moves = fate.movesBytes ?? (status === 0 ? Infinity : 0);
    if (moves > 0) {
      budget.bytes = moves;
      carryOut(entry);
      budget.bytes = Infinity;
    }
    held--;
    if (fate.silent !== true) interrupt = true;
    if (how === "unknown_id") post(UNKNOWN_ID, status, false);
    else if (how === "stale_id") post(staleId(commandId), status, false);
    else post(commandId, status, how === "wrong_phase");
    if (how === "duplicate") post(commandId, status, false);
  };

  const begin = (entry: number): void => {
    const fate = fateOf(entry) ?? NORMAL;
    const endNs = model.arrive(time.nowNs) + (fate.delayNs ?? 0);
    held++;
    if (fate.lost !== undefined) {
      lost.set(view.getUint16(entry + SQE.commandId, true), fate.lost);
      return;
    }
    const now = era;
    time.at(endNs, () => {
      if (era === now) finish(entry, fate);
    });
  };

  const process = (): void => {
    const end = getLe32(doorbell);
    while (head !== end) {
      const from = submission + head * SQE.sizeBytes;
      const tag = tagOf(view.getUint16(from + SQE.commandId, true));
      const entry = fetched + tag * SQE.sizeBytes;
      for (let i = 0; i < SQE.sizeBytes; i += 4) {
        set32(entry + i, get32(from + i));
      }
      head = head + 1 === depth ? 0 : head + 1;
      begin(entry);
    }
  };
  const abort = (commandId: number): boolean => {
    if (lost.get(commandId) !== "abortable") return false;
    lost.delete(commandId);
    held--;
    interrupt = true;
    post(commandId, NVME_SC.abort_requested, false);
    return true;
  };
  const reset = (): void => {
    era++;
    head = 0;
    tail = 0;
    phase = 1;
    held = 0;
    interrupt = false;
    lost.clear();
  };
  const takeInterrupt = (): boolean => {
    const was = interrupt;
    interrupt = false;
    return was;
  };
  return { process, abort, reset, takeInterrupt, held: () => held };
}
