/**
 * No scheduler: requests go to the driver as they come. Only those that a
 * submitter leaves behind as it goes to sleep wait, in the queue of its CPU.
 */
import type { Dispatch, DispatchParts } from "./dispatch.ts";
import type { SchedulerPolicy } from "./scheduler.ts";
import { createSoftwareQueue } from "./software_queue.ts";

export const none: SchedulerPolicy = Object.freeze({
  name: "none",
  summary: "requests go to the driver as they come",
  hasOwnTags: false,
  create,
});

function create(parts: DispatchParts): Dispatch {
  const { memory, requests, merge, plug, tell, driver, start } = parts;
  const { beforeSleep, drain, onMerged } = parts;
  const { getPointer } = memory;
  const { field, take } = requests;
  const software = createSoftwareQueue(memory, {
    requests,
    structs: parts.structs,
    attempt: merge.attempt,
  });

  const tryMerge = (bio: number, segments: number): boolean => {
    const how = software.tryMerge(bio, segments);
    if (how <= 0) return false;
    onMerged(bio, how);
    return true;
  };
  const issue = (request: number): void => {
    start(request);
    driver.commit();
  };
  const issueFirst = (first: number): void => {
    let request = first;
    while (request !== 0) {
      const next = getPointer(request + field.next);
      start(request);
      request = next;
    }
    driver.commit();
  };
  const issuePlugged = (fromSchedule: boolean): void => {
    if (fromSchedule) {
      let request = plug.takeSubmitted();
      while (request !== 0) {
        const next = getPointer(request + field.next);
        if (tell !== undefined) tell.request("I", request, 0);
        software.append(request);
        request = next;
      }
      return;
    }
    issueFirst(plug.takeList());
  };
  /** Issues what a submitter has left behind. */
  const work = (): void => {
    if (!software.isPending()) return;
    for (;;) {
      const request = software.takeFirst();
      if (request === 0) break;
      start(request);
    }
    driver.commit();
  };
  const waitAndTake = (): number => {
    for (;;) {
      beforeSleep();
      drain();
      const request = take();
      if (request !== 0) return request;
    }
  };
  return {
    tryMerge,
    take,
    waitAndTake,
    takesBatches: () => true,
    free: requests.free,
    issue,
    issueFirst,
    issuePlugged,
    work,
    runIdle: () => false,
    hasPending: software.isPending,
  };
}
