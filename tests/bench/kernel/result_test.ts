/** Results of kernels as files: what is read, and what is wrong elsewhere. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseKernelResult } from "../../../bench/kernel/result.ts";
import { nine, result } from "./compared_results.ts";

Deno.test("parseKernelResult() takes its own and says what is wrong elsewhere", () => {
  const base = result("base", { core: nine(1), bvecLines: 1, walk: 1 });
  assertEquals(parseKernelResult(JSON.stringify(base), "a.json"), base);
  assertThrows(
    () => parseKernelResult("{", "a.json"),
    SyntaxError,
    'Cannot read "a.json": line 1, column 2: ',
  );
  assertThrows(
    () => parseKernelResult('{"schemaVersion": 2}', "a.json"),
    SyntaxError,
    "Cannot read a.json: schemaVersion: ",
  );
});
