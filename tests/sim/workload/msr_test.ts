import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { readsOrRefuses, traceRows } from "./trace_rows.ts";

const ROW = "128170000000000000,demo,0,Write,1048576,8192,4210\n";

Deno.test("msr reads the example of blockspec 5.3", async () => {
  const { format, rows, tally } = await traceRows(
    ROW + "128170000000000123,demo,0,read,512,1024,9\n",
  );
  assertEquals(format, "MSR Cambridge csv");
  // 123 ticks of 100 ns; a double alone would round the timestamp to 16.
  assertEquals(rows, [[1, 1048576, 8192, 0], [0, 512, 1024, 12300]]);
  assertEquals([tally.lines, tally.readBytes, tally.writeBytes], [
    2,
    1024,
    8192,
  ]);
});

Deno.test("msr passes a header and keeps disks apart", async () => {
  const { rows, tally, warnings } = await traceRows(
    "Timestamp,Hostname,DiskNumber,Type,Offset,Size,ResponseTime\n" + ROW +
      "128169999999999999,demo,1,Read,0,512,1\n",
  );
  assertEquals(tally.skipped, { header: 1 });
  // One tick before the first row: order by time is not guaranteed.
  assertEquals(rows[1], [0, 2 ** 46, 512, -100]);
  assertEquals(warnings.map((warning) => warning.code), ["several-devices"]);
});

Deno.test("msr names line, column and what was expected", async () => {
  const cases = [
    ["1,d,0,Erase,0,512,1", 'column 7: found "Erase", expected Read or Write'],
    ["1,d,0,Read,-1,512,1", 'column 12: found "-1", expected an offset in'],
    ["1,d,0,Read,0,1e3,1", 'column 14: found "1e3", expected a size in bytes'],
    ["1,d,0,Read,0,512", "column 17: found end of line, expected a response"],
    ["1,d,0,Read,0,512,1,2", 'column 20: found "2", expected the end of'],
    ["x,d,0,Read,0,512,1", 'column 1: found "x", expected a timestamp'],
  ];
  for (const [row, message] of cases) {
    await assertRejects(
      () => traceRows(`${ROW}${row}\n`),
      SyntaxError,
      `Cannot read MSR Cambridge csv "x": line 2, ${message}`,
    );
  }
});

Deno.test("msr reads or refuses any row", async () => {
  const field = fc.constantFrom(
    "",
    "0",
    "1",
    "-1",
    "Read",
    "Write",
    "9e9",
    " ",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(field, { maxLength: 9 }),
      fc.uint8Array({ maxLength: 30 }),
      async (fields, tail) =>
        await readsOrRefuses(
          new Uint8Array([
            ...new TextEncoder().encode(`${ROW}${fields.join(",")}\n`),
            ...tail,
          ]),
        ),
    ),
    { numRuns: 300 },
  );
});
