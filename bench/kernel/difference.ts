/** One figure in two kernels, and how sure it is that they differ. */

export type KernelVerdict = "same" | "exact" | "within noise" | "beyond noise";

/** One figure in both kernels. */
export interface KernelDifference {
  readonly name: string;
  readonly base: number;
  readonly patched: number;
  /** What repeats of one and the same kernel differ by. */
  readonly noise: number;
  readonly verdict: KernelVerdict;
}

/**
 * Judges a figure.
 *
 * @param noises What repeats differ by; the largest counts.
 */
export function difference(
  name: string,
  [base, patched]: readonly [number, number],
  noises: readonly number[],
): KernelDifference {
  const noise = Math.max(0, ...noises);
  const apart = Math.abs(patched - base);
  const verdict = apart === 0
    ? "same"
    : noise === 0
    ? "exact"
    : apart <= noise
    ? "within noise"
    : "beyond noise";
  return { name, base, patched, noise, verdict };
}

/** Returns whether a difference is more than repeats show. */
export function isSure({ verdict }: KernelDifference): boolean {
  return verdict === "exact" || verdict === "beyond noise";
}

/** The middle one, the lower of two; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

/**
 * Returns the range of the middle I/Os of a run: a tick of the clock that hits
 * one or two of nine is not a property of the kernel.
 *
 * @param values One figure of all I/Os.
 * @returns Least and most, without the quarter at either end; 0 of none.
 */
export function middle(values: readonly number[]): [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const kept = sorted.slice(cut, sorted.length - cut);
  return [kept[0] ?? 0, kept.at(-1) ?? 0];
}

/**
 * Returns what the middle I/Os of a run differ by.
 *
 * @param values One figure of all I/Os.
 * @returns Largest less smallest of them.
 */
export function spread(values: readonly number[]): number {
  const [least, most] = middle(values);
  return most - least;
}

/** One figure of each I/O of the kernels that are compared. */
export interface AllIos {
  readonly base: readonly number[];
  readonly patched: readonly number[];
  /** In the base measured again. */
  readonly control: readonly number[] | undefined;
}

/**
 * Judges a figure of all I/Os. A difference is sure only if the middle I/Os of
 * the patched kernel have nothing in common with those of the base.
 *
 * @param all The figure of each I/O.
 * @returns The difference of the medians.
 */
export function differenceOfAll(
  name: string,
  { base, patched, control }: AllIos,
): KernelDifference {
  const repeats = control === undefined ? [base] : [base, control];
  const medians = repeats.map(median);
  const found = difference(name, [median(base), median(patched)], [
    spread(base),
    spread(patched),
    Math.max(...medians) - Math.min(...medians),
  ]);
  const [low, high] = middle(patched);
  const overlap = repeats.map(middle).some(([least, most]) =>
    low <= most && least <= high
  );
  return found.verdict === "beyond noise" && overlap
    ? { ...found, verdict: "within noise" }
    : found;
}
