/**
 * Seeded random streams: one per component, so that drawing once more in one
 * component does not change what another one sees (design.md, rule 7).
 */
import { checkString, checkWhole } from "../../layouts/value_text.ts";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A stream of random numbers that depends on (seed, component) alone. */
export interface RandomStream {
  /** The next 32 random bits as a signed integer. */
  int32(): number;
  /** A uniform integer, 0 <= n < limit; limit from 1 to 2^32. */
  below(limit: number): number;
  /** A uniform number, 0 <= x < 1, with 53 random bits. */
  fraction(): number;
}

/**
 * Opens the random stream of one component.
 *
 * @param seed The seed of the run, an integer.
 * @param component The name of the component, such as `"placement"`.
 * @returns A stream that is the same on every machine for equal arguments.
 *
 * @example Two components have streams of their own
 * ```ts
 * import { randomStream } from "./random_stream.ts";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * assertEquals(
 *   randomStream(1, "placement").int32(),
 *   randomStream(1, "placement").int32(),
 * );
 * assertNotEquals(
 *   randomStream(1, "placement").int32(),
 *   randomStream(1, "order").int32(),
 * );
 * ```
 */
export function randomStream(seed: number, component: string): RandomStream {
  checkWhole("open a random stream", "seed", seed, {
    expected: "a whole number",
  });
  checkString("open a random stream", "component", component);
  const generator = xoroshiro128plus(mix(seed, component));
  const int32 = () => generator.next() | 0;
  const fraction = () => {
    const high = (int32() >>> 5) * 2 ** 26; // 27 bits
    return (high + (int32() >>> 6)) / 2 ** 53; // and 26 more
  };
  return {
    int32,
    // The bias of scaling 53 bits to at most 2^32 values is below 2^-20.
    below: (limit) => Math.floor(fraction() * limit),
    fraction,
  };
}

/** FNV-1a over the component's name, started from the seed. */
function mix(seed: number, component: string): number {
  let hash = 0x811c9dc5 ^ (seed | 0);
  for (let i = 0; i < component.length; i++) {
    hash = Math.imul(hash ^ component.charCodeAt(i), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
