/** A signal ends a stream; a reader that stops ends what is behind it. */
import { assertEquals } from "@std/assert";
import { untilAborted } from "../../../sim/text/abortable_stream.ts";
import type { ByteIterator } from "../../../sim/text/headed_stream.ts";

/** A source of chunks of one byte, and what it was asked. */
function sourceOf(count: number) {
  const offers: (Uint8Array | undefined)[] = [];
  let returns = 0;
  const chunks: ByteIterator = {
    next: (offered) => {
      offers.push(offered);
      if (offers.length > count) {
        // Nothing more arrives.
        return new Promise(() => {});
      }
      return Promise.resolve({ done: false, value: new Uint8Array([7]) });
    },
    return: () => {
      returns++;
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => chunks,
  };
  return { chunks, offers, returns: () => returns };
}

Deno.test("untilAborted() ends while nothing arrives", async () => {
  const abort = new AbortController();
  const { chunks, returns } = sourceOf(2);
  const found: number[] = [];
  setTimeout(() => abort.abort(), 1);
  for await (const chunk of untilAborted(chunks, abort.signal)) {
    found.push(...chunk);
  }
  assertEquals(found, [7, 7]);
  // It may never answer: nobody waits for it.
  assertEquals(returns(), 0);
});

Deno.test("untilAborted() hands on what is offered, and that a reader stops", async () => {
  const { signal } = new AbortController();
  const { chunks, offers, returns } = sourceOf(2);
  const stream = untilAborted(chunks, signal);
  const offered = new Uint8Array(3);
  assertEquals((await stream.next(offered)).value, new Uint8Array([7]));
  assertEquals((await stream.next()).value, new Uint8Array([7]));
  assertEquals(offers, [offered, undefined]);
  await stream.return();
  await stream.return();
  assertEquals([returns(), (await stream.next()).done], [1, true]);
});

Deno.test("untilAborted() gives nothing of a signal that has come before", async () => {
  const { chunks, offers } = sourceOf(2);
  const stream = untilAborted(chunks, AbortSignal.abort());
  assertEquals((await stream.next()).done, true);
  assertEquals(offers, []);
});
