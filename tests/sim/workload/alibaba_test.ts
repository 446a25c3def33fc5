import { assertEquals } from "@std/assert";
import { traceRows } from "./trace_rows.ts";

Deno.test("alibaba reads rows as its README has them", async () => {
  const { format, rows, tally, warnings } = await traceRows(
    "419,W,8792731648,16384,1577808144360767\n" +
      "725,R,59110326272,360448,1577808144360813\n" +
      "419,R,0,512,1577808144360766\n",
  );
  assertEquals(format, "Alibaba block csv");
  // Microseconds since 1970; the second disk begins at 64 TiB.
  assertEquals(rows, [
    [1, 8792731648, 16384, 0],
    [0, 2 ** 46 + 59110326272, 360448, 46000],
    [0, 0, 512, -1000],
  ]);
  assertEquals(tally.bytes, 16384 + 360448 + 512);
  assertEquals(warnings.map(({ code }) => code), ["several-devices"]);
});

Deno.test("alibaba reads a thousand disks, each apart from the others", async () => {
  let text = "";
  for (let disk = 0; disk < 1000; disk++) {
    text += `${disk},R,4096,512,${disk}\n`;
  }
  const { rows } = await traceRows(text);
  const offsets = rows.map((row) => row[1] ?? NaN).sort((a, b) => a - b);
  assertEquals(offsets.length, 1000);
  for (let i = 1; i < offsets.length; i++) {
    // Device 64 and all behind it have 2 TiB each.
    const apart = (offsets[i] ?? 0) - (offsets[i - 1] ?? 0);
    assertEquals(apart, i <= 64 ? 2 ** 46 : 2 ** 41);
  }
});
