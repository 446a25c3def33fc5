/**
 * A plain-text mail to a kernel list: claim, tables, method in three lines,
 * and the command that repeats it. At most 72 columns, ASCII where the names
 * in the file are.
 */
import type { LabWarning } from "../experiment/warning.ts";
import type { LabResult, ResultCell, ResultLayout } from "../result.ts";
import { agreementTable } from "./agreement_table.ts";
import { cellSkips, cellTrust, doneCells, isTooNoisy } from "./cell_facts.ts";
import { cellTables } from "./cell_tables.ts";
import type { Exporter } from "./exporter.ts";
import { formatChange, formatPercent } from "./figure.ts";
import { HARNESS_NOTE, harnessTable } from "./harness_table.ts";
import { machineWords } from "./machine_words.ts";
import { plainTable, printable } from "./plain_table.ts";
import { repeatCommand } from "./repeat_command.ts";
import { commandLines } from "./shell_words.ts";
import { plainDrawing, workersTables } from "./workers_tables.ts";
import { wrap } from "./wrap.ts";
import { mostOf } from "./extremes.ts";

const WIDTH = 72;

/** A mail for a kernel list. */
export const mail: Exporter = {
  name: "mail",
  description: "plain text of 72 columns for a kernel list",
  render: (result) =>
    [
      ...result.cells.flatMap((cell) =>
        prose(`${setting(cell)}: ${claim(cell)}`, "  ")
      ),
      "",
      ...result.cells.flatMap(tables),
      ...warnings(result.warnings),
      ...doneCells(result).flatMap((line) => [...prose(line), ""]),
      ...method(result),
      ...prose(machineWords(result.environment)),
      "",
      ...repetition(result),
    ].join("\n") + "\n",
};

function prose(text: string, indent = ""): string[] {
  return wrap(text, { width: WIDTH, indent });
}

/** Warnings are part of the claim: without them it would be another one. */
function warnings(list: readonly LabWarning[]): string[] {
  const lines = list.flatMap(({ code, message, hint }) =>
    prose(`Warning (${code}): ${message}; ${hint}`, "  ")
  );
  return lines.length === 0 ? [] : [...lines, ""];
}

/** The command that makes the result again, and what it cannot say. */
function repetition(result: LabResult): string[] {
  const { words, notes } = repeatCommand(result);
  return [
    ...notes.flatMap((note) => prose(note)),
    ...commandLines(words, { width: WIDTH }),
  ];
}

function setting(cell: ResultCell): string {
  return `${printable(cell.workload)}, ${cell.abi}, ${cell.recognition}, ` +
    [cell.engine, ...(cell.kernel === undefined ? [] : [cell.kernel])]
      .join(", ");
}

function claim(cell: ResultCell): string {
  const baseline = cell.baseline ?? "the baseline";
  const judged = cell.layouts.filter((layout) =>
    layout.name !== cell.baseline && layout.verdict !== null
  );
  const sentences = (["faster", "slower"] as const).flatMap((verdict) => {
    const found = judged.filter((layout) => layout.verdict === verdict);
    return found.length === 0 ? [] : [
      `${titled(verdict)} than ${baseline}: ${
        found.map(withChange).join(", ")
      }.`,
    ];
  });
  const unshown = judged.filter((layout) =>
    layout.verdict === "no difference shown"
  );
  // A single measurement of each has no interval and shows nothing.
  const single = unshown.filter(({ ratio }) => ratio?.low === null);
  const rest = unshown.filter((layout) => !single.includes(layout));
  const noisy = rest.filter(({ detectable }) => isTooNoisy(detectable ?? 0));
  const clear = rest.filter((layout) => !noisy.includes(layout));
  if (clear.length > 0) {
    const seen = mostOf(clear.map((layout) => layout.detectable ?? 0));
    const limit = seen > 0 ? ` (${formatPercent(seen)} would have been)` : "";
    sentences.push(
      `No difference to ${baseline} shown${limit}: ${namesOf(clear)}.`,
    );
  }
  if (noisy.length > 0) {
    sentences.push(`Too noisy to tell from ${baseline}: ${namesOf(noisy)}.`);
  }
  if (single.length > 0) {
    sentences.push(
      `One measurement each, which says nothing of a difference to ` +
        `${baseline}: ${namesOf(single)}.`,
    );
  }
  const all = [...sentences, ...exactClaim(cell)].join(" ");
  if (all !== "") return all;
  return cell.layouts.length < 2
    ? `Nothing to compare with ${baseline}.`
    : "Not timed.";
}

function namesOf(layouts: readonly ResultLayout[]): string {
  return layouts.map(({ name }) => printable(name)).join(", ");
}

function titled(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** What holds on every machine: lines of bio_vec tables. */
function exactClaim(cell: ResultCell): string[] {
  const base = cell.layouts.find((layout) => layout.name === cell.baseline);
  const lines = base?.counts.bvecLinesPerIo;
  if (!lines) return [];
  const changed = cell.layouts.flatMap((layout) => {
    const change = formatChange(layout.counts.bvecLinesPerIo / lines);
    return layout.counts.bvecLinesPerIo === lines
      ? []
      : [`${printable(layout.name)} ${change}`];
  });
  return changed.length === 0
    ? []
    : [`Lines of bio_vecs per I/O: ${changed.join(", ")}.`];
}

function withChange(layout: ResultLayout): string {
  const ratio = layout.ratio;
  return ratio === null
    ? printable(layout.name)
    : `${printable(layout.name)} (${formatChange(ratio.median)}` +
      (ratio.low === null || ratio.high === null
        ? ")"
        : `, 95% CI ${formatChange(ratio.low)} to ${
          formatChange(ratio.high)
        })`);
}

function tables(cell: ResultCell): string[] {
  const limits = { maxWidth: WIDTH };
  const timed = cell.layouts.some((layout) => layout.nsPerIo !== null);
  const harness = harnessTable(cell);
  const agreement = agreementTable(cell);
  return [
    ...prose(setting(cell)),
    ...(cell.setting === undefined ? [] : prose(cell.setting)),
    ...cellSkips(cell).flatMap((line) => prose(line)),
    ...(cell.description === undefined ? [] : prose(cell.description)),
    ...cellTables(cell).flatMap(({ heading, columns, notes }) => [
      ...(heading === "" ? [] : prose(heading)),
      ...plainTable(columns, cell.layouts, limits),
      ...notes.flatMap((note) => prose(note)),
      "",
    ]),
    ...(harness === undefined ? [] : [
      ...prose(HARNESS_NOTE),
      ...plainTable(harness.columns, harness.rows, limits),
      "",
    ]),
    ...(agreement === undefined ? [] : [
      ...plainTable(agreement.columns, agreement.rows, limits),
      ...prose(`${agreement.words}.`),
      "",
    ]),
    ...workersTables(cell, plainDrawing(WIDTH)),
    ...(timed ? [...prose(cellTrust(cell).join(" ")), ""] : []),
    ...warnings(cell.warnings ?? []),
  ];
}

function method({ tool, seed }: LabResult): string[] {
  return [
    "Exact columns: counted from the same simulated path, on any machine.",
    "Ratios: medians of within-round ratios, bootstrap over births, Holm.",
    ...prose(`${tool.name} ${tool.version}, seed ${seed}, on:`),
  ];
}
