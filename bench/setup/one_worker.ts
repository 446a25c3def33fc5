/** What only a run of one worker can have. */
import { bouncePoolOf } from "../../sim/setup/bounce_pool.ts";
import type { Asked } from "./asked_setup.ts";

/** Commands that a ring between threads holds: one entry is always free. */
const MOST_TAGS = 1023;

/** What one worker alone can have: what to say of it, if it is there. */
const ONE_WORKER: readonly ((setup: Asked) => string | undefined)[] = [
  ({ engine }) =>
    engine === "native" ? "engine native, which has one worker" : undefined,
  ({ machine }) =>
    machine.iommu ? "an IOMMU, whose tables are one worker's own" : undefined,
  ({ machine }) =>
    bouncePoolOf(machine) > 0
      ? "a bounce pool, which is one worker's own"
      : undefined,
  ({ machine }) =>
    machine.integrity === undefined
      ? undefined
      : "protection information, which one worker checks",
  ({ machine }) =>
    (machine.settings?.scheduler ?? "none") === "none"
      ? undefined
      : `scheduler ${machine.settings?.scheduler}, which is one worker's own`,
  ({ machine }) =>
    (machine.settings?.tags ?? 0) > MOST_TAGS
      ? `nr_requests ${machine.settings?.tags}, more than ${MOST_TAGS}`
      : undefined,
];

/** What is against several workers; nothing if one was asked for. */
export const onlyOneWorker = (setup: Asked): string | undefined =>
  setup.workers > 1 || setup.devices > 0
    ? ONE_WORKER.map((say) => say(setup)).find((text) => text !== undefined)
    : undefined;
