import { assertEquals } from "@std/assert";
import { countOutliers } from "../../../bench/statistics/outliers.ts";

Deno.test("countOutliers() counts by the modified z-score", () => {
  // Median 3, MAD 1: the limit is 3.5 / 0.6745 = 5.19 from 3.
  assertEquals(countOutliers([1, 2, 3, 4, 5, 8, 3]), 0);
  assertEquals(countOutliers([1, 2, 3, 4, 5, 8.2, 3]), 1);
  assertEquals(countOutliers([1, 2, 3, 4, 5, 100, 3, -100, 3]), 2);
});

Deno.test("countOutliers() says nothing where the score is not defined", () => {
  assertEquals(countOutliers([1, 1, 1, 100]), 0);
  assertEquals(countOutliers([1, 1, 1, 1, 100]), 0);
  assertEquals(countOutliers([]), 0);
  // Of five values 100 is one: the median is 3, the MAD 1. Of four none is.
  assertEquals(countOutliers([1, 2, 3, 4, 100]), 1);
  assertEquals(countOutliers([1, 2, 3, 100]), 0);
});
