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
import { main as lab } from "../../bench/lab.ts";
import { main as studyCharts } from "../../bench/study/charts_command.ts";
import type { CommandContext } from "../../bench/shell/context.ts";
import type { LabResult } from "../../bench/result/result.ts";
import { notRun } from "../layouts/run_tool.ts";
import { fixedCell, fixedResult } from "../bench/report/fixed_result.ts";
import { captured } from "../bench/captured.ts";
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

/** A page, and what its link to the data saves. */
interface ShownPage {
  /** Markup of the page. */
  readonly html: () => Promise<string>;
  /** Name of the file that it saves. */
  readonly data: string;
}

const full = () =>
  Deno.readTextFile(
    new URL("../data/report/full_result.json", import.meta.url),
  );

/** What a command writes that ends well. */
async function written(
  run: (context: CommandContext) => Promise<number>,
): Promise<string> {
  const { status, out, err } = await captured(run);
  assertEquals([status, err], [0, ""]);
  return out;
}

/** The page of `lab run`, of both engines and a name that is odd. */
async function runPage(): Promise<string> {
  const result: LabResult = JSON.parse(await full());
  const { signal } = new AbortController();
  const more = await madeAnew(
    fixedResult({ cells: [fixedCell({ workload: "64k-mixed" })], config: {} }),
    { signal, readsFiles: false },
  );
  assertEquals(more.length, 2);
  return await renderPage(
    {
      ...result,
      cells: [...result.cells, fixedCell({ workload: "<b>\u202e&" })],
    },
    { more },
  );
}

async function reportPage(): Promise<string> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, await full());
    return await written((context) =>
      lab(["report", file, "--html", "-"], context)
    );
  } finally {
    await Deno.remove(file);
  }
}

/** Two kernels: times that changed, figures that did, and an odd name. */
async function comparePage(): Promise<string> {
  const cells = (kernel: string, factor: number) =>
    ["64k-mixed", "<b>\u202e&"].map((workload) => {
      const cell = fixedCell({ workload, kernel });
      return {
        ...cell,
        layouts: cell.layouts.map((layout, at) => {
          const times = factor ** at;
          const { nsPerIo, counts } = layout;
          return {
            ...layout,
            nsPerIo: nsPerIo && {
              median: nsPerIo.median * times,
              low: (nsPerIo.low ?? 1) * times,
              high: (nsPerIo.high ?? 1) * times,
            },
            counts: { ...counts, biosPerIo: counts.biosPerIo * factor },
          };
        }),
      };
    });
  const folder = await Deno.makeTempDir();
  try {
    const files = [["7.2", 1], ["6.1", 1.25]] as const;
    const paths: string[] = [];
    for (const [kernel, factor] of files) {
      const path = `${folder}/v${kernel}.json`;
      const result = fixedResult({ cells: cells(kernel, factor) });
      const config = { ...result.config, kernel };
      await Deno.writeTextFile(path, JSON.stringify({ ...result, config }));
      paths.push(path);
    }
    const { out } = await captured((context) =>
      lab(
        ["compare", ...paths, "--across", "kernel", "--html", "-"],
        context,
      )
    );
    return out;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function kernelsPage(): Promise<string> {
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
  return comparisonHtml(comparison, "{}");
}

/** As wide as the largest sweeps: sixteen values, twenty layouts. */
function sweepPage(): Promise<string> {
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
  return sweepHtml({
    title: "Sweep <i>",
    parts: sweepDocument(changes, factsOf(cells)),
    changes,
  });
}

const PAGES: Readonly<Record<string, ShownPage>> = {
  "a run": { html: runPage, data: "bvec-lab-result.json.gz" },
  "a report": { html: reportPage, data: "bvec-lab-result.json.gz" },
  "compared results": {
    html: comparePage,
    data: "bvec-lab-comparison.json",
  },
  "the study": {
    html: () => written((context) => studyCharts(["--html", "-"], context)),
    data: "bvec-lab-study.json.gz",
  },
  "two kernels": {
    html: kernelsPage,
    data: "bvec-lab-kernel-comparison.json",
  },
  "a sweep": { html: sweepPage, data: "bvec-lab-sweep.csv.gz" },
};

for (const [name, { html, data }] of Object.entries(PAGES)) {
  Deno.test(`the page of ${name} asks for nothing, says nothing and has no barrier`, async () => {
    const chromium = await pathIfThere();
    if (chromium === undefined) return;
    const markup = await html();
    assert(markup.length < 1_500_000, `${markup.length}`);
    check(await seen(chromium, markup), data);
  });
}
