/** Cells of which the exact half begins while the one before is not done. */
import { assert, assertEquals } from "@std/assert";
import type { LabRunEvents } from "../../../bench/run/run_events.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import "../spare_audits.ts";

const RUN = {
  layouts: ["phys_len", "phyr", "phys_packed", "soa_phys_len"],
  ios: 40,
  rounds: 0,
};
const WORKLOADS = ["4k-hot", "128k-scattered", "randrw4k"];

/** What is the same in each run of a cell. */
function figuresOf({ result }: Awaited<ReturnType<typeof runLab>>) {
  return result.cells.map(({ workload, digest, layouts }) => ({
    ...{ workload, digest, layouts },
  }));
}

/** Runs with a trace behind the first workload that cannot be read. */
async function withBadTrace(
  at: number,
  events: LabRunEvents = {},
): Promise<Awaited<ReturnType<typeof runLab>>> {
  const file = await Deno.makeTempFile({ suffix: ".iolog" });
  try {
    await Deno.writeTextFile(
      file,
      "fio version 2 iolog\n/dev/nvme0n1 add\n/dev/nvme0n1 open\n" +
        "/dev/nvme0n1 read 0 4096\n/dev/nvme0n1 read none 4096\n",
    );
    const workloads = WORKLOADS.with(at, file);
    return await runLab({ ...RUN, workloads }, events);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("cells that overlap are told in order, with the figures of single ones", async () => {
  const told: string[] = [];
  const together = await runLab({ ...RUN, workloads: WORKLOADS }, {
    onCell: (cell) => {
      told.push(`done ${cell.workload}`);
    },
    // Of the one that is told next, and of no other.
    onProgress: ({ workload }) => {
      if (told.at(-1) !== workload) told.push(workload);
    },
  });
  assertEquals(told, WORKLOADS.flatMap((name) => [name, `done ${name}`]));
  for (const [at, workload] of WORKLOADS.entries()) {
    const alone = await runLab({ ...RUN, workloads: [workload] });
    assertEquals(figuresOf(together)[at], figuresOf(alone)[0]);
  }
});

Deno.test("a cell that cannot be run is told when those before it are kept", async () => {
  for (const at of [0, 1, 2]) {
    const { result, failure } = await withBadTrace(at);
    assertEquals(
      result.cells.map(({ workload }) => workload),
      WORKLOADS.slice(0, at),
    );
    assert(failure?.message.includes("none"), failure?.message);
    assertEquals(result.complete, false);
  }
});

Deno.test("an interrupt keeps the cells that were told, whatever has begun", async () => {
  const interrupt = new AbortController();
  const { result, failure } = await runLab(
    { ...RUN, workloads: WORKLOADS },
    {
      signal: interrupt.signal,
      onCell: () => interrupt.abort(new Error("enough")),
    },
  );
  assertEquals(result.cells.map(({ workload }) => workload), ["4k-hot"]);
  assertEquals([failure?.message, result.interrupted], ["enough", true]);
});
