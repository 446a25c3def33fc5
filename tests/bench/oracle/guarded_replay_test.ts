import { assert, assertEquals } from "@std/assert";
import { guardedReplay } from "../../../bench/oracle/guarded_replay.ts";
import { readOracleFile } from "../../../bench/oracle/rows.ts";
import { replayFile } from "../../../bench/oracle/run_oracle.ts";

const PATH = new URL(
  "../../data/kernel/rows/p2p.7.2.noiommu.amd.jsonl.gz",
  import.meta.url,
).pathname;

Deno.test("guardedReplay() counts what a model fails at and goes on", async () => {
  const file = await readOracleFile(PATH);
  let made = 0;
  const result = replayFile(
    file,
    guardedReplay(file, () => {
      made++;
      let rows = 0;
      return () => {
        if (++rows === 2) {
          throw new RangeError("Cannot do it: no, expected yes");
        }
        return { notCovered: "other" };
      };
    }),
  );
  const failed = Math.floor(file.rows.length / 2);
  assertEquals(result.reasons, {
    other: file.rows.length - failed,
    "the model fails: Cannot do it: no, expected yes": failed,
  });
  assertEquals(made, Math.ceil(file.rows.length / 2));
  assert(result.covered === 0);
});

Deno.test("guardedReplay() counts a model that cannot be made", async () => {
  const file = await readOracleFile(PATH);
  const result = replayFile(
    file,
    guardedReplay(file, () => {
      throw new TypeError("no");
    }),
  );
  assertEquals(result.reasons, { "the model fails: no": file.rows.length });
});
