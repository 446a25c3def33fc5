/**
 * The worker that completes another one's I/Os: it takes the completions off
 * that queue pair and ends requests, bios and I/Os in the submitter's memory.
 *
 * It has a path of its own over that memory, made from the same options, so
 * that everything is at the same place as in the submitter's path; what making
 * it writes there is undone. What it frees goes to the lists of remotely freed
 * objects.
 */
import { openPath } from "../setup/open_path.ts";
import type { PathSetup } from "../setup/path_setup.ts";
import { createEndTeller, reserveAccount } from "./elsewhere.ts";
import { createHostQueue, type HostQueueCounts } from "./host_queue.ts";
import { type QueueWords, reserveQueueWords } from "./queue_words.ts";
import { sharedWords } from "../memory/shared_words.ts";

/** Where a submitter's queue pair and account are. */
export interface CrossEnd {
  /** The submitter's kernel memory. */
  readonly arena: SharedArrayBuffer;
  /** The queue pair in it. */
  readonly words: QueueWords;
  /** First word of the account of what has ended. */
  readonly account: number;
}

/** A worker's end as completer of another's queue. */
export interface Completer {
  readonly hasCompletion: () => boolean;
  /** Completes what is there. */
  readonly serve: () => void;
  /** Completions taken at once. */
  readonly counts: HostQueueCounts;
  /** Objects that were freed here and taken by the submitter. */
  readonly remoteFrees: () => number;
}

/**
 * Makes a completer; the submitter must not have begun.
 *
 * @param wakeSubmitter Called after something has ended.
 * @param onIoEnd Called with each I/O that has ended, by its index.
 */
export function attachCompleter(
  setup: PathSetup,
  end: CrossEnd,
  wakeSubmitter: () => void,
  onIoEnd?: (io: number) => void,
): Completer {
  const { arena, words: queue, account } = end;
  const words = sharedWords(arena);
  const bytes = new Uint8Array(arena);
  const before = bytes.slice();
  // The path expects new memory, and fills it as the submitter's did.
  bytes.fill(0);
  const host = createHostQueue(words, queue, () => {});
  const teller = createEndTeller(words, account, wakeSubmitter);
  const { path, memory } = openPath(setup, {
    ioEnd: (io, status) => {
      onIoEnd?.(io);
      teller.io(status !== 0);
    },
  }, {
    arena,
    sharing: "completes",
    queue: (kernelMemory, entries) => {
      const words = reserveQueueWords(kernelMemory, entries);
      reserveAccount(kernelMemory);
      return {
        depth: entries,
        submission: words.submission << 2,
        completion: words.completion << 2,
        doorbell: words.tailDoorbell << 2,
        push: () => {},
        ring: () => {},
        reap: () => {
          const commandId = host.reap();
          if (commandId >= 0) teller.request();
          return commandId;
        },
        status: host.status,
      };
    },
    device: () => ({ process: () => {} }),
  });
  bytes.set(before);
  return {
    hasCompletion: host.hasCompletion,
    serve: () => {
      path.reap();
      teller.publish();
    },
    counts: host.counts,
    remoteFrees: () => memory.remoteFrees,
  };
}
