/**
 * The names of what shows what the harness costs by itself: `empty_path.ts`
 * says what each does, and no layout of a run may have one of them.
 */

export type EmptyPath = "noop" | "null_path";

/** The contenders without a path, the emptier first. */
export const EMPTY_PATHS: readonly EmptyPath[] = ["noop", "null_path"];
