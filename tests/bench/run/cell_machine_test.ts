import { assertEquals, assertRejects } from "@std/assert";
import { runLab } from "../../../bench/run/run_lab.ts";
import "../spare_audits.ts";

const P2P_ON_32_BIT =
  "Cannot use --abi ilp32 with --workload 1m-p2p: found buffers on P2P memory, " +
  "which 32-bit kernels do not have (CONFIG_PCI_P2PDMA needs 64BIT), expected " +
  "host memory or a 64-bit ABI";

Deno.test("runLab() refuses a cell that no machine can have before the first cell", async () => {
  const stages: string[] = [];
  await assertRejects(
    () =>
      runLab({
        layouts: ["page_offset"],
        workloads: ["4k-hot", "1m-p2p"],
        abis: ["lp64", "ilp32"],
        rounds: 0,
      }, { onProgress: (_cell, stage) => void stages.push(stage) }),
    RangeError,
    P2P_ON_32_BIT,
  );
  assertEquals(stages, []);
});

Deno.test("runLab() refuses memory out of the ABI's reach before the first cell", async () => {
  await assertRejects(
    () =>
      runLab({
        layouts: ["page_offset"],
        workloads: ["4k-hot"],
        abis: ["lp64", "ilp32"],
        // 4 GiB, one byte more than 32 bits of physical address reach
        machine: { sgl: false, iommu: false, memoryStart: 2 ** 32 },
        rounds: 0,
      }),
    RangeError,
    '(workload "4k-hot", ABI ilp32)',
  );
});
