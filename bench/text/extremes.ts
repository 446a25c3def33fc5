/**
 * The ends of a list of numbers that may be as long as an untrusted file makes
 * it: spreading one into `Math.max()` overflows the stack.
 */

/**
 * Returns the least of some numbers.
 *
 * @returns The least; Infinity if there is none.
 */
export function leastOf(values: Iterable<number>): number {
  let least = Infinity;
  for (const value of values) least = Math.min(least, value);
  return least;
}

/**
 * Returns the greatest of some numbers.
 *
 * @returns The greatest; -Infinity if there is none.
 */
export function mostOf(values: Iterable<number>): number {
  let most = -Infinity;
  for (const value of values) most = Math.max(most, value);
  return most;
}
