/**
 * A speed target of the lab: a figure that one run of `deno task bench:targets`
 * finds, and what was wanted of it.
 */

/** How much is measured: tests, a look of minutes, or all of it. */
export type TargetSize = "tiny" | "quick" | "full";

/** Something that is another one for each size. */
export type BySize<Value> = Readonly<Record<TargetSize, Value>>;

export interface Target {
  readonly name: string;
  readonly unit: string;
  /** The bound that the figure should keep. */
  readonly wanted: number;
  /** Whether `wanted` is the least or the most that the figure should be. */
  readonly bound: "at least" | "at most";
}

export function atLeast(name: string, wanted: number, unit: string): Target {
  return { name, unit, wanted, bound: "at least" };
}

export function atMost(name: string, wanted: number, unit: string): Target {
  return { name, unit, wanted, bound: "at most" };
}

/** A figure, or the reason why there is none. */
export type Measured = number | string;

/** Targets that are measured together, because they share a measurement. */
export interface TargetGroup {
  readonly targets: readonly Target[];
  /** @returns A figure, or why there is none, for each target in order. */
  readonly measure: (size: TargetSize) => Promise<readonly Measured[]>;
}

export interface TargetFigure extends Target {
  /** The figure; `null` where it could not be measured. */
  readonly value: number | null;
  /** Whether it keeps its bound; `null` if there is no figure. */
  readonly met: boolean | null;
  readonly reason?: string;
}

/**
 * Judges what was found.
 *
 * @example A rate that is high enough
 * ```ts
 * import { judgeTarget } from "./target.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const target = {
 *   name: "workers/two",
 *   unit: "x one submitter",
 *   wanted: 1.9,
 *   bound: "at least",
 * } as const;
 * assertEquals(judgeTarget(target, 1.95).met, true);
 * assertEquals(judgeTarget(target, "there is one CPU").value, null);
 * ```
 */
export function judgeTarget(target: Target, found: Measured): TargetFigure {
  const { name, unit, wanted, bound } = target;
  const asked = { name, unit, wanted, bound };
  if (typeof found === "string") {
    return { ...asked, value: null, met: null, reason: found };
  }
  if (!Number.isFinite(found)) {
    return { ...asked, value: null, met: null, reason: "no figure was found" };
  }
  const met = bound === "at least" ? found >= wanted : found <= wanted;
  return { ...asked, value: found, met };
}
