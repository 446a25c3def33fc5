/**
 * A merged sweep as one page without anything from outside, and as Markdown.
 * Cells are read one after the other: what is kept of each is a figure a
 * layout.
 */
import { stringify } from "@std/csv";
import { downloadLink } from "../draw/download.ts";
import { nameFrom } from "../draw/markup.ts";
import { writePage } from "../report/html.ts";
import { markdownBlock } from "../report/markdown.ts";
import type { DocumentPart } from "../report/page_document.ts";
import { printableLine } from "../../sim/text/printable.ts";
import { csvText } from "../text/csv_text.ts";
import { markdownText } from "../text/markdown_text.ts";
import { ChangeCollector, type SweepChanges } from "./changes.ts";
import { sweepDocument } from "./sweep_document.ts";
import { mergedCells } from "./sweep_result.ts";
import type { Survey } from "./survey.ts";

/** Characters of a plan's name in a title. */
const MOST_TITLE = 100;

export interface SweepPage {
  readonly title: string;
  readonly parts: readonly DocumentPart[];
  /** The figures behind it, for `data.csv` of the page. */
  readonly changes: readonly SweepChanges[];
}

export async function readSweepPage(
  survey: Survey,
  signal?: AbortSignal,
): Promise<SweepPage> {
  const collector = new ChangeCollector(survey.manifest.axes);
  for await (const cell of mergedCells(survey, signal)) collector.add(cell);
  const { changes } = collector;
  if (changes.length === 0) {
    throw new RangeError(
      "Cannot draw the sweep: found no cell with a figure of its baseline " +
        "and of another layout, expected at least one",
    );
  }
  return {
    title: `Sweep: ${printableLine(survey.manifest.name).slice(0, MOST_TITLE)}`,
    parts: sweepDocument(changes, survey),
    changes,
  };
}

export async function sweepHtml(
  { title, parts, changes }: SweepPage,
): Promise<string> {
  return await writePage({
    title,
    lead: "How layouts of bio_vec compare over the cells of a plan.",
    parts,
    data: "<p>The changes of each cell; <code>lab merge --json</code> has " +
      "all figures.</p>\n" +
      await downloadLink("bvec-lab-sweep.csv", csvOf(changes), "text/csv"),
  });
}

export interface MarkdownPageOptions {
  /** Files of its charts that are beside it. */
  readonly pictures?: ReadonlySet<string>;
  /** Markup below its title. */
  readonly note?: string;
}

/** Writes the page as Markdown, its charts as their tables. */
export function sweepMarkdown(
  { title, parts }: SweepPage,
  { pictures = new Set(), note }: MarkdownPageOptions = {},
): string {
  return [
    `# ${markdownText(title)}`,
    ...(note === undefined ? [] : [note]),
    ...parts.flatMap(({ heading, sections, isBelow }) => [
      `${isBelow ? "###" : "##"} ${markdownText(heading)}`,
      ...sections.flat().flatMap((block) => {
        if (block.kind !== "chart") return [markdownBlock(block)];
        const file = `${nameFrom(block.name)}.svg`;
        const text = markdownText(block.title);
        return [
          `${text}:`,
          ...(pictures.has(file) ? [`![${text}](${file})`] : []),
          markdownBlock(block),
        ];
      }),
    ]),
  ].join("\n\n") + "\n";
}

/** A row for each layout of each cell; names are safe as in other CSV. */
function csvOf(all: readonly SweepChanges[]): string {
  const axes = all[0]?.axes.map(({ name }) => name) ?? [];
  const rows = all.flatMap(({ metric, rows }) =>
    rows.flatMap(({ id, axes: values, changes, best }) =>
      [...changes].map(([layout, change]) => [
        csvText(id),
        ...axes.map((name) => csvText(values[name] ?? "")),
        metric.key,
        metric.kind,
        csvText(layout),
        // A figure, and no formula where it is negative.
        Number(change.toPrecision(6)),
        best.includes(layout),
      ])
    )
  );
  const head = [
    "cell",
    ...axes,
    "figure",
    "kind",
    "layout",
    "changePercent",
    "isBest",
  ];
  return stringify([head, ...rows], { headers: false });
}
