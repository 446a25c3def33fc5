import { assertEquals } from "@std/assert";
import { plural } from "../../../sim/text/plural.ts";

Deno.test("plural() has one form for 1 and another for all else", () => {
  const counted = (word: string) => [0, 1, 2].map((n) => plural(n, word));
  assertEquals(counted("I/O"), ["0 I/Os", "1 I/O", "2 I/Os"]);
  assertEquals(counted("branch"), ["0 branches", "1 branch", "2 branches"]);
  assertEquals(counted("entry"), ["0 entries", "1 entry", "2 entries"]);
  assertEquals(counted("delay"), ["0 delays", "1 delay", "2 delays"]);
  assertEquals(counted("address"), ["0 addresses", "1 address", "2 addresses"]);
  assertEquals(plural(2, "child", "children"), "2 children");
  assertEquals(plural(0.5, "line"), "0.5 lines");
});
