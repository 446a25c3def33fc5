/**
 * A worker that traces a group: an isolate of its own, which is never timed.
 */
import { type TracedGroup, traceGroup } from "../../sim/workers/trace_group.ts";
import { groupQueues } from "../setup/group_shape.ts";
import { createWindow } from "../../sim/workload/window.ts";
import type { WindowHandle } from "../contender/contender_protocol.ts";
import { pathParts } from "../../sim/setup/path_setup.ts";
import { type Failure, failureOf } from "../contender/failure.ts";
import type { GroupSetup } from "./group_protocol.ts";

export interface SharingRequest {
  readonly kind: "share";
  readonly setup: GroupSetup;
  readonly window: WindowHandle;
  /** I/Os of each submitter that are traced. */
  readonly ios: number;
}

export type SharingAnswer = Failure | {
  readonly kind: "share";
  /** Lines that are shared, atomic operations and locks. */
  readonly found: TracedGroup;
};

declare const self: {
  onmessage: ((event: MessageEvent<SharingRequest>) => void) | null;
  postMessage(answer: SharingAnswer): void;
};

self.onmessage = ({ data: { setup, window, ios } }) => {
  try {
    const queues = groupQueues(setup);
    const found = traceGroup(
      createWindow(window.capacity, window.buffer),
      {
        ...pathParts(setup.contender),
        workers: setup.workers,
        devices: setup.devices,
        completesElsewhere: setup.completeOn === "other",
        queues,
        ios,
      },
    );
    self.postMessage({ kind: "share", found });
  } catch (error) {
    self.postMessage(failureOf(error));
  }
};
