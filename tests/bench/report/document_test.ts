/**
 * What one format shows, all show: every figure of every table, every
 * paragraph, every warning, the machine, the commit, the time and the command.
 */
import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import {
  type Block,
  type Field,
  type TableBlock,
  tableOf,
} from "../../../bench/report/blocks.ts";
import { markupText } from "../../../bench/draw/markup.ts";
import { renderPage } from "../../../bench/report/html.ts";
import {
  breakdownDocument,
  cellDocument,
  footDocument,
} from "../../../bench/report/document.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { exporters } from "../../../bench/report/registry.ts";
import { printable } from "../../../bench/text/plain_table.ts";
import { renderCell } from "../../../bench/report/text.ts";
import type { LabResult, ResultCell } from "../../../bench/result/result.ts";
import { lab } from "../lab_in_process.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

/** A result with whatever a run can have; where from: tests/data/README.md. */
const FULL: LabResult = JSON.parse(
  await Deno.readTextFile(
    new URL("../../data/report/full_result.json", import.meta.url),
  ),
);

/** A cell in which the baseline recognises otherwise than the layout. */
const SEGMENT = fixedCell({
  workload: "64k-mixed",
  recognition: "segment",
  layouts: [
    fixedLayout({
      counts: { ...fixedLayout().counts, biosPerIo: 8.5, mapBranchesPerIo: 3 },
    }),
    fixedLayout({
      name: "phys_flags",
      recognition: "segment",
      ratio: { median: 0.4, low: 0.38, high: 0.42 },
      verdict: "faster",
      counts: { ...fixedLayout().counts, biosPerIo: 1, mapBranchesPerIo: 2 },
    }),
  ],
});

const ALL: LabResult = {
  ...FULL,
  environment: { ...FULL.environment, date: "2026-11-29T08:41:07Z" },
  interrupted: true,
  cells: [...FULL.cells, SEGMENT],
};

const BY = "structure" as const;

const exporterOf = (name: string) => {
  const found = exporters.find((exporter) => exporter.name === name);
  assert(found !== undefined, name);
  return found;
};

const blocksOf = (cell: ResultCell): Block[] => [
  ...cellDocument(cell).flat(),
  ...breakdownDocument(cell, BY).flat(),
];

const tablesOf = (cell: ResultCell) =>
  blocksOf(cell).flatMap((block) => tableOf(block) ?? []);

