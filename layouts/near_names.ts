/** What was meant by a name or a key that is not known, if that is near. */
import { levenshteinDistance } from "@std/text/levenshtein-distance";

const MOST_SUGGESTED = 3;
/** Letters from which on a part of a name may be anywhere in it. */
const LEAST_GIVEN = 3;
/** The share of a name's letters that a mere slip leaves wrong. */
const SLIP_SHARE = 0.2;
/** The share of a name's letters that may be wrong in it. */
const WRONG_SHARE = 0.4;

/**
 * Finds the names that somebody may have meant: one that differs by few
 * letters, or those of which it is a word. One that is merely the least unlike
 * is not suggested.
 *
 * @returns Those that are near, the nearest first; maybe none.
 */
export function nearNames(name: string, known: readonly string[]): string[] {
  const [, head = "", tail = ""] = /^(.*:)?(.*)$/s.exec(name) ?? [];
  // Only what is after the same "family:" can have been meant.
  const given = plain(tail);
  if (given === "") return [];
  const ranked = known.filter((other) => other.startsWith(head))
    .map((other) => ({ other, tail: plain(other.slice(head.length)) }))
    .map((one) => ({ ...one, by: distance(given, one.tail) }))
    .toSorted((a, b) => a.by - b.by);
  const within = (share: number) =>
    ranked.filter(({ by }) => by <= given.length * share).slice(0, 1);
  const those = (is: (tail: string) => boolean) =>
    given.length < LEAST_GIVEN ? [] : ranked.filter(({ tail }) => is(tail));
  const near = [
    () => within(SLIP_SHARE),
    () => those((tail) => isPart(given, tail)),
    () => ranked.filter(({ tail }) => tail.startsWith(`${given}_`)),
    () => within(WRONG_SHARE),
    () => those((tail) => tail.startsWith(given)),
  ].map((find) => find()).find((found) => found.length > 0) ?? [];
  return near.slice(0, MOST_SUGGESTED).map(({ other }) => other);
}

/** Letters that differ; all of them in another order is one mistake. */
function distance(a: string, b: string): number {
  const sorted = (text: string) => [...text].toSorted().join("");
  return a !== b && sorted(a) === sorted(b) ? 1 : levenshteinDistance(a, b);
}

/** Whether one is whole words of the other, at its start or its end. */
function isPart(given: string, other: string): boolean {
  return other.startsWith(`${given}_`) || other.endsWith(`_${given}`) ||
    given.startsWith(`${other}_`);
}

/** Case and what is between words are no difference. */
function plain(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase()
    .replaceAll(/[-:.\s]/g, "_");
}
