import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { layouts } from "../../../layouts/registry.ts";
import { answer } from "../../../bench/report/answer.ts";
import { answerDocument } from "../../../bench/report/answer_document.ts";
import { findAnswer } from "../../../bench/report/found_answer.ts";
import type { LayoutFigures } from "../../../bench/report/answer_figures.ts";
import { instructionText } from "../../../bench/report/answer_rows.ts";
import { differenceColumn } from "../../../bench/report/footprint_columns.ts";
import { HtmlBlocks } from "../../../bench/report/html_blocks.ts";
import { rebaseResult } from "../../../bench/result/rebase_result.ts";
import type { ResultLayout } from "../../../bench/result/result.ts";
import { completeOptions } from "../../../bench/run/options.ts";
import { DEFAULT_LAYOUTS } from "../../../bench/setup/run_layouts.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

/** A run without options, in which nothing is equal: the longest screen. */
function defaultRun() {
  const cells = ["4k-hot", "128k-scattered"].map((workload, index) =>
    fixedCell({
      workload,
      kernel: "7.2",
      leftOut: [],
      layouts: DEFAULT_LAYOUTS.map((name, i): ResultLayout =>
        fixedLayout({
          name,
          detectable: 0.45 + i / 100,
          counts: {
            ...fixedLayout().counts,
            linesPerIo: 24.25 + index * 47 + i / 8,
          },
        })
      ),
      warnings: [
        ...["busy-machine", "other-work", "modified-checkout", "few-rounds"],
        ...["noisy-control", "not-steady", "harness-share"],
      ].map((code) => ({
        ...{ code, message: "m", hint: "h" },
      })),
    })
  );
  return fixedResult({
    config: { ...completeOptions({}), command: "run" },
    environment: {
      cpuModel: "Intel(R) Xeon(R) Platinum 8488C Processor",
      cpuCount: 192,
      deno: "2.9.6",
      commit: "c9b7f5298a5e7e0d9c0a9a1f2b3c4d5e6f708192",
      date: "2026-11-29T12:40:25Z",
    },
    cells,
  });
}

Deno.test("answer.render() of a run without options is one screen", () => {
  const lines = answer.render(defaultRun()).trimEnd().split("\n");

  assert(lines.length <= 45, `${lines.length}:\n${lines.join("\n")}`);
  for (const line of lines) assert(line.length <= 80, line);
});

Deno.test("answer.render() says what each layout is", () => {
  const text = answer.render(defaultRun()).replaceAll(/\s+/g, " ");

  for (const { name, title } of layouts) {
    if (DEFAULT_LAYOUTS.includes(name)) {
      assertStringIncludes(text, `${name}: ${title}`);
    }
  }
});

Deno.test("answer.render() shows recorded instructions of a plain run alone", () => {
  const result = defaultRun();
  const hasCode = (own: typeof result) =>
    answer.render(own).includes("bench/results/machine_code.json");

  assertEquals(hasCode(result), true);
  for (
    const change of [
      { batch: 8 },
      { submitter: "pagecache" },
      { placement: "huge" },
      { limits: { ...QUEUE_LIMIT_PRESETS.nvme_prp, maxSegments: 64 } },
      { machine: { sgl: true, iommu: false } },
    ]
  ) {
    assertEquals(
      hasCode({ ...result, config: { ...result.config, ...change } }),
      false,
      JSON.stringify(change),
    );
  }
  assertEquals(hasCode({ ...result, seed: 2 }), false);
});

Deno.test("findAnswer() folds layouts that are equal in all that is shown", () => {
  const base = fixedLayout({ detectable: null });
  const layouts = [
    base,
    fixedLayout({ name: "phyr", detectable: 0.02 }),
    fixedLayout({ name: "len56_p2p", detectable: 0.03 }),
    fixedLayout({ name: "phys_packed", bytesPerSegment: 12, detectable: 0.02 }),
    fixedLayout({ name: "phys_len", bytesPerSegment: 12, detectable: 0.04 }),
    fixedLayout({
      name: "pfn_t",
      verdict: "slower",
      ratio: { median: 1.1, low: 1.05, high: 1.2 },
    }),
  ];
  const { rows } = findAnswer(
    fixedResult({ cells: [fixedCell({ layouts })] }),
  );

  assertEquals(
    rows.map(({ name, equals }) => [name, ...equals]),
    [
      ["page_offset", "phyr", "len56_p2p"],
      // As large as each other; the weaker statement is true of both.
      ["phys_packed", "phys_len"],
      ["pfn_t"],
    ],
  );
  assertEquals(rows[1]?.figures[0]?.time, { kind: "none", detectable: 0.04 });
  // The baseline's is its own, however well others could have been seen.
  const { rows: [first] } = findAnswer(fixedResult({
    cells: [fixedCell({
      layouts: [
        fixedLayout({ detectable: 0.01 }),
        fixedLayout({ name: "phyr", detectable: 0.03 }),
      ],
    })],
  }));
  assertEquals(first?.equals, ["phyr"]);
  assertEquals(first?.figures[0]?.time, { kind: "none", detectable: 0.01 });
});

