import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { ChangeCollector } from "../../../bench/sweep/changes.ts";
import { expandPlan } from "../../../bench/sweep/expand.ts";
import { readPlan } from "../../../bench/sweep/plan.ts";
import { main as studySweep } from "../../../bench/sweep/results_command.ts";
import { sensitivity } from "../../../bench/sweep/sensitivity.ts";
import { sweepDocument } from "../../../bench/sweep/sweep_document.ts";
import { sweepHtml, sweepMarkdown } from "../../../bench/sweep/sweep_page.ts";
import type { MergedCell } from "../../../bench/sweep/sweep_result.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { cellOf, factsOf } from "./merged_rig.ts";

/**
 * Two workloads on two ABIs. Layout "a" changes by -10 and +30 % by workload
 * alone; "b" by 0 but in one cell, where it is best together with no other.
 */
const CELLS: readonly MergedCell[] = [
  cellOf({ workload: "w", abi: "x" }, { page_offset: 100, a: 90, b: 100 }),
  cellOf({ workload: "w", abi: "y" }, { page_offset: 200, a: 180, b: 200 }),
  cellOf({ workload: "v", abi: "x" }, { page_offset: 100, a: 130, b: 100 }),
  cellOf({ workload: "v", abi: "y" }, { page_offset: 100, a: 130, b: 80 }),
];

function changesOf(cells: readonly MergedCell[]) {
  const collector = new ChangeCollector(["workload", "abi", "layout"]);
  for (const cell of cells) collector.add(cell);
  return collector.changes;
}

Deno.test("changes are of the baseline of the same cell, and ties are all best", () => {
  const [lines, ...others] = changesOf(CELLS);
  assertEquals(others, []);
  assert(lines !== undefined);
  assertEquals(lines.metric.key, "lines");
  assertEquals(lines.axes.map(({ name }) => name), ["workload", "abi"]);
  assertEquals(lines.rows.map(({ best }) => best), [
    ["a"],
    ["a"],
    ["page_offset", "b"],
    ["b"],
  ]);
  assertEquals(
    lines.rows.map(({ changes }) => Math.round(changes.get("a") ?? NaN)),
    [-10, -10, 30, 30],
  );
});

Deno.test("an axis explains what lies between the means of its values", () => {
  const [lines] = changesOf(CELLS);
  assert(lines !== undefined);
  const { axes, together } = sensitivity(lines);
  // a: mean 10, deviations 20 in each of 4 cells: 1600, all between workloads.
  // b: 0, 0, 0, -20: mean -5, 3 * 25 + 225 = 300. Means by workload are 0 and
  // -10: 4 * 25 = 100, and the same by ABI. Total 1900.
  assertEquals(axes.map(({ name }) => name), ["workload", "abi"]);
  assertAlmostEquals(axes[0]?.share ?? 0, 1700 / 1900);
  assertAlmostEquals(axes[1]?.share ?? 0, 100 / 1900);
  assertAlmostEquals(together, 100 / 1900);
  // Medians of a are -10 and 30 by workload; of b 0 and -10 by ABI.
  assertEquals(axes.map(({ layout }) => layout), ["a", "b"]);
  assertAlmostEquals(axes[0]?.spread ?? 0, 40);
  assertAlmostEquals(axes[1]?.spread ?? 0, 10);
  // By workload, none is best in both cells of x, nor of y. By ABI, a is best
  // in both of w, b in both of v.
  assertEquals(axes.map(({ sets, turned }) => [sets, turned]), [[2, 2], [
    2,
    0,
  ]]);
});

Deno.test("equal cells have no axis that matters, and no figure is NaN", async () => {
  const same = ["x", "y"].map((abi) =>
    cellOf({ workload: "w", abi }, { page_offset: 4, a: 3 })
  );
  const changes = changesOf(same);
  assertEquals(changes.length, 1);
  const parts = sweepDocument(changes, factsOf(same));
  const text = sweepMarkdown({ title: "t", parts, changes });
  assertStringIncludes(text, "Along no axis does the best layout change.");
  assertStringIncludes(text, "Changes are the same along every axis");
  assertEquals(/NaN|Infinity|undefined/.exec(text), null);
  const html = await sweepHtml({ title: "t", parts, changes });
  assertEquals(/NaN|Infinity|undefined/.exec(html), null);
});

Deno.test("cells whose baseline has next to nothing are left out, and counted", () => {
  const cell = cellOf({ workload: "w", abi: "x" }, { page_offset: 4, a: 3 });
  const modelled = (cycles: number) => {
    const stretch = {
      ...{ ios: 1, referencesPerIo: 1, levels: [] },
      stallCyclesPerIo: { cycles, low: cycles, high: cycles },
    };
    return { cpu: "z16", depth: 1, warmUpIos: 1, ...stretch, cold: stretch };
  };
  // 0.8 cycles and then 2.4 are no difference of 200 %.
  const cells = [[0.8, 2.4], [100, 90]].map((cycles): MergedCell => ({
    ...cell,
    cell: {
      ...cell.cell,
      layouts: cell.cell.layouts.map((layout, at) => ({
        ...layout,
        modelled: modelled(cycles[at] ?? 0),
      })),
    },
  }));
  const [, stall] = changesOf(cells);
  assertEquals(stall?.metric.key, "stall");
  assertEquals([stall?.rows.length, stall?.small], [1, 1]);
  assertEquals(Math.round(stall?.rows[0]?.changes.get("a") ?? 0), -10);
});

