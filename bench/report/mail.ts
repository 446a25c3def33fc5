/**
 * A plain-text mail to a kernel list: claim, tables, method in three lines,
 * and the command that repeats it. At most 72 columns, ASCII where the names
 * in the file are.
 */
import type { ResultCell, ResultLayout } from "../result.ts";
import { prose, type Section } from "./blocks.ts";
import { isTooNoisy } from "./cell_facts.ts";
import { breakdownDocument, cellDocument, footDocument } from "./document.ts";
import type { Exporter } from "./exporter.ts";
import { mostOf } from "./extremes.ts";
import { formatChange, formatPercent } from "./figure.ts";
import { mixingReminder } from "./mixing.ts";
import { plainSections } from "./plain_blocks.ts";
import { printable } from "./plain_table.ts";
import { wrap } from "./wrap.ts";

const WIDTH = 72;

/** A mail for a kernel list. */
export const mail: Exporter = {
  name: "mail",
  description: "plain text of 72 columns for a kernel list",
  render: (result, { by } = {}) =>
    [
      ...result.cells.flatMap((cell) =>
        wrap(`${setting(cell)}: ${claim(cell)}`, { width: WIDTH, indent: "  " })
      ),
      "",
      ...plainSections([
        ...result.cells.flatMap((cell) => [
          ...cellDocument(cell),
          ...breakdownDocument(cell, by),
        ]),
        method(),
        ...footDocument(result),
      ], { width: WIDTH, warning: "Warning" }),
    ].join("\n") + "\n",
};

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
  const rule = mixingReminder(cell);
  const all = [
    ...sentences,
    ...exactClaim(cell),
    ...(rule === "" ? [] : [`But ${rule}.`]),
  ].join(" ");
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

/** How the figures came about, for those who do not know the lab. */
function method(): Section {
  return [
    ...prose(
      "method",
      "Exact columns: counted in a model of the path, the same on any machine.",
    ),
    ...prose(
      "method",
      "Ratios: medians of within-round ratios, bootstrap over births, Holm.",
    ),
  ];
}
