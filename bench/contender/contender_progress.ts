/**
 * Where a contender's worker is, in shared memory: a worker that hangs cannot
 * be asked, but what it has written can be read.
 */
import { plural } from "../../sim/text/plural.ts";
import type { ContenderRequest } from "./contender_protocol.ts";

/** Words of the progress: the I/O last begun + 1. */
export const PROGRESS = { io: 0 } as const;

/**
 * Makes the words that a worker writes and its watchdog reads.
 *
 * @returns The words, all 0: nothing has begun.
 */
export function newProgress(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4));
}

/**
 * Says how far a request was when its worker stopped answering.
 *
 * @returns The end of a sentence, or nothing for a set-up.
 */
export function describeProgress(
  request: ContenderRequest,
  progress: Int32Array,
): string {
  const io = Atomics.load(progress, PROGRESS.io);
  switch (request.kind) {
    case "audit":
      return io === 0
        ? `; it had begun none of the I/Os from ${request.firstIo} on`
        : `; it was at I/O ${(io - 1) >>> 0}`;
    case "time":
      return `; it was timing ${plural(request.ios, "I/O")}, of a window of ` +
        `${request.window.ios}`;
    case "join":
      return `; it was making the path of ${request.setup.layout} in C`;
    case "slices":
      return `; it was timing ${plural(request.slices.length, "slice")} in C`;
    case "trace":
      return `; it was in the first window of ${
        iosOf(request.window.buffer)
      } I/Os`;
    default:
      return "";
  }
}

/** The first word of a window counts its I/Os. */
function iosOf(buffer: SharedArrayBuffer): number {
  return buffer.byteLength < 4 ? 0 : new Int32Array(buffer, 0, 1)[0] ?? 0;
}
