/** A stream of bytes that a signal ends, as if there were no more. */
import type { ByteIterator } from "./headed_stream.ts";

type Source = AsyncIterator<Uint8Array, unknown, Uint8Array | undefined>;

/** Ends a stream when a signal aborts, even while nothing arrives. */
export function untilAborted(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): ByteIterator {
  const source: Source = stream[Symbol.asyncIterator]();
  let hasEnded = false;
  const chunks: ByteIterator = {
    next: async (offered) => {
      if (!hasEnded && !signal.aborted) {
        const next = await nextUnlessAborted(source, signal, offered);
        if (next !== undefined && !next.done) return next;
      }
      hasEnded = true;
      return { done: true, value: undefined };
    },
    return: async () => {
      // What has not arrived when the signal comes may never do so.
      if (!hasEnded) await source.return?.();
      hasEnded = true;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => chunks,
  };
  return chunks;
}

/**
 * Waits for a chunk or the signal. The listener goes with the chunk: racing
 * against one promise of the signal would keep every chunk alive.
 */
function nextUnlessAborted(
  source: Source,
  signal: AbortSignal,
  offered: Uint8Array | undefined,
): Promise<IteratorResult<Uint8Array, unknown> | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
    source.next(offered).then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
