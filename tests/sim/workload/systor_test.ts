import { assertEquals } from "@std/assert";
import { traceRows } from "./trace_rows.ts";

Deno.test("systor reads rows as the set's README has them", async () => {
  const { format, rows, tally } = await traceRows(
    "Timestamp,Response,IOType,LUN,Offset,Size\n" +
      "1456095145.133076000,0.000806000,R,0,899056122368,131072\n" +
      "1456095145.133077000,,W,0,4096,512\n" +
      "1456095146.000000000,0.001,,0,4096,4096\n",
  );
  assertEquals(format, "SYSTOR '17 csv");
  assertEquals(rows, [
    [0, 899056122368, 131072, 0],
    [1, 4096, 512, 1000],
  ]);
  assertEquals(tally.skipped, { header: 1, "I/O of no type": 1 });
});
