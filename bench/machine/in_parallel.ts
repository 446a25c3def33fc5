/**
 * Work on many items, as many at once as the machine has CPUs.
 */

/**
 * Works on items; each starts in the order of the list.
 *
 * @throws {Error} What the first failing piece of work threw.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const item = items[next++] as Item;
      try {
        await work(item);
      } catch (error) {
        next = items.length; // nobody waits for the other lanes' next items
        throw error;
      }
    }
  };
  const lanes = Math.min(items.length, navigator.hardwareConcurrency);
  await Promise.all(Array.from({ length: lanes }, lane));
}
