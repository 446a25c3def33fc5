/**
 * A small queue for models: entries of two words, state words at the end.
 */
import type { QueueWords } from "../../../sim/workers/queue_words.ts";

/** The words of a queue that begins at a word, and where it ends. */
export function smallQueue(
  first: number,
  entries: number,
): QueueWords & { readonly end: number } {
  const completion = first + 2 * entries;
  const tailDoorbell = completion + 2 * entries;
  return {
    entries,
    submission: first,
    submissionWords: 2,
    completion,
    completionWords: 2,
    tailDoorbell,
    headDoorbell: tailDoorbell + 1,
    host: tailDoorbell + 2,
    completer: tailDoorbell + 3,
    device: tailDoorbell + 6,
    end: tailDoorbell + 9,
  };
}
