/**
 * The part of a row that depends on time, whatever the kernel: two boots may
 * decide it differently, so it is not a rule and not compared.
 */
import type { OracleIo, OracleRow } from "./oracle_row.ts";
import type { OpenPart } from "./replay.ts";
import type { SeenRow } from "./seen_row.ts";
import type { RecordedQueue } from "./run_limits.ts";

/** `RWF_DSYNC` of an I/O's flags. */
export const RWF_DSYNC = 2;

export function timedParts(
  row: OracleRow,
  from: { queue: RecordedQueue; seen: SeenRow },
): OpenPart[] {
  const { queue, seen } = from;
  const { writeCache, fua, scheduler } = queue.settings;
  const parts = new Set<OpenPart>();
  // aio_fsync_work() is in a work queue, io_uring's fsync in a worker.
  const flushes = row.ios.some(({ operation }) => operation === "f");
  if (writeCache && flushes && row.api !== "sync") parts.add("flush order");
  if (writeCache && !fua && row.ios.some(isDurable)) {
    // Each is followed by a flush once its data is done; one flush serves all
    // that wait for one then (blk_kick_flush), and 6.1 issues the data from
    // another work queue (blk_mq_requeue_work).
    const data = seen.requests.filter(([, , sectors]) => sectors > 0).length;
    if (row.api !== "sync" || data > row.ios.length) parts.add("flush order");
    if (row.api !== "sync" && data > 1) parts.add("issue order");
  }
  // io_schedule() hands the plug over to kblockd, and a completion decides how
  // soon the submitter continues: who sleeps on a tag, or is throttled by
  // blk-wbt with the bios of a discard or of zeroes. With a scheduler, the
  // moments of completions are tried (completions.ts).
  const waits = scheduler === "none" && seen.tagWaits > 0;
  // A scheduler also orders the parts of one bio that has been split.
  const held = scheduler === "none" ? seen.bios : seen.requests;
  const isThrottled = held.length > 1 &&
    row.ios.some(({ operation }) => operation === "d" || operation === "z");
  if (waits || isThrottled) parts.add("issue order");
  return [...parts];
}

function isDurable({ operation, flags }: OracleIo): boolean {
  return operation === "w" && (flags & RWF_DSYNC) !== 0;
}
