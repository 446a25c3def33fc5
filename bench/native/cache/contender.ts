/**
 * One contender of `cache_bench.ts` and `targets/cache_targets.ts` in a worker of
 * its own (design.md, rule 1): the model or its C twin over one trace, a reader
 * over one text, or a path with or without the tracer.
 *
 * A message runs the work once, in parts that are short beside a scheduler's
 * slice; the answer has the time of each part, and what the work made, so that
 * nothing can be left out.
 */
import type { AddressTraceFormat } from "../../../sim/cache/address_formats.ts";
import { runModel, runNative, runReader } from "./cache_work.ts";
import { runPath } from "./path_work.ts";
import { loadTrace } from "./reference_trace.ts";
import type { SpeedAnswer, Work } from "./timed_work.ts";

/** The first message to a worker. */
export interface ContenderTask {
  readonly contender:
    | "model"
    | "c"
    | "reader"
    | "path"
    | "traced"
    | "footprint";
  /** `hits`, the path of an address trace, or the name of a workload. */
  readonly trace: string;
  /** The shared library of the C twin. */
  readonly library?: string;
  readonly format?: AddressTraceFormat;
}

async function prepare(task: ContenderTask): Promise<Work> {
  const { contender, trace } = task;
  if (
    contender === "path" || contender === "traced" || contender === "footprint"
  ) return await runPath(trace, contender);
  const references = await loadTrace(trace);
  if (contender === "model") return runModel(references);
  if (contender === "c") return runNative(references, task.library ?? "");
  return runReader(references, task.format ?? "din");
}

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ContenderTask | "run">) => void) | null;
  postMessage(answer: SpeedAnswer | undefined): void;
};

// Not in the main thread: the benches import the type above.
if ("WorkerGlobalScope" in globalThis) {
  let work: Work | undefined;
  scope.onmessage = async ({ data }) => {
    if (data === "run") scope.postMessage(await work?.());
    else {
      work = await prepare(data);
      scope.postMessage(undefined);
    }
  };
}
