import { assertEquals, assertRejects } from "@std/assert";
import { traceRows } from "./trace_rows.ts";

Deno.test("fiu reads records as the set's README has them", async () => {
  const { format, rows, warnings } = await traceRows(
    "89968195792462 20782 gzip 283193184 8 R 6 0 " +
      "56f11b711d91a065a2b6458eca924523\n" +
      "89968195792463 -1 kjournald 96 16 W 8 1\n",
  );
  assertEquals(format, "FIU trace");
  assertEquals(rows, [
    [0, 283193184 * 512, 4096, 0],
    [1, 2 ** 46 + 96 * 512, 8192, 1],
  ]);
  assertEquals(warnings.map(({ code }) => code), ["several-devices"]);
});

Deno.test("fiu names line, column and what was expected", async () => {
  const row = "0 1 p 96 8 W 6 0 a\n";
  const cases: [string, string][] = [
    ["x 1 p 96 8 W 6 0 a", 'line 2, column 1: found "x", expected a time in'],
    ["0 1 p 96 8 X 6 0 a", 'column 12: found "X", expected W or R'],
    ["0 1 p y 8 W 6 0 a", 'column 7: found "y", expected a sector'],
    ["0 1 p 96 8 W 6 0 a b", 'column 20: found "b", expected the end of'],
    ["0 1 p 96 8 W 6", "found end of line, expected a minor device number"],
  ];
  for (const [text, message] of cases) {
    await assertRejects(
      () => traceRows(`${row}${text}\n`),
      SyntaxError,
      message,
    );
  }
});
