import { assertEquals, assertThrows } from "@std/assert";
import { tooDeepAt } from "../../../bench/files/json_depth.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { fixedResult } from "../report/fixed_result.ts";

Deno.test("tooDeepAt() counts brackets outside of strings", () => {
  assertEquals(tooDeepAt("[[[]]]", 3), -1);
  assertEquals(tooDeepAt("[[[]]]", 2), 2);
  assertEquals(tooDeepAt('{"a": {"[[[\\"[": [1]}}', 3), -1);
  assertEquals(tooDeepAt('{"a": {"[[[\\"[": [1]}}', 2), 17);
  assertEquals(tooDeepAt('"[[[', 1), -1);
  assertEquals(tooDeepAt("[][][][]", 1), -1);
});

Deno.test("readResult() refuses what is nested too deeply, with its place", () => {
  const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
  const text = JSON.stringify(fixedResult()).replace(
    '"config":{',
    () => `"config":{"z":${deep},`,
  );
  assertThrows(
    () => readResult(text, "deep.json"),
    SyntaxError,
    "found more than 64 levels, expected a result of bvec-lab",
  );
});

Deno.test("readResult() tells 1e400 as no null", () => {
  const text = JSON.stringify(fixedResult()).replace(
    '"seed":1',
    '"seed":1e400',
  );
  assertThrows(
    () => readResult(text, "a.json"),
    TypeError,
    "seed is Infinity, expected a number",
  );
});
