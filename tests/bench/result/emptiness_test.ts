import { assertEquals } from "@std/assert";
import { emptinessWarnings } from "../../../bench/result/emptiness.ts";

const timed = (name: string, median: number) => ({
  name,
  nsPerIo: { median, low: median * 0.9, high: median * 1.1 },
});

Deno.test("emptinessWarnings() flags what is not more than nothing", () => {
  // 0.9 x 1.1 is below 1.1 x 1; 0.9 x 30 is not, and 1 of 30 is 3 %.
  assertEquals(
    emptinessWarnings([timed("phyr", 1.1), timed("pfn_t", 30)], [
      timed("noop", 1),
    ]),
    [{
      code: "like-empty",
      message: "not distinguishable from empty: phyr",
      hint: "check that its results reach the sink; do not quote its time",
    }],
  );
});

Deno.test("emptinessWarnings() says how much is the harness's own", () => {
  const harness = [timed("noop", 0.1), timed("null_path", 1)];

  assertEquals(
    emptinessWarnings([timed("phyr", 10), timed("pfn_t", 12.5)], harness)[0]
      ?.message,
    "up to 10 % of the time of phyr, pfn_t is that of the harness",
  );
  assertEquals(emptinessWarnings([timed("phyr", 20)], harness), []);
});

Deno.test("emptinessWarnings() says nothing of what was not timed", () => {
  const untimed = { name: "phyr", nsPerIo: null };

  assertEquals(emptinessWarnings([untimed], [timed("noop", 1)]), []);
  assertEquals(emptinessWarnings([timed("phyr", 1)], [untimed]), []);
});
