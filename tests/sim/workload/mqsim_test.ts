import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { readsOrRefuses, traceRows } from "./trace_rows.ts";

Deno.test("mqsim reads arrival, device, sector, sectors and type", async () => {
  const { format, rows } = await traceRows(
    "938513000 4 264719034 16 0\n7 4 0 1 1\n",
  );
  assertEquals(format, "MQSim trace");
  assertEquals(rows, [
    [1, 264719034 * 512, 8192, 938513000],
    [0, 0, 512, 7],
  ]);
});

Deno.test("mqsim names line, column and what was expected", async () => {
  await assertRejects(
    () => traceRows("1 0 0 1 0\n2 0 0 1 2\n"),
    SyntaxError,
    'Cannot read MQSim trace "x": line 2, column 9: found "2", expected 0 ' +
      "(write) or 1 (read)",
  );
});

Deno.test("mqsim reads or refuses any row", async () => {
  const field = fc.constantFrom("", "0", "1", "-1", "9".repeat(20), "x");
  await fc.assert(
    fc.asyncProperty(
      fc.array(field, { maxLength: 7 }),
      async (fields) => await readsOrRefuses(`1 0 0 1 0\n${fields.join(" ")}`),
    ),
    { numRuns: 200 },
  );
});