Deno.test("answer.render() of any result has a screen", () => {
  for (
    const cells of [
      [],
      [fixedCell({ layouts: [] })],
      [fixedCell({ layouts: [fixedLayout({ name: "phyr" })] })],
      [fixedCell(), fixedCell({ kernel: "6.1" })],
    ]
  ) {
    const text = answer.render(fixedResult({ cells }));
    assertEquals(/NaN|undefined|Infinity/.test(text), false, text);
  }
});

Deno.test("answer.render() says nothing of instructions that are not recorded", () => {
  const run = defaultRun();
  const text = answer.render(rebaseResult(run, "phyr"));

  assertStringIncludes(answer.render(run), "Instructions of the path in C");
  assertEquals(text.includes("Instructions"), false, text);
  assertEquals(text.includes(" instr"), false, text);
});

Deno.test("the answer's table names its groups whole, on a page as well", async () => {
  const run = defaultRun();
  const untimed = {
    ...run,
    cells: run.cells.map((cell) => ({
      ...cell,
      layouts: cell.layouts.map((layout) => ({ ...layout, nsPerIo: null })),
    })),
  };
  assertStringIncludes(answer.render(untimed), "128k-scattered\n");

  const markup = await new HtmlBlocks().sections(answerDocument(untimed));
  assertStringIncludes(
    markup,
    '<tr><td colspan="2"></td><th scope="colgroup" colspan="2">4k-hot</th>',
  );
  assertStringIncludes(markup, "# every table; --html FILE: charts");
});

Deno.test("instructionText() writes a baseline's figure, and others' as a change", () => {
  const of = (instructions: number, instructionRatio: number | null) =>
    ({ instructions, instructionRatio }) as LayoutFigures;
  assertEquals(instructionText(of(16000, 1), true), "16000");
  assertEquals(instructionText(of(14672, 0.917), false), "-8.3%");
  assertEquals(instructionText(of(20480, 1.28), false), "+28%");
  assertEquals(instructionText(of(16000, 1), false), "0");
  assertEquals(instructionText(of(16000, null), false), "-");
});

Deno.test("a row of several layouts says of their times what is true of all", () => {
  const row = (...detectable: (number | null)[]) =>
    findAnswer(fixedResult({
      cells: [fixedCell({
        layouts: [
          fixedLayout({ detectable: null }),
          ...detectable.map((own, i) =>
            fixedLayout({
              name: ["phyr", "len56_p2p"][i] ?? "",
              bytesPerSegment: 12,
              detectable: own,
            })
          ),
        ],
      })],
    })).rows[1];
  // Too noisy is weaker than nothing shown, whichever comes first.
  for (const order of [[0.03, 0.9], [0.9, 0.03]]) {
    const found = row(...order);
    assertEquals(found?.equals, ["len56_p2p"]);
    assertEquals(found?.figures[0]?.time, { kind: "unclear" });
  }
});

Deno.test("where both engines were timed, the answer has the times of C", () => {
  const of = (engine: "js" | "native", median: number) =>
    fixedCell({
      engine,
      layouts: [fixedLayout({ nsPerIo: { median, low: null, high: null } })],
    });
  for (const cells of [["js", "native"], ["native", "js"]] as const) {
    const { groups } = findAnswer(fixedResult({
      cells: cells.map((engine) => of(engine, engine === "js" ? 300 : 60)),
    }));
    assertEquals(groups.length, 1);
    assertEquals(groups[0]?.baseline?.nsPerIo, 60);
  }
});

Deno.test("a column of differences refers to the cell's baseline, wherever it stands", () => {
  const layouts = [
    fixedLayout({ name: "phyr", outliers: 7 }),
    fixedLayout({ name: "page_offset", outliers: 4 }),
  ];
  const cell = fixedCell({ layouts, baseline: "page_offset" });
  const { fields } = differenceColumn(cell, {
    key: "outliers",
    of: ({ outliers }) => outliers,
  });
  assertEquals(layouts.map((layout) => fields?.(layout)), [
    [["outliers", 3]],
    [["outliers", 0]],
  ]);
});
