import { assert, assertEquals } from "@std/assert";
import {
  LatencyRecorder,
  mergeLatencies,
} from "../../../bench/result/latency.ts";
import {
  endRecorder,
  LATENCY_EVERY,
} from "../../../bench/result/latency_times.ts";
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";

/** A histogram of given latencies, as a worker would send it. */
function encoded(values: readonly number[]): string {
  const histogram = build({
    bitBucketSize: 32,
    useWebAssembly: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 1e11,
    numberOfSignificantValueDigits: 3,
  });
  for (const value of values) histogram.recordValue(value);
  return encodeIntoCompressedBase64(histogram);
}

Deno.test("mergeLatencies() adds histograms and reports what they support", () => {
  // 1 to 200 in two workers; three digits are exact below 2048.
  const all = Array.from({ length: 200 }, (_, i) => i + 1);
  const figures = mergeLatencies([
    encoded(all.filter((value) => value % 2 === 0)),
    encoded(all.filter((value) => value % 2 === 1)),
  ]);
  assertEquals(figures, {
    samples: 200,
    meanNs: 100.5,
    leastNs: 1,
    mostNs: 200,
    // p99.9 would need 1000 samples.
    percentilesNs: { p50: 100, p90: 180, p99: 198 },
  });
  assertEquals(mergeLatencies([encoded([]), encoded([])]), null);
});

Deno.test("LatencyRecorder looks at one I/O in 16 and begins anew when taken", () => {
  const recorder = new LatencyRecorder();
  for (let pass = 0; pass < 2; pass++) {
    recorder.beginPass();
    for (let io = 0; io < 64; io++) {
      recorder.begin(io);
      recorder.end(io);
    }
    recorder.endPass();
  }
  // The clock may stand still over an I/O that does nothing.
  const samples = mergeLatencies([recorder.take()])?.samples ?? 0;
  assert(samples <= 2 * 64 / LATENCY_EVERY, `${samples}`);
  assertEquals(mergeLatencies([recorder.take()]), null);
});

Deno.test("endRecorder() tells an end by a clock that shows something else", () => {
  const recorder = new LatencyRecorder();
  // Another worker's clock shows 5 s less than this one.
  const end = endRecorder(recorder.times, -5000);
  recorder.beginPass();
  recorder.begin(32);
  end(32);
  recorder.endPass();
  const found = mergeLatencies([recorder.take()]);
  assertEquals(found?.samples, 1);
  // What the clock was ahead is in it: 5 s, and next to nothing.
  assert((found?.leastNs ?? 0) >= 4.99e9, `${found?.leastNs}`);
});
