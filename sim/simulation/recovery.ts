/**
 * The driver side of error handling, in simulated time: requests that wait for
 * a resource, retries, time-outs with abort and controller reset, completions
 * that fit no command (block/blk-mq.c, drivers/nvme/host/core.c and pci.c).
 */
import { BLK_STS } from "../kernel/operation.ts";
import type { BlockDriver } from "../block/queue_parts.ts";
import type { SimulatedTime } from "../time/simulated_time.ts";
import { SQE } from "../nvme/command.ts";
import { DeviceError } from "../nvme/device_error.ts";
import { isRetried, NVME_SC, nvmeErrorStatus } from "../nvme/status.ts";
import type { DriverHookParts } from "../path/path_hooks.ts";
import type { RequestLife } from "./request_life.ts";
import type { SimulatedDevice } from "./simulated_device.ts";

/** NVME_IO_TIMEOUT: nvme_core.io_timeout is 30 s. */
const IO_TIMEOUT_NS = 30e9;
/** BLK_MQ_RESOURCE_DELAY: 3 ms. */
const RESOURCE_DELAY_NS = 3e6;
/**
 * The kernel waits for a resource for ever. The lab ends a request that was
 * refused so often while nothing was in flight that could give it back.
 */
const STUCK_TRIES = 3;
const TAG_BITS = 12;
const TAG_MASK = 0xfff;
const GENERATIONS = 16;

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
  /** Controller resets. */
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

/** What error handling asks of faults, and tells them. */
export interface RecoveryEvents {
  /** A request is attempted for the first time. */
  readonly open: (ios: readonly number[]) => RequestLife;
  /** Maps it, with whatever is to fail; a status. */
  readonly map: (life: RequestLife, map: () => number) => number;
  /** It has ended. */
  readonly close: (life: RequestLife, status: number) => void;
}

/** What error handling works with. */
export interface RecoveryOptions {
  /** The clock. */
  readonly time: SimulatedTime;
  /** The device at the other end. */
  readonly device: SimulatedDevice;
  /** Faults. */
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
  /** What it did. */
  readonly counts: Readonly<RecoveryCounts>;
  /** Numbers of what is still in use. */
  readonly balance: () => Readonly<Record<string, number>>;
}

/**
 * Makes the driver.
 *
 * @param parts The path's parts.
 * @param options Clock, device, faults.
 */
