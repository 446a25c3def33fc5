import { assertEquals } from "@std/assert";
import { UNKNOWN_SETUP } from "../../../bench/oracle/recorded_setup.ts";
import { listOracleFiles } from "../../../bench/oracle/rows.ts";
import { replayFile } from "../../../bench/oracle/run_oracle.ts";
import { recordedFile, replayedRows, ROWS } from "../../recorded_rows.ts";

/**
 * Rows that the path does not cover, each for a reason that is in the kernel
 * or in the recording machine and not in the row; all others must be exact.
 */
const NOT_REPEATABLE =
  "not repeatable: two boots of the kernel gave other requests";
const WORKERS =
  "an io_uring worker sleeps on a tag: the CPU scheduler picks who runs";
const COMPLETIONS =
  "the scheduler's choices depend on when the device completes";
const PAST = "the scheduler goes on from where an unknown row has left it";
const FSYNC = "a work queue runs aio fsync, at its own time";
const OWN_CMB =
  "QEMU refuses a command that mixes its own CMB with other memory";
// null_blk and virtio_blk of the P2P runs, whose set-up nobody wrote down.
const P2P_6_12 = { [UNKNOWN_SETUP]: 5, [OWN_CMB]: 10 };
const P2P_7_2 = { [UNKNOWN_SETUP]: 5 };
const REASONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "merge.6.1": {
    [NOT_REPEATABLE]: 8,
    [COMPLETIONS]: 1,
    [WORKERS]: 1,
    [FSYNC]: 2,
  },
  "merge.6.12": { [NOT_REPEATABLE]: 7, [FSYNC]: 2, [PAST]: 1 },
  "merge.7.2": {
    [NOT_REPEATABLE]: 11,
    [COMPLETIONS]: 1,
    [PAST]: 1,
    [FSYNC]: 2,
  },
  "p2p.6.12.iommu.amd": P2P_6_12,
  "p2p.6.12.iommu.intel": P2P_6_12,
  "p2p.6.12.noiommu.amd": P2P_6_12,
  "p2p.6.12.noiommu.intel": P2P_6_12,
  "p2p.7.2.iommu.amd": P2P_7_2,
  "p2p.7.2.iommu.intel": P2P_7_2,
  "p2p.7.2.noiommu.amd": P2P_7_2,
  "p2p.7.2.noiommu.intel": P2P_7_2,
};

for (const path of await listOracleFiles(ROWS)) {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.jsonl.*/, "");
  Deno.test(`the path does what Linux did: ${name}`, async () => {
    const file = await recordedFile(name);
    const result = replayFile(file, replayedRows(file));
    const reasons = REASONS[name] ?? {};
    const left = Object.values(reasons).reduce((sum, n) => sum + n, 0);
    assertEquals(result.differences, []);
    assertEquals(result.reasons, reasons);
    assertEquals(result.covered, file.rows.length - left);
    assertEquals(result.exact, result.covered);
  });
}
