/**
 * A worker that is a device of a group: serves its queues until it is asked to
 * stop, then waits for the next message.
 */
import { serveQueues } from "../../sim/workers/device_service.ts";
import { sharedWords } from "../../sim/memory/shared_words.ts";
import { failureOf } from "../contender/failure.ts";
import type { DeviceAnswer, DeviceRequest } from "./group_protocol.ts";
import { type ServedQueue, serveEnd } from "./group_assembly.ts";
import { hardwareQueuesOf, serveHardwareQueue } from "./hardware_queues.ts";
import { groupWords } from "../result/group_words.ts";

declare const self: {
  onmessage: ((event: MessageEvent<DeviceRequest>) => void) | null;
  postMessage(answer: DeviceAnswer): void;
};

let made: {
  request: Extract<DeviceRequest, { kind: "setup" }>;
  served: ServedQueue[];
} | undefined;
let movesBytes = false;

self.onmessage = ({ data: request }) => {
  try {
    self.postMessage(answer(request));
  } catch (error) {
    self.postMessage(failureOf(error));
  }
};

function answer(request: DeviceRequest): DeviceAnswer {
  if (request.kind === "setup") {
    const { setup, control, ends, device, queues } = request;
    const options = { control, movesBytes: () => movesBytes };
    const isMine = (queue: number) => queue % setup.devices === device;
    const apart = hardwareQueuesOf(setup, queues);
    made = {
      request,
      served: apart.length > 0
        ? apart.map((queue, id) => ({ ...queue, id }))
          .filter(({ id }) => isMine(id))
          .map((queue) =>
            serveHardwareQueue(setup, queue, { ...options, ends })
          )
        : ends.filter(({ worker }) => isMine(worker))
          .map((end) => serveEnd(setup, end, options)),
    };
    return { kind: "setup" };
  }
  if (made === undefined) {
    throw new TypeError("Cannot serve: found no setup, expected one first");
  }
  movesBytes = request.movesBytes;
  const { served, request: { setup, control, device } } = made;
  const at = groupWords(setup);
  const before = served.map(({ decoded }) => decoded?.counts.bytes ?? 0);
  for (const { queue, decoded } of served) {
    queue.batches.fill(0);
    decoded?.digest.reset();
  }
  const { commands, sleeps } = serveQueues(served.map(({ queue }) => queue), {
    bells: sharedWords(control),
    bell: at.deviceBell(device),
    stop: at.stop,
    spins: setup.poll ? Infinity : undefined,
  });
  const batches = new Int32Array(served[0]?.queue.batches.length ?? 0);
  const [first, ...others] = served;
  for (const { queue } of served) {
    queue.batches.forEach((count, size) => {
      batches[size] = (batches[size] as number) + count;
    });
  }
  for (const { decoded } of others) {
    if (decoded !== undefined) {
      first?.decoded?.digest.merge(decoded.digest.sum());
    }
  }
  return {
    kind: "serve",
    commands,
    sleeps,
    batches,
    decoded: first?.decoded?.digest.sum() ?? null,
    bytes: served.reduce(
      (sum, { decoded }, i) =>
        sum + (decoded?.counts.bytes ?? 0) - (before[i] ?? 0),
      0,
    ),
  };
}
