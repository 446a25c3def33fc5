/**
 * Pages in a browser: nothing asked of anywhere, nothing in the console, no
 * barrier that axe knows, in both schemes, on a small screen and on paper.
 *
 * Debian's Chromium is a witness as others are: where it is not installed, the
 * test says so.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { madeAnew } from "../../bench/command/made_anew.ts";
import { comparisonHtml } from "../../bench/kernel/comparison_html.ts";
import type { KernelComparison } from "../../bench/kernel/compare.ts";
import { renderPage } from "../../bench/report/html.ts";
import type { LabResult } from "../../bench/result/result.ts";
import { notRun } from "../layouts/run_tool.ts";
import { fixedCell, fixedResult } from "../bench/report/fixed_result.ts";
import type { SeenPage } from "./look_at_page.ts";
import { ChangeCollector } from "../../bench/sweep/changes.ts";
import { sweepDocument } from "../../bench/sweep/sweep_document.ts";
import { sweepHtml } from "../../bench/sweep/sweep_page.ts";
import { cellOf, factsOf } from "../bench/sweep/merged_rig.ts";

/** Where Debian and others have it. */
const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

async function pathIfThere(): Promise<string | undefined> {
  for (const path of PATHS) {
    try {
      await Deno.stat(path);
      return path;
    } catch {
      // The next one.
    }
  }
  return notRun("chromium");
}

/** Shows a browser a page. */
async function seen(chromium: string, html: string): Promise<SeenPage[]> {
  const file = await Deno.makeTempFile({ suffix: ".html" });
  try {
    await Deno.writeTextFile(file, html);
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          ...["run", "--quiet", "--no-check", "--allow-all"],
          fromFileUrl(new URL("look_at_page.ts", import.meta.url)),
          ...[chromium, file],
        ],
        env: { DENO_NO_UPDATE_CHECK: "1" },
      },
    ).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assert(success, text(stderr));
    return JSON.parse(text(stdout));
  } finally {
    await Deno.remove(file);
  }
}

function check(pages: readonly SeenPage[], data: string): void {
  assertEquals(pages.map(({ colorScheme }) => colorScheme), ["light", "dark"]);
  for (const page of pages) {
    const isDark = page.colorScheme === "dark";
    assertEquals(page.told, []);
    assertEquals(page.violations, []);
    assertEquals(
      [page.background, page.color],
      isDark
        ? ["rgb(21, 23, 28)", "rgb(231, 233, 238)"]
        : ["rgb(255, 255, 255)", "rgb(27, 29, 33)"],
    );
    // Wide tables and pictures move inside of the page, which does not.
    assertEquals([page.overflowPx, page.stuck], [0, []]);
    assertEquals(page.firstFocus, "Skip to the content");
    assertEquals(page.saved, data);
    assert(page.folded > 0);
    assertEquals(page.paper, {
      background: "rgb(255, 255, 255)",
      hasTables: true,
      hasContents: false,
      overflowPx: 0,
    });
  }
}

Deno.test("a page of a result asks for nothing, says nothing and has no barrier", async () => {
  const chromium = await pathIfThere();
  if (chromium === undefined) return;
  const full: LabResult = JSON.parse(
    await Deno.readTextFile(
      new URL("../data/report/full_result.json", import.meta.url),
    ),
  );
  const { signal } = new AbortController();
  const more = await madeAnew(
    fixedResult({ cells: [fixedCell({ workload: "64k-mixed" })], config: {} }),
    { signal, readsFiles: false },
  );
  assertEquals(more.length, 2);
  const html = await renderPage(
    // Both engines, verdicts of all kinds, and a name that is odd.
    { ...full, cells: [...full.cells, fixedCell({ workload: "<b>\u202e&" })] },
    { more },
  );
  assert(html.length < 1_500_000, `${html.length}`);
  check(await seen(chromium, html), "bvec-lab-result.json.gz");
});

Deno.test("a page of two kernels does neither", async () => {
  const chromium = await pathIfThere();
  if (chromium === undefined) return;
  const figure = (name: string, base: number, patched: number, noise = 0) => ({
    ...{ name, base, patched, noise },
    verdict: base === patched ? "same" : "exact",
  } as const);
  const comparison: KernelComparison = {
    base: "base (6.1.0)",
    patched: "packed (6.1.0)",
    controlled: false,
    setting: {
      ...{ qemu: "7.2.22", tool: "bvec-lab 0.1.0", controller: "prp" },
      ...{ warmup: 40, latencyNs: 20_000_000, append: "" },
    },
    sizes: [figure("bio_vec", 16, 12)],
    workloads: [{
      name: "c_128k_pread_scattered",
      figures: {
        core: figure("core", 12_015, 14_113, 20),
        all: figure("all", 15_000, 17_098, 40),
        loads: figure("loads", 5707, 5700),
        stores: figure("stores", 2682, 2682),
        lines: figure("lines", 275, 273),
        bvecLines: figure("bvecLines", 8, 6),
      },
      areas: [figure("block", 12_015, 14_113)],
      lines: [figure("bio_vec", 8, 6)],
      ...{ accesses: [], functions: [], inlined: [], noisyFunctions: [] },
    }],
    warnings: ["no --control"],
  };
  check(
    await seen(chromium, await comparisonHtml(comparison, "{}")),
    "bvec-lab-kernel-comparison.json",
  );
});

Deno.test("a page of a sweep does neither", async () => {
  const chromium = await pathIfThere();
  if (chromium === undefined) return;
  // As wide as the largest sweeps: sixteen values, twenty layouts.
  const cells = Array.from({ length: 96 }, (_, i) =>
    cellOf(
      {
        workload: i % 16 === 3 ? "<b>\u202e&" : `workload-${i % 16}`,
        abi: `abi${Math.floor(i / 16) % 3}`,
        kernel: `7.${Math.floor(i / 48)}`,
      },
      Object.fromEntries([
        ["page_offset", 100],
        ...Array.from({ length: 20 }, (_, at) => [
          `layout_of_some_length_${at}`,
          80 + (i * 7 + at * 13) % 50,
        ]),
      ]),
    ));
  const collector = new ChangeCollector(["workload", "abi", "kernel"]);
  for (const cell of cells) collector.add(cell);
  const { changes } = collector;
  const html = await sweepHtml({
    title: "Sweep <i>",
    parts: sweepDocument(changes, factsOf(cells)),
    changes,
  });
  assert(html.length < 1_500_000, `${html.length}`);
  check(await seen(chromium, html), "bvec-lab-sweep.csv.gz");
});
