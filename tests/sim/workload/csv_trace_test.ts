/** What all csv formats share; their own columns are in their own tests. */
import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { TRACE_FORMATS } from "../../../sim/workload/trace_formats.ts";
import { readsOrRefuses, traceRows } from "./trace_rows.ts";

const ROW = "0,20941264,8192,W,0.551706\n";

Deno.test("csv rows are read with blanks, header, blank lines and CRLF", async () => {
  const { rows, tally } = await traceRows(
    "\r\n ASU, LBA ,Size,Opcode,Timestamp\r\n 0 ,\t16 , 512, r ,1.5\r\n \r\n" +
      "0,17,512,W,1.25",
  );
  assertEquals(rows, [[0, 8192, 512, 0], [1, 8704, 512, -250e6]]);
  assertEquals(tally.skipped, { "blank line": 2, header: 1 });
});

Deno.test("csv takes a header before the rows only", async () => {
  await assertRejects(
    () => traceRows(ROW + "ASU,LBA,Size,Opcode,Timestamp\n"),
    SyntaxError,
    'line 2, column 5: found "LBA", expected an offset in sectors',
  );
});

Deno.test("csv widens what is not whole sectors, and counts it", async () => {
  const { rows, tally } = await traceRows("7,R,1000,24,1577808144360767\n");
  // Bytes 1000 to 1023 lie in sector 1.
  assertEquals(rows, [[0, 512, 512, 0]]);
  assertEquals(tally.rounded, 1);
});

Deno.test("csv names line, column and what was expected", async () => {
  const cases: [string, string][] = [
    ["0,-1,512,R,1", 'column 3: found "-1", expected an offset in sectors of'],
    ["0,1,5e2,R,1", 'column 5: found "5e2", expected a size in bytes'],
    ["0,1,512,X,1", 'column 9: found "X", expected R or W'],
    ["0,1,512,constructor,1", 'found "constructor", expected R or W'],
    ["0,1,512,,1", "column 9: found end of line, expected R or W"],
    ["0,1,512,R", "column 10: found end of line, expected a timestamp in s"],
    ["0,1,512,R,x", 'column 11: found "x", expected a timestamp in seconds'],
    ["0,1,512,R,1.x", 'column 13: found "x", expected a timestamp in seconds'],
    ["0,1,512,R,.", 'column 11: found ".", expected a timestamp in seconds'],
    [
      "0,1,512,R,1.0000000001x",
      'column 22: found "1x", expected a timestamp in seconds',
    ],
    [",1,512,R,1", "column 1: found end of line, expected the number of an"],
    ["0,99999999999999,512,R,1", "expected an offset in sectors of 512 bytes"],
    ["0,17592186044415,1024,R,1", "expected an I/O that ends below 2^53 bytes"],
  ];
  for (const [row, message] of cases) {
    await assertRejects(
      () => traceRows(`${ROW}${row}\n`),
      SyntaxError,
      message,
      row,
    );
  }
});

Deno.test("csv formats read or refuse any row", async () => {
  const field = fc.constantFrom(
    ...["", "0", "1", "-1", "R", "W", "Read", "2a", "9e9", " ", "1.5", "99"],
    ..."99999999999999999999999".split(","),
  );
  const csvs = TRACE_FORMATS.flatMap(({ samples }) =>
    samples.filter((text) => typeof text === "string" && text.includes(","))
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...csvs),
      fc.array(field, { maxLength: 9 }),
      fc.uint8Array({ maxLength: 30 }),
      async (sample, fields, tail) =>
        await readsOrRefuses(
          new Uint8Array([
            ...new TextEncoder().encode(`${sample}${fields.join(",")}\n`),
            ...tail,
          ]),
        ),
    ),
    { numRuns: 500 },
  );
});
