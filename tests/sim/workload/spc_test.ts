import { assertEquals } from "@std/assert";
import { traceRows } from "./trace_rows.ts";

Deno.test("spc reads UMass' rows, and optional columns", async () => {
  const { format, rows, warnings } = await traceRows(
    "0,303567,3584,w,0.000000\n1,55590,3072,r,0.026214,and,more\n" +
      "0,303568,3584,W,0.0262149999\n",
  );
  assertEquals(format, "SPC trace");
  // Blocks of 512 bytes, sizes in bytes, seconds; ns behind the ninth digit
  // are cut. The second storage unit begins at 64 TiB.
  assertEquals(rows, [
    [1, 303567 * 512, 3584, 0],
    [0, 2 ** 46 + 55590 * 512, 3072, 26214000],
    [1, 303568 * 512, 3584, 26214999],
  ]);
  assertEquals(warnings.map(({ code }) => code), ["several-devices"]);
});