export function createRecovery(
  parts: DriverHookParts,
  options: RecoveryOptions,
): RecoveringDriver {
  const { memory, queue, requests, nvme, complete } = parts;
  const { time, device, events } = options;
  const { field } = requests;
  const { get32, view } = memory;
  const counts: RecoveryCounts = { ...NO_RECOVERY };
  const lives = new Map<number, RequestLife>();
  /** Deadlines of the commands in flight, by tag, oldest attempt first. */
  const deadlines = new Map<number, number>();
  const generations = new Uint8Array(TAG_MASK + 1);
  /** Requests that wait to be attempted again (hctx->dispatch). */
  let waiting: number[] = [];
  let timerArmed = false;
  let dispatchPlanned = false;
  /** A request waits that nothing holds back (blk_mq_kick_requeue_list). */
  let kicked = false;

  const iosOf = (request: number): number[] => {
    const ios: number[] = [];
    for (
      let bio = parts.firstBio(request);
      bio !== 0;
      bio = parts.nextBio(bio)
    ) {
      const io = parts.ioOfBio(bio);
      if (!ios.includes(io)) ios.push(io);
    }
    return ios;
  };

  /** A request's end, as far as the driver is concerned. */
  const close = (tag: number, life: RequestLife, status: number): void => {
    lives.delete(tag);
    events.close(life, status);
  };

  /** nvme_queue_rq(): a status; RESOURCE for "again later". */
  const attempt = (request: number, tag: number, life: RequestLife) => {
    nvme.prepare(request);
    const status = events.map(life, () => nvme.map(request));
    parts.onMapped(nvme.dmaSegments());
    if (status !== BLK_STS.ok) return status;
    requests.start(request);
    const command = nvme.finish(request);
    const generation = ((generations[tag] as number) + 1) % GENERATIONS;
    generations[tag] = generation;
    view.setUint16(command + SQE.commandId, generation << TAG_BITS | tag, true);
    life.aborted = false;
    life.latest = null;
    life.missing = null;
    deadlines.set(tag, time.nowNs + IO_TIMEOUT_NS);
    armTimer();
    queue.push(command);
    return BLK_STS.ok;
  };

  /** Attempts a request; a status that ends it, or -1 if it has to wait. */
  const issue = (request: number): number => {
    const tag = get32(request + field.tag);
    let life = lives.get(tag);
    if (life === undefined) {
      life = events.open(iosOf(request));
      lives.set(tag, life);
    }
    const status = attempt(request, tag, life);
    if (status === BLK_STS.ok) return status;
    if (status === BLK_STS.resource && life.stuck < STUCK_TRIES) {
      counts.requeues++;
      return -1;
    }
    close(tag, life, status);
    return status;
  };

  const planDispatch = (): void => {
    if (dispatchPlanned) return;
    dispatchPlanned = true;
    time.at(time.nowNs + RESOURCE_DELAY_NS, () => {
      dispatchPlanned = false;
      dispatch();
    });
  };

  /** blk_mq_dispatch_rq_list(): stops at the first that has to wait. */
  const dispatch = (): void => {
    if (waiting.length === 0) return;
    const list = waiting;
    waiting = [];
    let done = 0;
    for (; done < list.length; done++) {
      const request = list[done] as number;
      const status = issue(request);
      if (status < 0) break;
      if (status !== BLK_STS.ok) complete(request, status);
    }
    waiting = [...list.slice(done), ...waiting];
    if (waiting.length > 0) planDispatch();
    queue.ring();
  };

  /** nvme_complete_rq(), behind nvme_pci_unmap_rq() */
  const finish = (tag: number, nvmeStatus: number): void => {
    const request = requests.byTag(tag);
    const life = lives.get(tag);
    if (life === undefined) {
      throw new DeviceError(`Cannot complete tag ${tag}: no request has it`);
    }
    deadlines.delete(tag);
    const unmapped = nvme.unmap(request);
    if (isRetried(nvmeStatus, life.retries)) {
      life.retries++;
      counts.retries++;
      waiting.push(request);
      kicked = true;
      return;
    }
    const status = nvmeStatus === 0 ? unmapped : nvmeErrorStatus(nvmeStatus);
    close(tag, life, status);
    complete(request, status);
  };

  /** nvme_poll_cq(): how many completions there were. */
  const reap = (): number => {
    for (let found = 0;; found++) {
      const commandId = queue.reap();
      if (commandId < 0) return found;
      const tag = commandId & TAG_MASK;
      // nvme_find_rq() tells a tag that no queue has and, by the generation,
      // a command that was given up. It cannot tell a second completion of
      // the last command of an idle tag (e7006de6c238); the lab does.
      if (
        !deadlines.has(tag) || generations[tag] !== commandId >>> TAG_BITS
      ) {
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
    // blk_mq_tagset_busy_iter() goes by tag.
    for (const tag of [...deadlines.keys()].toSorted((a, b) => a - b)) {
      const life = lives.get(tag);
      if (life !== undefined) {
        life.cancels++;
        if (life.latest !== null) life.latest.swallowed++;
      }
      finish(tag, NVME_SC.host_aborted);
    }
  };

  /** nvme_timeout() */
  const timeOut = (tag: number): void => {
    const life = lives.get(tag);
    if (reap() > 0 && !deadlines.has(tag)) {
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
    deadlines.set(tag, time.nowNs + IO_TIMEOUT_NS);
    device.abort((generations[tag] as number) << TAG_BITS | tag);
  };

  /** blk_mq_timeout_work(): one timer for all requests of the queue. */
  const armTimer = (): void => {
    if (timerArmed) return;
    let next = Infinity;
    for (const deadline of deadlines.values()) {
      if (deadline < next) next = deadline;
    }
    if (next === Infinity) return;
    timerArmed = true;
    time.at(next, () => {
      timerArmed = false;
      for (const [tag, deadline] of [...deadlines]) {
        // A reset may have taken it meanwhile.
        if (deadline <= time.nowNs && deadlines.get(tag) === deadline) {
          timeOut(tag);
        }
      }
      armTimer();
    });
  };

  /** The next moment at which anything happens, all of it. */
  const step = (): boolean => {
    if (!time.step()) return false;
    while (time.nextNs === time.nowNs) time.step();
    // A completion may have given back what others wait for.
    if ((device.takeInterrupt() && reap() > 0) || kicked) {
      kicked = false;
      dispatch();
    }
    parts.yieldCpu();
    device.process();
    return true;
  };

  const wait = (): void => {
    device.process();
    if (!step()) {
      throw new DeviceError(
        `Cannot wait for I/O: ${deadlines.size} commands are in flight and ` +
          `${waiting.length} requests wait, but nothing will ever happen, ` +
          `expected an event`,
      );
    }
  };
  const passTo = (untilNs: number): void => {
    device.process();
    while (time.nextNs <= untilNs) step();
    time.passTo(untilNs);
  };
  return {
    queue: (request) => {
      const status = issue(request);
      if (status >= 0) return status;
      waiting.push(request);
      planDispatch();
      return BLK_STS.ok;
    },
    commit: queue.ring,
    wait,
    flush: () => {},
    passTo,
    lifeOf: (tag) => lives.get(tag),
    isIdle: () => deadlines.size === 0,
    counts,
    balance: () => ({
      "requests in the driver": lives.size,
      "commands in flight": deadlines.size,
      "commands in the device": device.held(),
      "waiting requests": waiting.length,
    }),
  };
}
