/** Which stage of the path touches how many lines of which structure. */
import { STAGE_ORDER } from "../../sim/path/path_stages.ts";
import type { ResultCell, ResultLayout } from "../result/result.ts";
import { type Block, charted, type FigureColumn, table } from "./blocks.ts";
import { figureColumn, wordColumn } from "./columns.ts";
import { pictureName } from "./chart_labels.ts";
import { heatChart } from "./heat_chart.ts";
import { printableCell } from "../text/plain_table.ts";

interface StageRow {
  readonly structure: string;
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Returns the chart with its table.
 *
 * @returns The chart; nothing for a layout that was not traced by stage.
 */
export function stageChart(cell: ResultCell, layout: ResultLayout): Block[] {
  const touched = layout.footprint?.structuresInStages ?? [];
  const stages = [...new Set(touched.map(({ stage }) => stage))].sort((a, b) =>
    rank(a) - rank(b)
  );
  const structures = [...new Set(touched.map(({ structure }) => structure))];
  const rows: StageRow[] = structures.map((structure) => ({
    structure,
    lines: new Map(
      touched.filter((one) => one.structure === structure)
        .map(({ stage, linesPerIo }) => [stage, linesPerIo]),
    ),
  }));
  const columns: FigureColumn<StageRow>[] = [
    wordColumn("structure", ({ structure }) => structure),
    ...stages.map((stage) =>
      figureColumn(
        printableCell(stage),
        ({ lines }: StageRow) => lines.get(stage),
      )
    ),
  ];
  const spec = heatChart(
    rows.flatMap(({ structure, lines }) =>
      [...lines].map(([stage, heat]) => ({
        row: structure,
        column: stage,
        heat,
      }))
    ),
    { rows: structures, columns: stages, rowTitle: "", columnTitle: "" },
  );
  return charted(table(columns, rows), {
    name: pictureName(cell, `${layout.name}-stages`),
    title: `Where ${printableCell(layout.name)} touches lines: ` +
      printableCell(cell.workload),
    description: "Lines of 64 bytes per I/O that a stage of the path touches " +
      "of a structure, in the order of the stages.",
    spec,
  });
}

/** Unknown stages, of another version, are after those that are known. */
function rank(stage: string): number {
  const at = (STAGE_ORDER as readonly string[]).indexOf(stage);
  return at < 0 ? STAGE_ORDER.length : at;
}
