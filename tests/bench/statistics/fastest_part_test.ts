import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fastestParts } from "../../../bench/statistics/fastest_part.ts";

/** Turns by contender, of one round each unless more are given. */
function turnsOf(given: Readonly<Record<string, readonly number[][]>>) {
  return Object.entries(given).flatMap(([contender, turns]) =>
    turns.map((parts) => ({ contender, parts }))
  );
}

Deno.test("fastestParts() takes the fastest part of each turn", () => {
  // All of the second turn was disturbed by 20 % or more, the first in a part.
  assertEquals(fastestParts(turnsOf({ a: [[10, 14], [12, 15], [10, 10]] })), [
    10,
    12,
    10,
  ]);
  assertEquals(fastestParts([]), []);
});

Deno.test("fastestParts() takes the second of eight parts, as the first may be luck", () => {
  const turns = turnsOf({ a: [[10, 10, 10, 10, 10, 10, 10, 10]] });
  assertEquals(fastestParts(turns), [10]);
  // Relative to what is usual: 10, and 5 of the part that had luck in one turn.
  const [calm, lucky] = fastestParts(turnsOf({
    a: [[10, 10, 10, 10, 10, 10, 10, 10], [5, 12, 11, 12, 12, 12, 12, 12]],
  }));
  assertEquals(calm, 75 / 8);
  assertAlmostEquals(lucky ?? 0, 75 / 8 * 1.1, 1e-9);
});

Deno.test("fastestParts() gives the time of all I/Os where parts are of different ones", () => {
  // Parts of 10, 100 and 40 ns an I/O: 50 in the mean. The second turn was
  // disturbed in two of them, the third one by a tenth in each.
  const [first, second, third] = fastestParts(turnsOf({
    a: [[10, 100, 40], [14, 130, 40], [11, 110, 44]],
  }));
  assertEquals([first, second], [50, 50]);
  assertAlmostEquals(third ?? 0, 55, 1e-9);
});

Deno.test("fastestParts() leaves contenders apart that are each best at a part", () => {
  // b takes 3 % more than a and c; one part of it had luck of 2 %, and is the
  // best that anybody has had of it: relative to that, b would seem as fast.
  const [a, b, c] = fastestParts(turnsOf({
    a: [[100, 204]],
    b: [[103, 203]],
    c: [[100, 205]],
  }));
  // Usual are 100 and 204: a is at 1, c at 1, b at 203 / 204 of 152.
  assertEquals([a, c], [152, 152]);
  assertAlmostEquals(b ?? 0, 152 * 203 / 204, 1e-9);
  const [x, y] = fastestParts(turnsOf({
    x: [[100, 200]],
    y: [[103, 206]],
    z: [[100, 200]],
  }));
  assertAlmostEquals((y ?? 0) / (x ?? 1), 1.03, 1e-9);
});
