import { assertEquals } from "@std/assert";
import { traceRows } from "./trace_rows.ts";

Deno.test("cloudphysics reads rows by their SCSI commands", async () => {
  const { format, rows, tally } = await traceRows(
    "version,time,op,size,lbn\n1,5633898,2a,512,42932745\n" +
      "1,5633899,28,6656,40409911\n1,5633899,8,512,7\n1,5633899,35,0,0\n" +
      "1,5633899,12,36,0\n1,5633899,8e,512,8\n",
  );
  assertEquals(format, "CloudPhysics csv");
  assertEquals(rows, [
    [1, 42932745 * 512, 512, 0],
    [0, 40409911 * 512, 6656, 1e9],
    [0, 3584, 512, 1e9], // READ(6)
    [2, 0, 0, 1e9], // SYNCHRONIZE CACHE
    [1, 4096, 512, 1e9], // WRITE AND VERIFY(16)
  ]);
  assertEquals(tally.skipped, { header: 1, "SCSI command 0x12": 1 });
});
