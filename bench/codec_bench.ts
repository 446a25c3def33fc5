/**
 * Codecs on lp64: encode and walk of every layout with `page_offset` as the
 * baseline, and the walk against loops written by hand for the same bytes,
 * which it may exceed by 15 % at most. One measurement is 2^20 segments: a
 * millisecond is a nanosecond per segment.
 */
import { isUnsupported } from "../layouts/layout.ts";
import { findAbi } from "../layouts/abi.ts";
import { layouts } from "../layouts/registry.ts";
import { type CodecContender, HAND_WRITTEN } from "./codec/contender.ts";

for (const task of ["encode", "walk"] as const) {
  for (const { name, struct } of layouts) {
    if (isUnsupported(struct(findAbi("lp64")))) continue;
    register(`${task} [${name}]`, { layout: name, task }, {
      group: `${task} of 2^20 segments, by layout`,
      baseline: name === "page_offset",
    });
  }
}
for (const layout of HAND_WRITTEN) {
  const group = `walk of 2^20 segments of ${layout}, by hand and by codec`;
  register(`walk [${layout}] by hand`, { layout, task: "hand" }, {
    group,
    baseline: true,
  });
  register(`walk [${layout}] by codec`, { layout, task: "walk" }, {
    group,
    baseline: false,
  });
}

function register(
  name: string,
  contender: CodecContender,
  options: { group: string; baseline: boolean },
): void {
  let run: (() => Promise<number>) | undefined;
  Deno.bench({
    name,
    ...options,
    n: 20,
    warmup: 10,
    fn: async (bench) => {
      run ??= await startWorker(contender);
      bench.start();
      await run();
      bench.end();
    },
  });
}

/** Starts a contender's worker; it does not keep the process alive. */
async function startWorker(
  contender: CodecContender,
): Promise<() => Promise<number>> {
  const worker = new Worker(new URL("./codec/worker.ts", import.meta.url), {
    type: "module",
  });
  const send = (message: CodecContender | "run") =>
    new Promise<number>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(message);
    });
  await send(contender);
  return () => send("run");
}
