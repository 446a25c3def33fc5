/**
 * What one format shows, all show: every figure of every table, every
 * paragraph, every warning, the machine, the commit, the time and the command.
 */
import { assert, assertEquals } from "@std/assert";
import type { Block, TableBlock } from "../../../bench/report/blocks.ts";
import { footDocument } from "../../../bench/report/document.ts";
import { exporters } from "../../../bench/report/registry.ts";
import { printableCell } from "../../../bench/text/plain_table.ts";
import {
  ALL,
  bare,
  blocksOf,
  BY,
  exporterOf,
  tablesOf,
} from "./full_result.ts";

/** All that a cell may be as text, by how wide its column is. */
const texts = (cell: TableBlock["rows"][number]["cells"][number]) =>
  new Set([5, 6, 7, 8].map((width) => bare(printableCell(cell.text(width)))));

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
