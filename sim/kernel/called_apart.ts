/**
 * Stages that call each other in isolates that make many paths and time none:
 * V8 then compiles each stage once, instead of once more in every caller. What
 * is timed is one compiled function (bench/HOT_PATH.md).
 */
import type { KernelMemory } from "../memory/kernel_memory.ts";

/**
 * Returns a stage in the form that its callers should use. Where other paths
 * share its arena, and nobody times them, that is a bound function, a different
 * one per path: V8 inlines none of them once it has seen two. The first path of
 * an isolate is not affected.
 */
export function calledApart<Stage extends (...args: never[]) => unknown>(
  stage: Stage,
  memory: Pick<KernelMemory, "isKept">,
): Stage {
  return memory.isKept ? stage.bind(undefined) as Stage : stage;
}
