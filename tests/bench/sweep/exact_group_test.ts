import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { exactGroup } from "../../../bench/sweep/exact_group.ts";
import { KeptWorkloads } from "../../../bench/sweep/kept_workloads.ts";
import { SharedWork } from "../../../bench/sweep/local_contender.ts";
import { groupCells } from "../../../bench/sweep/jobs.ts";
import type { ResultInput } from "../../../bench/files/result_input.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import { inFolder } from "../lab_in_process.ts";
import { expanded } from "./plan_rig.ts";

const TRACE = `fio version 3 iolog
0 /dev/nvme0n1 add
0 /dev/nvme0n1 open
1 /dev/nvme0n1 read 0 8192
2 /dev/nvme0n1 write 65536 4096
3 /dev/nvme0n1 read 131072 65536
4 /dev/nvme0n1 close
`;

Deno.test("cells of a group have the figures of a run of each alone", async () => {
  await inFolder(async (folder) => {
    const trace = join(folder, "own.iolog");
    await Deno.writeTextFile(trace, TRACE);
    const { cells } = await expanded({
      axes: {
        layout: ["phys_packed"],
        // Lines of 64 bytes, of 32, and those of no CPU that was named.
        cpu: ["zen4", "pentium3", null, "none"],
        kernel: ["6.12", "7.2"],
      },
      workload: trace,
      baseline: "phys_packed",
      rounds: 0,
    });
    const groups = groupCells(cells);
    assertEquals(groups.map(({ length }) => length), [4, 4]);
    const from = { kept: new KeptWorkloads(), work: new SharedWork() };
    let inputs: readonly ResultInput[] = [];
    for (const [index, group] of groups.entries()) {
      const found = await exactGroup(group.map(({ setup }) => setup), from);
      assertEquals(found.reuse, {
        // The second kernel has the same I/Os in the same places.
        ...index === 0 ? { read: 1, reread: 3 } : { read: 0, reread: 4 },
        // Two layouts: one path each for all four.
        ...{ traced: 2, retraced: 6 },
      });
      // What was read before is an input of these as well.
      if (index > 0) {
        assertEquals(found.inputs, inputs);
        continue;
      }
      inputs = found.inputs;
      assertEquals(inputs.length, 1);
      for (const [at, { setup }] of group.entries()) {
        const { result, failure } = await runLab(setup);
        assertEquals(failure, undefined);
        assertEquals(found.cells[at], result.cells[0]);
        assertEquals(found.inputs, result.inputs);
        assertEquals(found.warnings, result.warnings);
      }
    }
  });
});

Deno.test("a group of one layout whose workload differs in anything reads it anew", async () => {
  await inFolder(async (folder) => {
    const trace = join(folder, "own.iolog");
    await Deno.writeTextFile(trace, TRACE);
    const layout = ["page_offset"];
    const { cells } = await expanded({
      workload: trace,
      ...{ rounds: 0, cpu: "none" },
      plans: [
        { axes: { layout, seed: [1, 2] } },
        { axes: { layout, ios: [2] } },
        { axes: { layout, placement: ["huge"] } },
        { axes: { layout, "machine.memoryStart": ["16GiB"] } },
      ],
    });
    const from = { kept: new KeptWorkloads(), work: new SharedWork() };
    const digests: string[] = [];
    for (const group of groupCells(cells)) {
      const found = await exactGroup(group.map(({ setup }) => setup), from);
      const [cell] = found.cells;
      assert(cell !== undefined && !("error" in cell));
      assertEquals([found.reuse.read, found.reuse.reread], [1, 0]);
      assertEquals(cell.layouts.map(({ name }) => name), layout);
      digests.push(cell.digest);
    }
    // No two have the same I/Os in the same places.
    assertEquals([digests.length, new Set(digests).size], [5, 5]);
  });
});

Deno.test("a workload of several windows is read again by each cell", async () => {
  const { cells } = await expanded({
    axes: { layout: ["page_offset"], cpu: ["none", "zen4"] },
    workload: "4k-hot",
    ios: 16385, // one more than a window holds
    rounds: 0,
  });
  const [group = []] = groupCells(cells);
  const found = await exactGroup(
    group.map(({ setup }) => setup),
    { kept: new KeptWorkloads(), work: new SharedWork() },
  );
  assertEquals([found.reuse.read, found.reuse.reread], [2, 0]);
  assertEquals(
    found.cells.map((cell) => "error" in cell ? cell.error : cell.ios.total),
    [16385, 16385],
  );
});
