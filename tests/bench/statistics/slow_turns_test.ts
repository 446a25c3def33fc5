import { assertEquals } from "@std/assert";
import {
  isSlow,
  slowdownOf,
  StillSpeed,
} from "../../../bench/statistics/slow_turns.ts";

Deno.test("StillSpeed is what fixed work takes in the fastest build, clocks' luck aside", () => {
  const speed = new StillSpeed();
  assertEquals(speed.ns, Infinity);
  // Ten times of which one is a clock's luck: the second is at index 0.1 * 10.
  speed.note(0, [45, 12, 46, 70, 46, 47, 48, 49, 50, 51]);
  assertEquals(speed.ns, 45);
  // A build that was slow as a whole changes nothing; a faster one does.
  speed.note(1, Array(10).fill(76));
  assertEquals(speed.ns, 45);
  speed.note(2, [44, 44, 44, 44, 44]);
  assertEquals(speed.ns, 44);
});

Deno.test("isSlow() wants three of eight parts between still ends", () => {
  // 1.15 * 40 = 46: 46 is still, 47 is not.
  const still = 46;
  const slow = 47;
  const isSlowNow = (probesNs: readonly number[]) => isSlow(probesNs, 40);
  assertEquals(isSlowNow(Array(9).fill(slow)), true);
  assertEquals(isSlowNow(Array(9).fill(still)), false);
  // Three neighbours have two parts between them, four three; so have three and
  // two that lie apart.
  const [two, three] = [Array(2).fill(still), Array(3).fill(still)];
  assertEquals(isSlowNow([...three, ...Array(6).fill(slow)]), true);
  assertEquals(isSlowNow([still, ...three, ...Array(5).fill(slow)]), false);
  assertEquals(isSlowNow([...three, ...Array(4).fill(slow), ...two]), false);
  assertEquals(isSlowNow([...two, ...Array(5).fill(slow), ...two]), true);
  // An interrupt in each second one leaves no part with two still ends.
  assertEquals(
    isSlowNow([still, slow, still, slow, still, slow, still, slow, still]),
    true,
  );
  // Of fewer parts the fastest is taken, so one is enough.
  assertEquals(isSlowNow([slow, still, still, slow]), false);
  assertEquals(isSlowNow([slow, still, slow, still]), true);
  assertEquals(isSlowNow([...two, ...Array(6).fill(slow)]), false); // 7 parts
});

Deno.test("isSlow() doubts a single part between two slow ends, and none unasked", () => {
  assertEquals(isSlow([50, 50], 40), true);
  assertEquals(isSlow([50, 40], 40), false);
  assertEquals(isSlow([50], 40), false);
  assertEquals(isSlow([], 40), false);
  assertEquals(isSlow([50, 50], Infinity), false);
});

Deno.test("slowdownOf() is the median of the slow ends alone", () => {
  // 60, 80 and 100 are above 1.15 * 40; the median is 80.
  assertEquals(slowdownOf([40, 60, 46, 80, 40, 100, 40], 40), 2);
  // Slow, although most ends are still: the median of all five is 40.
  const turn = [40, 68, 40, 68, 40];
  assertEquals([isSlow(turn, 40), slowdownOf(turn, 40)], [true, 1.7]);
});
