import { assertEquals } from "@std/assert";
import { expectedKey } from "../../layouts/known_keys.ts";

Deno.test("expectedKey() names the near key, or all, or the first 24", () => {
  const keys = (count: number) =>
    Array.from({ length: count }, (_, index) => `key_${index + 10}`);
  assertEquals(expectedKey("dept", ["depth", "batch"]), '"depth"');
  assertEquals(expectedKey("x", ["depth", "batch"]), "one of: depth, batch");
  assertEquals(expectedKey("x", []), "only known ones");
  assertEquals(expectedKey("x", keys(24)), `one of: ${keys(24).join(", ")}`);
  assertEquals(
    expectedKey("x", keys(25)),
    `one of: ${keys(24).join(", ")}, ...`,
  );
});
