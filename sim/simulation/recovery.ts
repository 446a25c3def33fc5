/**
 * The driver side of error handling, in simulated time: requests that wait for
 * a resource, retries, time-outs with abort and controller reset, completions
 * that fit no command (block/blk-mq.c, drivers/nvme/host/core.c and pci.c).
 */
import { BLK_STS } from "../kernel/operation.ts";
import type { BlockDriver } from "../block/queue_parts.ts";
import type { SimulatedTime } from "../time/simulated_time.ts";
import { DeviceError } from "../nvme/device_error.ts";
import { isRetried, NVME_SC, nvmeErrorStatus } from "../nvme/status.ts";
import type { DriverHookParts } from "../path/path_hooks.ts";
import { CommandIds, tagOf } from "./command_id.ts";
import { CommandTimers } from "./command_timers.ts";
import { type RecoveryEvents, RequestAttempts } from "./request_attempts.ts";
import type { RequestLife } from "./request_life.ts";
import type { SimulatedDevice } from "./simulated_device.ts";
import { HAS_TO_WAIT, WaitingRequests } from "./waiting_requests.ts";

/** What error handling did. */
export interface RecoveryCounts {
  /** Attempts that were refused for want of a resource, and made again. */
  requeues: number;
  /** Attempts that ended with an error, and were made again. */
  retries: number;
  /** Time-outs that sent an abort. */
  aborts: number;
  /** Time-outs that found a completion without interrupt. */
  polled: number;
  resets: number;
  /** Completions that fitted no command in flight, and were ignored. */
  ignoredCompletions: number;
}

/** Nothing was recovered from. */
export const NO_RECOVERY: RecoveryCounts = Object.freeze({
  requeues: 0,
  retries: 0,
  aborts: 0,
  polled: 0,
  resets: 0,
  ignoredCompletions: 0,
});

/** What error handling works with. */
export interface RecoveryOptions {
  readonly time: SimulatedTime;
  /** The device at the other end. */
  readonly device: SimulatedDevice;
  readonly events: RecoveryEvents;
}

/** A driver with error handling. */
export interface RecoveringDriver extends BlockDriver {
  /** Lets everything up to a moment happen. */
  readonly passTo: (untilNs: number) => void;
  /** What a request in flight is, by its tag; undefined for none. */
  readonly lifeOf: (tag: number) => RequestLife | undefined;
  /** Whether no command is in flight. */
  readonly isIdle: () => boolean;
  readonly counts: Readonly<RecoveryCounts>;
  /** Numbers of what is still in use. */
  readonly balance: () => Readonly<Record<string, number>>;
}

export function createRecovery(
  parts: DriverHookParts,
  options: RecoveryOptions,
): RecoveringDriver {
  const { queue, requests, nvme, complete } = parts;
  const { time, device, events } = options;
  const counts: RecoveryCounts = { ...NO_RECOVERY };
  const ids = new CommandIds();
  const timers = new CommandTimers(time, (tag) => timeOut(tag));
  const attempts = new RequestAttempts(parts, { events, timers, ids, counts });
  const issue = (request: number) => attempts.issue(request);
  const { ring } = queue;
  const waiting = new WaitingRequests({ time, issue, complete, ring });

  /** nvme_complete_rq(), after nvme_pci_unmap_rq() */
  const finish = (tag: number, nvmeStatus: number): void => {
    const request = requests.byTag(tag);
    const life = attempts.lifeOf(tag);
    if (life === undefined) {
      throw new DeviceError(
        `Cannot complete tag ${tag}: no request has it, expected one in flight`,
      );
    }
    timers.end(tag);
    const unmapped = nvme.unmap(request);
    if (isRetried(nvmeStatus, life.retries)) {
      life.retries++;
      counts.retries++;
      waiting.kick(request);
      return;
    }
    const status = nvmeStatus === 0 ? unmapped : nvmeErrorStatus(nvmeStatus);
    attempts.close(tag, life, status);
    complete(request, status);
  };

  /** nvme_poll_cq(): how many completions there were. */
  const reap = (): number => {
    for (let found = 0;; found++) {
      const commandId = queue.reap();
      if (commandId < 0) return found;
      const tag = tagOf(commandId);
      // nvme_find_rq() detects a tag that no queue has and, by the generation,
      // a command that was given up. It cannot detect a second completion of
      // the last command of an idle tag (e7006de6c238); the lab does.
      if (!timers.has(tag) || ids.latest(tag) !== commandId) {
        counts.ignoredCompletions++;
        continue;
      }
      finish(tag, queue.status());
    }
  };

  /** nvme_dev_disable() and a reset: all in flight is cancelled. */
  const resetController = (): void => {
    counts.resets++;
    device.reset();
    queue.reset?.();
    for (const tag of timers.tags) {
      const life = attempts.lifeOf(tag);
      if (life !== undefined) {
        life.cancels++;
        if (life.latest !== null) life.latest.swallowed++;
      }
      finish(tag, NVME_SC.host_aborted);
    }
  };

  /** nvme_timeout() */
  const timeOut = (tag: number): void => {
    const life = attempts.lifeOf(tag);
    if (reap() > 0 && !timers.has(tag)) {
      counts.polled++;
      return;
    }
    if (life === undefined) return;
    if (life.aborted) {
      resetController();
      return;
    }
    life.aborted = true;
    counts.aborts++;
    timers.extend(tag);
    device.abort(ids.latest(tag));
  };

  /** The next moment at which anything happens, all of it. */
  const step = (): boolean => {
    if (!time.step()) return false;
    while (time.nextNs === time.nowNs) time.step();
    const reaped = device.takeInterrupt() && reap() > 0;
    // A completion may have given back what others wait for.
    if (waiting.takeKick() || reaped) waiting.dispatch();
    parts.yieldCpu();
    device.process();
    return true;
  };

  return {
    queue: (request) => {
      const status = issue(request);
      if (status !== HAS_TO_WAIT) return status;
      waiting.hold(request);
      return BLK_STS.ok;
    },
    commit: ring,
    wait: () => {
      device.process();
      if (step()) return;
      throw new DeviceError(
        `Cannot wait for I/O: ${timers.inFlight} commands are in flight and ` +
          `${waiting.count} requests wait, but no event is pending, ` +
          `expected one`,
      );
    },
    flush: () => {},
    passTo: (untilNs) => {
      device.process();
      while (time.nextNs <= untilNs) step();
      time.passTo(untilNs);
    },
    lifeOf: (tag) => attempts.lifeOf(tag),
    isIdle: () => timers.inFlight === 0,
    counts,
    balance: () => ({
      "requests in the driver": attempts.count,
      "commands in flight": timers.inFlight,
      "commands in the device": device.held(),
      "waiting requests": waiting.count,
    }),
  };
}
