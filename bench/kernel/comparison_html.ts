/** A comparison of two kernels as one page without anything from outside. */
import type { KernelComparison, WorkloadComparison } from "./compare.ts";
import { comparisonTables } from "./comparison_tables.ts";
import { details, summary } from "./comparison_words.ts";
import type { KernelDifference } from "./difference.ts";

const STYLE =
  `body { font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 70em }
table { border-collapse: collapse; margin: 1em 0 }
caption, th:first-child, td:first-child { text-align: left }
th, td { border-bottom: 1px solid #8884; padding: 0.2em 0.7em }
th, td { text-align: right; font-variant-numeric: tabular-nums }
:root { color-scheme: light dark }`;

/**
 * Prints a comparison, with every structure and function that is sure to
 * differ.
 *
 * @param comparison It.
 * @returns The page.
 */
export function comparisonHtml(comparison: KernelComparison): string {
  const { workloads, sizes, warnings, setting } = comparison;
  const title = `Kernel ${comparison.patched} against ${comparison.base}`;
  return [
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${escape(title)}</title><style>${STYLE}</style>`,
    `<h1>${escape(title)}</h1>`,
    paragraph(summary(comparison)),
    ...warnings.map((text) => paragraph(`Note: ${text}`)),
    ...comparisonTables(comparison).map(({ heading, columns }) =>
      table(
        heading,
        columns.map(({ header }) => header),
        workloads.map((one) => columns.map(({ cell }) => cell(one, 24))),
      )
    ),
    ...(sizes.length > 0 ? [differences("Sizes in bytes", sizes)] : []),
    ...workloads.map((one) => section(one, comparison)),
    paragraph(
      `Counted by ${setting.tool} in QEMU ${setting.qemu} (TCG), not timed; ` +
        `core is block, nvme and iov_iter.`,
    ),
  ].join("\n") + "\n";
}

function section(one: WorkloadComparison, comparison: KernelComparison) {
  const found = details(one, comparison);
  if (found.length === 0) return "";
  const tables = found.map(([what, list]) => differences(what, list));
  return `<details><summary>${escape(one.name)}</summary>\n` +
    `${tables.join("\n")}\n</details>`;
}

function differences(
  heading: string,
  list: readonly KernelDifference[],
): string {
  return table(
    heading,
    ["", "base", "patched", "noise"],
    list.map(({ name, base, patched, noise }) =>
      [name, base, patched, noise].map(String)
    ),
  );
}

function table(
  heading: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const row = (cells: readonly string[], tag: "td" | "th") =>
    `<tr>${
      cells.map((text) => `<${tag}>${escape(text)}</${tag}>`).join("")
    }</tr>`;
  return [
    `<table><caption>${escape(heading)}</caption>`,
    row(header, "th"),
    ...rows.map((cells) => row(cells, "td")),
    "</table>",
  ].join("\n");
}

function paragraph(text: string): string {
  return `<p>${escape(text)}</p>`;
}

/** Text from a file must not become markup. */
function escape(text: string): string {
  return text.replaceAll(/\p{C}/gu, " ").replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
