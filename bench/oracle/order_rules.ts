/** Which orders of a row are left open, each for a reason in the kernel. */
import type { PathProfile } from "../../sim/kernel/profile.ts";
import type { OracleKind, OracleRow } from "./oracle_row.ts";
import type { RecordedQueue } from "./run_limits.ts";

/** What is left open of a device's rows. */
export interface OrderRules {
  /** Whether a scheduler continues from where the row before has left it. */
  readonly goesOn: boolean;
  /** The order of all requests. */
  readonly opensAll: boolean;
  readonly notCovered: (row: OracleRow) => string | undefined;
  /** Whether workers of io_uring that sleep on a tag are covered. */
  readonly coversSleepers: boolean;
}

/** @param of The kind of rows, and the kernel's rules. */
export function orderRules(
  queue: RecordedQueue,
  of: { kind: OracleKind; profile: PathProfile },
): OrderRules {
  const { kind, profile } = of;
  const scheduled = queue.settings.scheduler !== "none";
  const goesOn = scheduled && profile.deadlineNext === "position";
  return {
    goesOn,
    // Where it left off, a scheduler continues; only files of merge rows have
    // all that went to a device before.
    opensAll: queue.otherScheduler || (goesOn && kind !== "merge"),
    notCovered: ({ api, ios }) => {
      if (!scheduled) return undefined;
      if (!queue.knowsDepth) {
        return "it is not recorded how many requests the driver takes at once";
      }
      // Its flush lets the scheduler's queue run.
      return queue.settings.writeCache && api.startsWith("aio") &&
          ios.some(({ operation }) => operation === "f")
        ? "a work queue runs aio fsync, at its own time"
        : undefined;
    },
    // With a scheduler, others merge meanwhile.
    coversSleepers: !scheduled,
  };
}
