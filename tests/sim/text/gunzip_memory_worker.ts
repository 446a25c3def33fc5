/**
 * How much memory an isolate of its own has at most while half a GiB is
 * inflated. V8 collects once memory outside of its heap has grown past a limit,
 * which an isolate that had much of it before has raised above all of this.
 */
import { gunzip } from "../../../sim/text/gunzip.ts";

/** What is told of an inflated text. */
export interface InflatedMemory {
  /** Bytes of all chunks. */
  readonly totalBytes: number;
  /** Bytes of the largest chunk. */
  readonly largestBytes: number;
  /** Memory outside of the heap, above what was there before, at most. */
  readonly mostBytes: number;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Uint8Array>) => void) | null;
  postMessage(told: InflatedMemory): void;
};

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

scope.onmessage = async ({ data }) => {
  const before = Deno.memoryUsage().external;
  let totalBytes = 0;
  let largestBytes = 0;
  let mostBytes = 0;
  for await (const chunk of gunzip("x.gz", once(data))) {
    totalBytes += chunk.length;
    largestBytes = Math.max(largestBytes, chunk.length);
    mostBytes = Math.max(mostBytes, Deno.memoryUsage().external - before);
  }
  scope.postMessage({ totalBytes, largestBytes, mostBytes });
};
