import { assertEquals } from "@std/assert";
import { traceRows } from "./trace_rows.ts";

Deno.test("tencent reads rows as the set's README has them", async () => {
  const { format, rows, tally } = await traceRows(
    "1538323200,12910952,128,0,1063\n1538323201,6338688,8,1,1063\n",
  );
  assertEquals(format, "Tencent block csv");
  // Seconds, sectors, 0 is a read.
  assertEquals(rows, [
    [0, 12910952 * 512, 65536, 0],
    [1, 6338688 * 512, 4096, 1e9],
  ]);
  assertEquals([tally.reads, tally.writes], [1, 1]);
});
