/** Searches what is sorted by address. */

/** Returns the last one that does not begin behind an address. */
export function lastNotBehind<Item>(
  sorted: readonly Item[],
  address: number,
  begin: (item: Item) => number,
): Item | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = sorted[middle];
    if (item !== undefined && begin(item) <= address) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}