Deno.test("names of strangers stay text on the page and in Markdown", async () => {
  const odd = '<b onload="x">|`\u202e';
  const cells = [odd, "w"].map((workload) =>
    cellOf({ workload, abi: "x" }, {
      page_offset: 4,
      a: workload === odd ? 3 : 5,
    })
  );
  const changes = changesOf(cells);
  const parts = sweepDocument(changes, factsOf(cells));
  const html = await sweepHtml({ title: odd, parts, changes });
  assert(!html.includes("<b onload"));
  assert(!html.includes("\u202e"));
  const text = sweepMarkdown({ title: odd, parts, changes });
  assert(!/(?<!\\)<b onload/.test(text));
  assert(!text.includes("\u202e"));
});

Deno.test("lab merge and lab sweep write the page of a sweep", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.writeTextFile(
      at("plan.json"),
      JSON.stringify({
        axes: {
          layout: ["phys_flags", "phyr"],
          workload: ["4k-hot"],
          abi: ["lp64", "ilp32"],
        },
        ...{ ios: 4, cpu: "none", rounds: 0, name: "small" },
      }),
    );
    const swept = await lab([
      ...["sweep", at("plan.json"), "--out", at("out")],
      ...["--html", at("page.html"), "--shard", "1/2"],
    ]);
    assertEquals(swept.status, 0, swept.err);
    assertEquals([swept.status, swept.out], [
      0,
      `1 of 1 job in ${at("out")}\n`,
    ]);
    assertStringIncludes(
      await Deno.readTextFile(at("page.html")),
      "This is a part: 1 of 2 jobs are done, and",
    );
    const refused = await lab(["merge", at("out"), "--html", at("no.html")]);
    assertEquals(refused.status, 1);
    const whole = await lab([
      ...["sweep", at("plan.json"), "--out", at("out"), "--resume"],
      ...["--markdown", "-"],
    ]);
    assertEquals(whole.status, 0, whole.err);
    assertStringIncludes(whole.out, "# Sweep: small\n\n## Answer\n");
    const merged = await lab([
      ...["merge", at("out"), "--html", at("two.html"), "--svg", at("svg")],
    ]);
    assertEquals(merged.status, 0, merged.err);
    const names: string[] = [];
    for await (const { name } of Deno.readDir(at("svg"))) names.push(name);
    assertEquals(names.sort(), [
      "sweep-lines-best-abi.svg",
      "sweep-lines-change-abi.svg",
      "sweep-lines-sensitivity.svg",
    ]);
    const both = await lab(["merge", at("out"), "--html", "-", "--json", "-"]);
    assertEquals(both.status, 2);
  });
});

Deno.test("study:sweep writes tables, with the charts that say most beside them", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.writeTextFile(
      at("plan.json"),
      JSON.stringify({
        axes: {
          layout: ["phys_flags", "phys_packed"],
          workload: ["4k-hot", "64k-mixed"],
          abi: ["lp64", "ilp32"],
        },
        ...{ ios: 4, cpu: "none", rounds: 0, name: "small" },
      }),
    );
    const { status, err } = await lab([
      ...["sweep", at("plan.json"), "--out", at("out")],
    ]);
    assertEquals(status, 0, err);
    const context = {
      writeOut: () => {},
      writeError: () => {},
      errorIsTerminal: false,
      color: false,
      signal: new AbortController().signal,
    };
    assertEquals(await studySweep([at("out"), "--to", folder], context), 0);
    const page = await Deno.readTextFile(at("sweep.md"));
    for (const name of ["sensitivity", "multiples"]) {
      assertStringIncludes(page, `](sweep-lines-${name}.svg)`);
      const svg = await Deno.readTextFile(at(`sweep-lines-${name}.svg`));
      assertStringIncludes(svg, "<svg");
    }
    assertStringIncludes(page, "deno task study:sweep out/sweep\n");
  });
});

Deno.test("the committed page is of the committed plan", async () => {
  const results = new URL("../../../bench/results/", import.meta.url);
  const text = await Deno.readTextFile(new URL("sweep.plan.json", results));
  const plan = expandPlan(await readPlan(text, "sweep.plan.json"));
  const page = await Deno.readTextFile(new URL("sweep.md", results));
  assertStringIncludes(page, `digest ${plan.digest.slice(0, 12)}`);
  for (const [, name = ""] of page.matchAll(/\]\((sweep-[^)]+\.svg)\)/g)) {
    assert((await Deno.stat(new URL(name, results))).isFile, name);
  }
});
