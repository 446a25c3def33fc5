/**
 * A result as a page: what every report has, and what can only be drawn.
 */
import type { LabResult, ResultCell } from "../result/result.ts";
import { type Block, prose, type Section, table, tableOf } from "./blocks.ts";
import { nameColumn, wordColumn } from "./columns.ts";
import { breakdownDocument, cellDocument, footDocument } from "./document.ts";
import type { RenderOptions } from "./exporter.ts";
import { layoutDrawing } from "./layout_drawing.ts";
import { linesChart } from "./lines_chart.ts";
import { answerDocument } from "./answer_document.ts";
import { printableCell } from "../text/plain_table.ts";
import { abiOf, resultLayout } from "./result_layouts.ts";
import { stageChart } from "./stage_chart.ts";
import { pictureName } from "./chart_labels.ts";
import { printableLine } from "../../sim/text/printable.ts";

export interface DocumentPart {
  readonly heading: string;
  readonly sections: readonly Section[];
  /** Whether the part before it names it in the contents. */
  readonly isBelow?: boolean;
}

export interface PageOptions extends RenderOptions {
  /**
   * Parts that are not in the result but made again from its setup, such as one
   * I/O explained.
   */
  readonly more?: readonly DocumentPart[];
}

/**
 * Cells that are drawn in full, and those of which anything is drawn: a page
 * stays small enough for a mail, and the tables are of all.
 */
const DRAWN_CELLS = { inFull: 5, atAll: 12 } as const;

/**
 * Layouts whose stages are drawn: the baseline, and the one that saves most.
 */
const STAGED = 2;

/**
 * Returns the parts of the page of a result.
 *
 * @returns Answer, layouts, cells, what was made again for it, origin.
 */
export function pageDocument(
  result: LabResult,
  { by, more = [] }: PageOptions = {},
): DocumentPart[] {
  return [
    { heading: "Answer", sections: [answer(result)] },
    { heading: "The layouts", sections: layoutSections(result) },
    ...result.cells.map((cell, index): DocumentPart => ({
      heading:
        `${printableCell(cell.workload)}, ${cell.abi}, ${cell.recognition}` +
        `, ${cell.engine}`,
      sections: cellSections(cell, { by, index }),
    })),
    ...more,
    {
      heading: "Environment and command",
      sections: [...footDocument(result), environment(result)],
    },
  ].filter(({ sections }) => sections.some((section) => section.length > 0));
}

function answer(result: LabResult): Section {
  return result.cells.length === 0
    ? prose("answer", "No cell was finished.")
    : answerDocument(result).flat();
}

function layoutSections(result: LabResult): Section[] {
  const byAbi = new Map<string, Set<string>>();
  for (const { abi, layouts } of result.cells) {
    const names = byAbi.get(abi) ?? new Set();
    byAbi.set(abi, names);
    for (const { name } of layouts) names.add(name);
  }
  return [...byAbi].map(([name, names]): Section => {
    const abi = abiOf(name);
    const found = [...names].map((own) =>
      [own, resultLayout(result, own)] as const
    );
    const unknown = found.filter(([, layout]) => layout === undefined);
    return [
      ...(abi === undefined
        ? prose(
          "unknown",
          `This lab does not know the ABI ${printableCell(name)}.`,
        )
        : layoutDrawing(found.flatMap(([, layout]) => layout ?? []), abi)),
      ...(unknown.length === 0 || abi === undefined ? [] : prose(
        "unknown",
        `Not drawn, as this lab does not know them: ${
          unknown.map(([own]) => printableCell(own)).join(", ")
        }.`,
      )),
    ];
  });
}

function cellSections(
  cell: ResultCell,
  { by, index }: Pick<RenderOptions, "by"> & { index: number },
): Section[] {
  const [head = [], ...rest] = cellDocument(cell);
  const below = [...rest, ...breakdownDocument(cell, by)];
  if (index < DRAWN_CELLS.atAll) {
    return [head, ...cellPictures(cell, index), ...below];
  }
  return [
    [
      ...head,
      ...prose(
        "drawn",
        `Not drawn: a page has the pictures of ${DRAWN_CELLS.atAll} cells at ` +
          "most.",
      ),
    ],
    ...below.map((section) => section.map((block) => tableOf(block) ?? block)),
  ];
}

/** What is in no table of the text. */
function cellPictures(cell: ResultCell, index: number): Section[] {
  const lines = ({ counts }: ResultCell["layouts"][number]) =>
    counts.linesPerIo ?? Infinity;
  const [first, ...rest] = [
    ...cell.layouts.filter(({ name }) => name === cell.baseline),
    ...cell.layouts.filter(({ name }) => name !== cell.baseline)
      .toSorted((a, b) => lines(a) - lines(b)),
  ];
  const staged = first === undefined || index >= DRAWN_CELLS.inFull ? [] : [
    first,
    ...rest.filter((layout) => lines(layout) < lines(first)),
  ].slice(0, STAGED);
  return [
    linesChart(cell, pictureName(cell, "lines")),
    ...staged.map((layout): Block[] => stageChart(cell, layout)),
  ];
}

interface Entry {
  readonly name: string;
  readonly text: string;
}

function environment({ environment }: LabResult): Section {
  const rows = Object.entries(environment).flatMap(([name, value]): Entry[] => {
    const text = typeof value === "string"
      ? value
      : value === undefined || value === null
      ? ""
      : JSON.stringify(value);
    return text === ""
      ? []
      : [{ name: printableLine(name), text: printableLine(text) }];
  });
  return table(
    [nameColumn("environment"), wordColumn("value", ({ text }: Entry) => text)],
    rows,
  );
}
