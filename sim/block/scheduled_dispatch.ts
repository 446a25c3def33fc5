/**
 * The way of requests through a scheduler (blk_mq_insert_request() and
 * blk_mq_get_tag() where a queue has an elevator): they are inserted, and the
 * hardware queue runs there and then or from a worker.
 */
import type { Dispatch, DispatchParts } from "./dispatch.ts";
import { createHardwareQueue } from "./hardware_queue.ts";
import type { Scheduler, SchedulerParts } from "./scheduler.ts";

export function createScheduledDispatch(
  parts: DispatchParts,
  create: (parts: SchedulerParts) => Scheduler,
): Dispatch {
  const { memory, requests, plug, profile, settings, driver, tell } = parts;
  const { counts, start, isBusy, beforeSleep, drain } = parts;
  const { setPointer } = memory;
  const { field } = requests;
  const worksAtOnce = profile.asyncRun === "at once";

  /** blk_mq_free_request() */
  const free = (request: number): void => {
    scheduler.finish(request);
    requests.free(request);
    hardware.restart();
  };
  const scheduler = create({
    ...parts,
    free,
    onInserted: (request) => {
      if (tell !== undefined) tell.request("I", request, 0);
    },
    onAbsorbed: (request) => {
      counts.requestMerges++;
      if (tell !== undefined) tell.request("RM", request, 0);
    },
  });
  const hardware = createHardwareQueue({
    memory,
    requests,
    scheduler,
    mostAtOnce: settings.tags,
    start,
    commit: driver.commit,
  });

  const take = (opf: number): number => {
    const limit = scheduler.limitDepth(opf);
    return limit === 0 ? requests.take() : requests.takeShallow(limit);
  };
  /**
   * blk_mq_get_tag(): runs the queue, then sleeps until a request is complete;
   * kblockd runs before the sleeper does (WQ_HIGHPRI).
   */
  const waitAndTake = (opf: number): number => {
    for (;;) {
      hardware.run();
      const request = take(opf);
      if (request !== 0) return request;
      beforeSleep();
      hardware.work();
      if (isBusy()) {
        driver.wait();
        hardware.work();
      } else drain();
      const woken = take(opf);
      if (woken !== 0) return woken;
    }
  };
  /** blk_mq_run_hw_queue(hctx, true) of a task that submits. */
  const leaveToWorker = (): void => {
    hardware.runLater();
    if (worksAtOnce) hardware.work();
  };
  return {
    tryMerge: scheduler.tryMerge,
    take,
    waitAndTake,
    // blk_mq_get_tags() takes none where some are to be left to others.
    takesBatches: (opf) => scheduler.limitDepth(opf) === 0,
    free,
    issue: (request) => {
      setPointer(request + field.next, 0);
      scheduler.insert(request);
      leaveToWorker();
    },
    issueFirst: (first) => {
      hardware.bypass(first);
      leaveToWorker();
    },
    issuePlugged: (fromSchedule) => {
      scheduler.insert(plug.takeSubmitted());
      if (fromSchedule) hardware.runLater();
      else hardware.run();
    },
    work: hardware.work,
    runIdle: () => {
      if (!hardware.hasPending()) return false;
      hardware.run();
      return true;
    },
    hasPending: hardware.hasPending,
  };
}
