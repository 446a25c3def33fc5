/** A stream of bytes that a signal ends, as if there were no more. */

/** Ends a stream when a signal aborts, even while nothing arrives. */
export async function* untilAborted(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const iterator = stream[Symbol.asyncIterator]();
  while (!signal.aborted) {
    const next = await nextUnlessAborted(iterator, signal);
    if (next === undefined || next.done) return;
    yield next.value;
  }
}

/**
 * Waits for a chunk or the signal. The listener goes with the chunk: racing
 * against one promise of the signal would keep every chunk alive.
 */
function nextUnlessAborted(
  iterator: AsyncIterator<Uint8Array>,
  signal: AbortSignal,
): Promise<IteratorResult<Uint8Array> | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
    iterator.next().then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
