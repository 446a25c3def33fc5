/**
 * Stages that call each other where many paths are made in one isolate, and
 * nobody times them: V8 compiles each once then, and not once more in all of
 * its callers. What is timed is one compiled function (bench/HOT_PATH.md).
 */

/**
 * Gives a stage as its callers are to have it.
 *
 * @param stage The stage.
 * @param isApart Whether it is compiled apart from them. It is a bound function
 *   then, another one for each path, and V8 puts none of them into its caller
 *   once it has seen two; the first path of an isolate is not changed by it.
 */
export function calledApart<Stage extends (...args: never[]) => unknown>(
  stage: Stage,
  isApart: boolean | undefined,
): Stage {
  return isApart === true ? stage.bind(undefined) as Stage : stage;
}
