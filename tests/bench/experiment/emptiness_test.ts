import { assertEquals } from "@std/assert";
import { emptinessWarnings } from "../../../bench/experiment/emptiness.ts";

const at = (median: number) => ({
  median,
  low: median * 0.9,
  high: median * 1.1,
});

Deno.test("emptinessWarnings() flags what is not more than nothing", () => {
  assertEquals(
    emptinessWarnings("phyr", { nsPerIo: at(1.1), emptyNsPerIo: at(1) }).map((
      { code },
    ) => code),
    ["like-empty"],
  );
});

Deno.test("emptinessWarnings() says how much is the harness's own", () => {
  assertEquals(
    emptinessWarnings("phyr", { nsPerIo: at(10), emptyNsPerIo: at(1) })[0]
      ?.message,
    "10 % of the time of phyr is that of the harness",
  );
  assertEquals(
    emptinessWarnings("phyr", { nsPerIo: at(20), emptyNsPerIo: at(1) }),
    [],
  );
});
