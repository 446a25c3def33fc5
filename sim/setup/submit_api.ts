/** What goes with which way of submitting I/O, and what does not. */
import type { SubmitApi } from "../block/direct_io.ts";
import type { Submitter } from "./submitter.ts";

/** What an API has to fit. */
export interface ApiUse {
  /** How a program submits; default: io_uring. */
  readonly api?: SubmitApi | undefined;
  /** Whose memory I/O is on; default: a user's. */
  readonly submitter?: Submitter | undefined;
  /** I/Os in flight at most. */
  readonly depth: number;
  /** I/Os submitted together; default: 1. */
  readonly batch?: number | undefined;
  /** The side of memory that another worker shares. */
  readonly sharing?: string | undefined;
}

/**
 * Returns whose memory I/O is on by itself: buffers are registered with
 * io_uring alone.
 *
 * @param own Whose it is by what the workload stands for.
 * @returns A user's pinned memory where the API has no registered buffers.
 */
export function submitterWith(api: SubmitApi, own: Submitter): Submitter {
  return own === "registered" && api !== "io_uring" ? "user" : own;
}

/**
 * Refuses what a way of submitting cannot do.
 *
 * @throws {RangeError} If a synchronous call is to have several I/Os at once,
 *   or registered buffers are not io_uring's.
 */
export function requireApi(use: ApiUse): void {
  const reason = apiRefusal(use);
  if (reason !== undefined) throw new RangeError(`Cannot use ${reason}`);
}

/**
 * Says what a way of submitting cannot do.
 *
 * @returns What was found and what was expected; undefined where it can.
 */
export function apiRefusal(use: ApiUse): string | undefined {
  const { api = "io_uring", submitter = "user", depth, batch = 1 } = use;
  if (submitter === "registered" && api !== "io_uring") {
    return `API ${api} with registered buffers, expected io_uring, which ` +
      "alone has them";
  }
  if (api !== "pread") return undefined;
  if (depth !== 1 || batch !== 1) {
    return `API pread with ${depth} I/Os in flight, ${batch} submitted ` +
      "together, expected 1: the system call waits for its I/O";
  }
  return use.sharing === undefined
    ? undefined
    : "API pread with completions of another worker, expected one that " +
      "completes its own";
}
