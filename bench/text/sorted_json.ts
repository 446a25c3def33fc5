/**
 * Returns a value as JSON that is the same for values that say the same,
 * whatever the order of their keys; whole numbers of any size are text in it.
 */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, one) => {
    if (typeof one === "bigint") return `${one}`;
    return typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(
        Object.entries(one).sort(([a], [b]) => a < b ? -1 : 1),
      )
      : one;
  });
}