/** One space between words, without what only draws a table or escapes. */
function bare(text: string): string {
  return text.replaceAll(/\\(?=[!-/:-@[-`{-~])/g, "").replaceAll("|", " ")
    .replaceAll(/[\s]+/g, " ");
}

/** All that a cell may be as text, by how wide its column is. */
const texts = (cell: TableBlock["rows"][number]["cells"][number]) =>
  new Set([5, 6, 7, 8].map((width) => bare(printable(cell.text(width)))));

Deno.test("the result that is looked through has every table there is", () => {
  const heads = new Set(
    ALL.cells.flatMap(tablesOf).map(({ columns }) => columns[0]?.header),
  );
  assertEquals([...heads].sort(), [
    "I/Os ended",
    "atomics, counted",
    "both engines",
    "exact, branches",
    "exact, per I/O",
    "fault",
    "handling",
    "hardware queues, per I/O",
    "harness",
    "latency, us",
    "lines, counted",
    "measured",
    "measured, too",
    "modelled",
    "rings",
    "scaling",
    "shared lines",
    "shared lines, all",
    "simulated us",
    "structure",
  ]);
});

for (const name of ["text", "markdown"]) {
  Deno.test(`${name} shows every figure of every table`, () => {
    const rows = exporterOf(name).render(ALL, { by: BY }).split("\n")
      .map((line) => bare(line).trim().split(" "));
    for (const table of ALL.cells.flatMap(tablesOf)) {
      for (const row of table.rows) {
        const label = bare(row.cells[0]?.text(8) ?? "").trim();
        const named = rows.filter((words) =>
          words.join(" ").startsWith(`${label} `)
        );
        assert(named.length > 0, label);
        row.cells.forEach((cell, i) => {
          const possible = [...texts(cell)].map((text) => text.trim());
          const isThere = named.some((words) =>
            possible.some((text) =>
              ` ${words.join(" ")} `.includes(` ${text} `)
            )
          ) || possible.includes("");
          assert(
            isThere,
            `${label}, ${table.columns[i]?.header}: ${possible.join(" or ")}`,
          );
        });
      }
      for (const { header } of table.columns) {
        assert(
          rows.some((words) => ` ${words.join(" ")} `.includes(` ${header} `)),
          header,
        );
      }
    }
  });

  Deno.test(`${name} has every paragraph, warning and the command`, () => {
    const text = bare(exporterOf(name).render(ALL, { by: BY }))
      .replaceAll(" \\ ", " ");
    const blocks = [
      ...ALL.cells.flatMap(blocksOf),
      ...footDocument(ALL).flat(),
    ];
    for (const block of blocks) {
      if (
        block.kind === "table" || block.kind === "chart" ||
        block.kind === "drawing"
      ) continue;
      const said = block.kind === "warning"
        ? `${block.warning.message}; ${block.warning.hint}`
        : block.kind === "command"
        ? block.words.join(" ")
        : block.kind === "listing"
        ? block.lines.join(" ")
        : block.text;
      assert(text.includes(bare(said).trim()), said);
    }
  });
}

Deno.test("a page shows every figure, every paragraph and the command", async () => {
  const drawn: string[] = [];
  const page = await renderPage(ALL, { by: BY }, (block) => {
    drawn.push(block.name);
    return Promise.resolve({ widthPx: 1, heightPx: 1, body: "" });
  });
  for (const table of ALL.cells.flatMap(tablesOf)) {
    for (const { cells } of table.rows) {
      for (const cell of cells) {
        const text = markupText(cell.text(8));
        assert(page.includes(`>${text}</t`), text);
      }
    }
  }
  for (
    const block of [
      ...ALL.cells.flatMap(blocksOf),
      ...footDocument(ALL).flat(),
    ]
  ) {
    const said = block.kind === "warning"
      ? block.warning.message
      : block.kind === "command"
      ? block.words.slice(-4).join(" ")
      : block.kind === "prose" || block.kind === "heading"
      ? block.text
      : "";
    assert(page.includes(markupText(said)), said);
  }
  for (const what of ["structs", "lines", "stages", "time", "agreement"]) {
    assert(drawn.some((name) => name.includes(what)), `${what} of ${drawn}`);
  }
  assertEquals(new Set(drawn).size, drawn.length);
});

Deno.test("a page of many cells has all their tables and some pictures", async () => {
  const cells = Array.from({ length: 30 }, (_, i) => ({
    ...(FULL.cells[0] as ResultCell),
    workload: `w${i}`,
  }));
  const drawn: string[] = [];
  const page = await renderPage({ ...FULL, cells }, {}, (block) => {
    drawn.push(block.name);
    return Promise.resolve({ widthPx: 1, heightPx: 1, body: "" });
  });
  const count = (what: string) =>
    drawn.filter((name) => name.endsWith(what)).length;
  assertEquals([count("-lines"), count("-time")], [12, 12]);
  // Of the baseline and of the layout with fewest lines.
  assertEquals(count("-stages"), 10);
  for (const { workload } of cells) assert(page.includes(`${workload}, lp64`));
  assertEquals(page.split("exact, per I/O</th>").length - 1, 30);
  assertEquals(page.split("Not drawn: ").length - 1, 18);
});

Deno.test("csv has every figure of every table in the line of its layout", () => {
  const lines = parse(exporterOf("csv").render(ALL, { by: BY }), {
    skipFirstRow: true,
  });
  const seen = new Set<string>();
  for (const cell of ALL.cells) {
    for (const { rows, columns } of tablesOf(cell)) {
      for (const row of rows) {
        const own = lines.filter((line) =>
          line.workload === cell.workload && line.engine === cell.engine &&
          line.recognition === cell.recognition &&
          (row.layout === undefined || line.name === row.layout)
        );
        assertEquals(
          own.length,
          row.layout === undefined ? cell.layouts.length : 1,
        );
        row.cells.forEach((tableCell, i) => {
          const has = tableCell.fields.some(([, value]) =>
            value !== null && value !== undefined
          );
          // Only what names a row or is not there has no field.
          assert(
            has || i === 0 || /^(-|baseline|)$/.test(tableCell.text(8)),
            `${columns[i]?.header}: ${tableCell.text(8)}`,
          );
          for (const [key, value] of tableCell.fields) {
            for (const line of own) {
              assertEquals(line[key] ?? "", written(value), key);
              seen.add(key);
            }
          }
        });
      }
    }
  }
  assert(seen.size > 150, `${seen.size}`);
});

Deno.test("csv has what stands around the tables", () => {
  const lines = parse(exporterOf("csv").render(ALL, { by: BY }), {
    skipFirstRow: true,
  });
  for (const cell of ALL.cells) {
    const own = lines.filter((line) =>
      line.workload === cell.workload && line.engine === cell.engine &&
      line.recognition === cell.recognition
    );
    assertEquals(own.length, cell.layouts.length);
    for (const block of [...blocksOf(cell), ...footDocument(ALL).flat()]) {
      for (const line of own) {
        if (block.kind === "prose") {
          assert(line[`text.${block.key}`]?.includes(block.text), block.text);
        } else if (block.kind === "warning") {
          const { code, message } = block.warning;
          assert(line["text.warnings"]?.includes(`${code}: ${message}`), code);
        } else if (block.kind === "command") {
          assertEquals(line["command"], block.words.join(" "));
        }
      }
    }
  }
});

Deno.test("no two lines of csv have the same key", () => {
  const key = ["workload", "abi", "recognition", "engine", "kernel"]
    .concat("placement", "name");
  const recognitions = ["page", "segment", "bio"];
  const result = fixedResult({
    cells: recognitions.map((recognition) =>
      // The baseline recognises by page in each.
      fixedCell({ recognition })
    ),
  });
  for (const from of [ALL, result]) {
    const lines = parse(exporterOf("csv").render(from), { skipFirstRow: true });
    const keys = lines.map((line) => key.map((name) => line[name]).join("\0"));
    assertEquals(new Set(keys).size, keys.length);
    assertEquals(
      lines.length,
      from.cells.reduce((sum, { layouts }) => sum + layouts.length, 0),
    );
  }
});

Deno.test("every format names machine, commit, time and command", () => {
  const { words } = footDocument(ALL).flat().find((block) =>
    block.kind === "command"
  ) as Extract<Block, { kind: "command" }>;
  for (const { name, render } of exporters) {
    const text = bare(render(ALL)).replaceAll(" \\ ", " ");
    const commit = String(ALL.environment["commit"]).slice(0, 12);
    for (
      const said of [
        "Example CPU 9000",
        commit,
        "2026-11-29T08:41:07Z",
        // JSON has it as the words that were typed.
        name === "json" ? String(ALL.config["command"]) : words.join(" "),
      ]
    ) {
      assert(text.includes(said), `${name}: ${said}`);
    }
  }
});

Deno.test("a figure that owes to the mixing rule says so wherever it stands", () => {
  const said = "page_offset takes 8.500 bios per I/O here, the others 1";
  const told = (cell: ResultCell) => renderCell(cell).replaceAll("\n", " ");
  const count = (text: string) => text.split(said).length - 1;
  // Below the measured table; the first one has more words.
  assertEquals(count(told(SEGMENT)), 1);
  assert(told(SEGMENT).includes("because a bio does not mix kinds of memory"));
  const mail = exporterOf("mail").render(fixedResult({ cells: [SEGMENT] }));
  assertEquals(count(mail.replaceAll(/\s+/g, " ")), 1);
  const alike = {
    ...SEGMENT,
    layouts: SEGMENT.layouts.map((layout) => ({
      ...layout,
      counts: { ...layout.counts, biosPerIo: 8.5 },
    })),
  };
  assertEquals(/rule|mix kinds/.test(told(alike)), false);
  // Other bios of the same recognition are the layout's own doing.
  const own = {
    ...SEGMENT,
    layouts: SEGMENT.layouts.map((layout) => ({
      ...layout,
      recognition: "page",
    })),
  };
  assertEquals(/rule|mix kinds/.test(told(own)), false);
});

function written(value: Field[1]): string {
  return value === null || value === undefined || value === "-"
    ? ""
    : String(value);
}

Deno.test("a cell that is asked for twice is run once, and its result can be read", async () => {
  const { status, out } = await lab([
    ...["run", "--workload", "seq128k,seq128k", "--abi", "lp64,lp64"],
    ...["--recognise", "page,page", "--layout", "phyr,phyr", "--ios", "8"],
    ...["--rounds", "0", "--cpu", "none", "--json", "-", "--quiet"],
  ]);
  assertEquals(status, 0);
  const { cells } = readResult(out, "standard output");
  assertEquals(
    cells.map(({ layouts }) => layouts.map(({ name }) => name)),
    [["page_offset", "phyr"]],
  );
});
