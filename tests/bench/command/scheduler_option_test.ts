import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { differingKeys } from "../../../bench/result/likeness.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { inFolder, lab } from "../lab_in_process.ts";

const RUN = ["run", "--rounds", "0", "--cpu", "none", "--quiet"];
const HELD = ["--scheduler", "mq-deadline"]
  .concat(["--setting", "queue_depth=1,nr_requests=64"]);

async function ran(args: readonly string[]) {
  const { status, out, err } = await lab([...RUN, ...args, "--json", "-"]);
  assertEquals(status, 0, err);
  return readResult(out, "a.json");
}

Deno.test("lab run --scheduler holds requests back, alike for all layouts", async () => {
  const args = ["--workload", "seqread-128k", "--ios", "128"]
    .concat(["--layout", "phyr"]);
  const none = await ran(args);
  const held = await ran([...args, ...HELD]);
  assertEquals(held.config.machine, {
    sgl: false,
    iommu: false,
    settings: { scheduler: "mq-deadline", driverTags: 1, tags: 64 },
  });
  const [cell] = held.cells;
  assert(cell !== undefined);
  assertStringIncludes(
    cell.setting ?? "",
    "scheduler mq-deadline, nr_requests 64, queue_depth 1",
  );
  // One is at the driver and one waits for its tag; the others meet up to 1024
  // sectors, four of 256. 32 at once: 2 + 30 / 4, then 30 more for each 8.
  for (const { name, counts } of cell.layouts) {
    assertEquals(counts.requestsPerIo, 34 / 128, name);
    assertEquals(counts.mergesPerIo, 94 / 128, name);
    assertEquals(counts.requestMergesPerIo, 0, name);
  }
  assertEquals(none.cells[0]?.layouts[0]?.counts.requestsPerIo, 1);
  // Results with and without are not alike.
  assertEquals(
    differingKeys(none, held).map(({ key }) => key),
    ["config.machine.settings"],
  );
});

Deno.test("lab run, explain and heat know their schedulers", async () => {
  for (const command of ["run", "explain", "heat"]) {
    const { status, err } = await lab([command, "--scheduler", "mq-deadlin"]);
    assertEquals(status, 2);
    assertEquals(
      err,
      'lab: Cannot find scheduler "mq-deadlin" (nearest: "mq-deadline"), ' +
        "expected one of: none, mq-deadline\n",
    );
    const alone = await lab([command, "--setting", "fifo_batch=4"]);
    assertEquals(alone.status, 2);
    assertStringIncludes(
      alone.err,
      "Cannot use setting fifo_batch: found no scheduler, expected scheduler",
    );
  }
  const explained = await lab(["explain", ...HELD, "--kernel", "6.12"]);
  assertEquals(explained.status, 0, explained.err);
  assertStringIncludes(explained.out, "letters: Q G P U I D C.");
  assertStringIncludes(explained.out, "scheduler mq-deadline");
  const heat = await lab(["heat", ...HELD, "--structure", "deadline_data"]);
  assertEquals(heat.status, 0, heat.err);
  assertStringIncludes(heat.out, "scheduler mq-deadline");
});

Deno.test("engine native and several workers refuse a scheduler, by name", async () => {
  const native = await lab([...RUN, ...HELD, "--engine", "native"]);
  assertEquals(native.status, 2);
  assertStringIncludes(native.err, "--scheduler mq-deadline: no scheduler is");
  const workers = await lab([...RUN, ...HELD, "--workers", "2"]);
  assertEquals(workers.status, 2);
  assertStringIncludes(
    workers.err,
    "found scheduler mq-deadline, which is one",
  );
});

Deno.test("lab compare refuses results of another scheduler", async () => {
  await inFolder(async (folder) => {
    const args = [...RUN, "--workload", "randrw4k", "--ios", "64"]
      .concat(["--layout", "page_offset"]);
    await lab([...args, "--json", `${folder}/a.json`]);
    await lab([...args, ...HELD, "--json", `${folder}/b.json`]);
    const { status, err } = await lab([
      "compare",
      `${folder}/a.json`,
      `${folder}/b.json`,
    ]);
    assertEquals(status, 2);
    assertStringIncludes(err, "config.machine.settings");
  });
});
