import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { vscsi } from "../../../sim/workload/vscsi.ts";
import { readsOrRefuses, traceRows } from "./trace_rows.ts";

/** The first two records of data/cloudPhysicsIO.vscsi of libCacheSim. */
const RECORDS = "f4000080000200000100000" + "02a000001" +
  "091a8f020000000022cf82be1f050000" +
  "61000080000200000100000" + "02a000001" +
  "0a1a8f0200000000f18286be1f050000";

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(
    hex.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [],
  );
}

Deno.test("vscsi reads what the csv of the same trace says", async () => {
  const { format, rows } = await traceRows(bytesOf(RECORDS), { chunkBytes: 7 });
  assertEquals(format, "vscsi trace");
  // 1,5633898,2a,512,42932745 and 1,5633898,2a,512,42932746; microseconds
  // 0x51fbe82cf22 and 0x51fbe8682f1 are 242639 apart.
  assertEquals(rows, [
    [1, 42932745 * 512, 512, 0],
    [1, 42932746 * 512, 512, 242639000],
  ]);
});

Deno.test("vscsi reads both versions, and leaves commands out by name", async () => {
  const [first, second] = vscsi.samples as Uint8Array[];
  const one = await traceRows(first ?? "");
  assertEquals(one.rows.map((row) => row.slice(0, 3)), [
    [1, 0, 4096],
    [0, 4096, 4096],
    [2, 0, 0],
  ]);
  assertEquals(one.tally.skipped, { "SCSI command 0x12": 1 });
  const two = await traceRows(second ?? "");
  assertEquals(two.rows, [[0, 0, 4096, 0], [1, 4096, 4096, 1e6]]);
});

Deno.test("vscsi keeps what stands before a cut record, and names a damaged one", async () => {
  const bytes = bytesOf(RECORDS + RECORDS);
  const { rows, warnings } = await traceRows(bytes.subarray(0, 120));
  assertEquals(rows.length, 3);
  assertEquals(warnings.map(({ code }) => code), ["cut-trace"]);
  const many = new Uint8Array(32 * 40);
  for (let i = 0; i < 40; i++) many.set(bytes.subarray(0, 32), 32 * i);
  many[32 * 30 + 15] = 9; // behind what it is told by
  await assertRejects(
    () => traceRows(many),
    SyntaxError,
    'Cannot read vscsi trace "x": record 31, byte 960: found a damaged record,' +
      " expected a record of version 1",
  );
});

Deno.test("vscsi reads or refuses any bytes", async () => {
  const head = bytesOf(RECORDS);
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 100 }),
      fc.integer({ min: 16, max: 64 }),
      async (tail, keep) =>
        await readsOrRefuses(
          new Uint8Array([...head.subarray(0, keep), ...tail]),
        ),
    ),
    { numRuns: 300 },
  );
});
