/** Words that go with a number. */

/**
 * Counts things in words.
 *
 * @param several What several are called; default: `one` with -s, or -es or
 *   -ies where English has that.
 * @returns Such as `1 bio` or `3 bios`.
 */
export function plural(
  count: number,
  one: string,
  several: string = severalOf(one),
): string {
  return `${count} ${count === 1 ? one : several}`;
}

function severalOf(one: string): string {
  if (/(s|x|z|ch|sh)$/.test(one)) return `${one}es`;
  return /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`;
}
