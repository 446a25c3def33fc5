import { assertEquals, assertRejects } from "@std/assert";
import { StreamSpool } from "../../../bench/shell/stream_spool.ts";

function stream(...chunks: number[][]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => new Uint8Array(chunk)));
}

async function bytesOf(spool: StreamSpool): Promise<number[]> {
  const all: number[] = [];
  for await (const chunk of spool.open()) all.push(...chunk);
  return all;
}

const signal = new AbortController().signal;

Deno.test("StreamSpool gives what it read as often as is wanted", async () => {
  const spool = await StreamSpool.fill("x", stream([1, 2], [], [3]), {
    signal,
  });
  try {
    assertEquals(spool.sizeBytes, 3);
    assertEquals(await bytesOf(spool), [1, 2, 3]);
    assertEquals(await bytesOf(spool), [1, 2, 3]);
  } finally {
    spool.close();
  }
});

Deno.test("StreamSpool gives several readers each their own place", async () => {
  const many = Array.from({ length: 1 << 20 }, (_, i) => i & 0xff);
  const spool = await StreamSpool.fill("x", stream(many), { signal });
  try {
    const [one, two] = [spool.open(), spool.open()].map((open) =>
      open.getReader()
    );
    const sums = [0, 0];
    for (let ended = 0; ended < 2;) {
      ended = 0;
      for (const [index, reader] of [one, two].entries()) {
        const { done, value } = await reader?.read() ?? { done: true };
        if (done) ended++;
        else sums[index] = (sums[index] ?? 0) + value.length;
      }
    }
    assertEquals(sums, [1 << 20, 1 << 20]);
  } finally {
    spool.close();
  }
});

Deno.test("StreamSpool refuses more than it may keep, and says what to do", async () => {
  await assertRejects(
    () =>
      StreamSpool.fill("standard input", stream([1, 2], [3]), {
        signal,
        mostBytes: 2,
      }),
    RangeError,
    "Cannot read standard input: found more than 2 bytes, expected fewer, because " +
      "each cell reads them from a temporary file; save",
  );
});

Deno.test("StreamSpool ends where its signal aborts", async () => {
  const abort = new AbortController();
  let reads = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (reads++ === 0) return controller.enqueue(new Uint8Array([1]));
      // Somebody waits for more, of which there is never any.
      abort.abort(new Error("enough"));
      return new Promise(() => {});
    },
  }, { highWaterMark: 0 });
  await assertRejects(
    () => StreamSpool.fill("x", endless, { signal: abort.signal }),
    Error,
    "enough",
  );
});
