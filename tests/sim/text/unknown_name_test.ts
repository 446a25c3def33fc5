import { assertEquals } from "@std/assert";
import { unknownName } from "../../../sim/text/unknown_name.ts";

Deno.test("unknownName() names what is near, and all that there are", () => {
  assertEquals(
    unknownName("ABI", "lp46", ["lp64", "ilp32"]).message,
    'Cannot find ABI "lp46" (nearest: "lp64"), expected one of: lp64, ilp32',
  );
  assertEquals(
    unknownName("ABI", "x86_64", ["lp64", "ilp32"]).message,
    'Cannot find ABI "x86_64", expected one of: lp64, ilp32',
  );
});
