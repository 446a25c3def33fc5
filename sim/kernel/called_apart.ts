/**
 * Stages that call each other where many paths are made in one isolate, and
 * nobody times them: V8 compiles each once then, and not once more in all of
 * its callers. What is timed is one compiled function (bench/HOT_PATH.md).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";

/**
 * Gives a stage as its callers are to have it. Where its arena is that of other
 * paths, too, which nobody times, that is a bound function, another one for each
 * path: V8 puts none of them into its caller once it has seen two. The first
 * path of an isolate is not changed by it.
 */
export function calledApart<Stage extends (...args: never[]) => unknown>(
  stage: Stage,
  memory: Pick<KernelMemory, "isKept">,
): Stage {
  return memory.isKept ? stage.bind(undefined) as Stage : stage;
}
