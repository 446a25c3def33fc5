import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { groupSizes, measureScaling } from "../../../bench/workers/scaling.ts";
import type { ResultScaling } from "../../../bench/result/group_types.ts";
import { groupFigures } from "../../../bench/workers/group_figures.ts";
import { targetMachine } from "../../../bench/workers/target_machine.ts";
import { plainSections } from "../../../bench/report/plain_blocks.ts";
import { workersSections } from "../../../bench/report/workers_tables.ts";
import { mail } from "../../../bench/report/mail.ts";
import { markdown } from "../../../bench/report/markdown.ts";
import { text } from "../../../bench/report/text.ts";
import { fixedCell, fixedResult } from "../report/fixed_result.ts";

Deno.test("groupSizes() doubles up to the largest", () => {
  assertEquals(groupSizes(1), [1]);
  assertEquals(groupSizes(2), [1, 2]);
  assertEquals(groupSizes(6), [1, 2, 4, 6]);
  assertEquals(groupSizes(8), [1, 2, 4, 8]);
});

const limits = {
  baseline: "page_offset",
  builds: 1,
  rounds: 2,
  budgetNs: 1e9,
  seed: 1,
  clock: () => performance.now() * 1e6,
};

Deno.test("measureScaling() refuses more isolates than can live at once", async () => {
  const { setup, window } = await targetMachine(64);
  const setups = new Map(
    ["a", "b"].map((layout) => [layout, { ...setup, layout }]),
  );
  await assertRejects(
    () =>
      measureScaling({
        ...limits,
        setups,
        window,
        workers: 200,
        devices: 0,
        poll: false,
      }),
    RangeError,
    "Cannot run with workers 200: 2 layouts need 402 isolates at once, " +
      "expected at most 256 (--layout)",
  );
});

Deno.test("workersSections() has a word for each speed-up, and for few builds", () => {
  const row = {
    layout: "page_offset",
    workers: 2,
    devices: 0,
    builds: 2,
    iosPerSecond: { median: 1e6, low: 9e5, high: 1.1e6 },
    perWorker: [5e5, 5e5],
    speedUp: { median: 2.6, low: 0.3, high: 21 },
    speedUpVerdict: "no difference shown",
    efficiency: { median: 1.3, low: 0.15, high: 10.5 },
    ratio: { median: 1, low: 1, high: 1 },
    ratioVerdict: null,
  } as const;
  const one = {
    ...row,
    workers: 1,
    speedUp: { median: 1, low: 1, high: 1 },
    speedUpVerdict: null,
  };
  const group = {
    workers: 2,
    devices: 0,
    poll: false,
    completeOn: "submitter",
    depth: 32,
    groups: [],
  };
  const said = (rows: readonly ResultScaling[]) =>
    plainSections(
      workersSections(fixedCell({ workers: { ...group, scaling: rows } })),
      { width: 80 },
    ).join("\n");

  assertStringIncludes(said([one, row]), "2.600 0.300-21 not shown");
  assertStringIncludes(
    said([one, row]).replaceAll("\n", " "),
    "not shown: 1 is in it; 2 builds of each group: with fewer than 5 an " +
      "interval says little of the next ones",
  );
  const sure = {
    ...row,
    builds: 5,
    speedUp: { median: 1.8, low: 1.7, high: 1.9 },
    speedUpVerdict: "faster",
  } as const;
  assertStringIncludes(said([one, sure]), "1.800 1.700-1.900 faster");
  // What is compared with itself has no interval of no width.
  assertEquals(said([one, sure]).includes("1-1"), false);
  assertEquals(said([sure]).includes("says little"), false);
});

Deno.test("groupFigures() gives figures that the result schema takes and tables of 80 columns", async () => {
  const { setup, window } = await targetMachine(256);
  const workers = await groupFigures({
    ...limits,
    setups: new Map([[setup.layout, setup]]),
    window,
    workers: 2,
    devices: 1,
    poll: false,
    completeOn: "other",
  });

  const [one, two] = workers.scaling;
  assertEquals([one?.workers, two?.workers, two?.devices], [1, 2, 1]);
  assertEquals(one?.speedUp, { median: 1, low: 1, high: 1 });
  // One build: whatever the interval, no speed-up is shown.
  assertEquals(
    [one?.speedUpVerdict, two?.speedUpVerdict, two?.builds],
    [null, "no difference shown", 1],
  );
  assertEquals(two?.perWorker.length, 2);
  assert(two !== undefined);
  // Half of the speed-up, of two workers.
  assertEquals(two.efficiency.median, two.speedUp.median / 2);
  const [group] = workers.groups;
  // 4 passes of 256 I/Os; each frees a bio and a blkdev_dio at least once on
  // the other worker, but for those whose opener came last.
  assertEquals(group?.observedIos, 1024);
  assert((group?.remoteFrees ?? 0) > 1024, `${group?.remoteFrees}`);
  assertEquals(group?.ringEntries, 1024);
  // 128 of 4 KiB
  assertEquals(group?.verifiedBytes, 128 * 4096);

  const result = fixedResult({ cells: [fixedCell({ workers })] });
  const { error } = resultSchema.safeParse(result);
  assertEquals(error, undefined);
  const lines = plainSections(workersSections(fixedCell({ workers })), {
    width: 80,
  });
  const tooLong = lines.filter((line) => line.length > 80);
  assertEquals(tooLong, []);
  for (const { name, render } of [text, markdown]) {
    assert(render(result).includes("speed-up"), name);
  }
  const tooWide = mail.render(result).split("\n").filter((line) =>
    line.length > 72
  );
  assertEquals(tooWide, []);
  for (const word of ["speed-up", "remote frees", "shared lines"]) {
    assert(lines.some((line) => line.includes(word)), lines.join("\n"));
  }
});
