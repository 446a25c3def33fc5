import { assert, assertEquals } from "@std/assert";
import {
  LATENCY_EVERY,
  LatencyRecorder,
  mergeLatencies,
} from "../../../bench/result/latency.ts";
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { createWindow } from "../../../sim/workload/window.ts";

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
  const window = createWindow({ ios: 64, pieces: 64 });
  for (let pass = 0; pass < 2; pass++) {
    recorder.beginPass(window);
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
