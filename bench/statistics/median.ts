/**
 * Medians and quantiles of typed arrays, without sorting where it can be
 * helped: the bootstrap takes thousands of medians.
 */

/**
 * Takes the median; the order of the numbers is lost.
 *
 * @param values At least one number; rearranged.
 * @returns The median, the mean of the middle two for an even count. Time
 * O(n) on average (Hoare's quickselect).
 */
export function medianInPlace(values: Float64Array): number {
  const middle = values.length >> 1;
  const upper = select(values, middle);
  if (values.length % 2 === 1) return upper;
  let lower = -Infinity;
  for (let i = 0; i < middle; i++) {
    const value = values[i] ?? lower;
    if (value > lower) lower = value;
  }
  return (lower + upper) / 2;
}

/**
 * Takes the median; the numbers are not reordered.
 *
 * @param values At least one number.
 * @returns The median, NaN-free for finite input.
 * @throws {RangeError} If there is no number.
 */
export function medianOf(values: ArrayLike<number>): number {
  if (values.length === 0) {
    throw new RangeError("Cannot take a median: found no number, expected one");
  }
  return medianInPlace(Float64Array.from(values));
}

/**
 * Reads a quantile off ascending numbers, linear between neighbours (type 7 of
 * Hyndman and Fan 1996).
 *
 * @param sorted At least one number, ascending.
 * @param share Which quantile, 0 to 1.
 */
export function quantileSorted(
  sorted: ArrayLike<number>,
  share: number,
): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (position - below);
}

/** Puts the k-th smallest at k, smaller ones before it (Hoare's FIND). */
function select(values: Float64Array, k: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[k] ?? 0;
    let i = left;
    let j = right;
    do {
      while ((values[i] ?? 0) < pivot) i++;
      while (pivot < (values[j] ?? 0)) j--;
      if (i <= j) {
        const held = values[i] ?? 0;
        values[i] = values[j] ?? 0;
        values[j] = held;
        i++;
        j--;
      }
    } while (i <= j);
    if (j < k) left = i;
    if (k < i) right = j;
  }
  return values[k] ?? 0;
}
