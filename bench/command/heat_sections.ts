/** The heat of a structure as blocks of a page. */
import type { HeatCell } from "../../sim/trace/heat_map.ts";
import { plural } from "../../sim/text/plural.ts";
import { nameFrom } from "../draw/markup.ts";
import {
  charted,
  type FigureColumn,
  type Section,
  table,
} from "../report/blocks.ts";
import { figureColumn } from "../report/columns.ts";
import { formatFigure } from "../text/figure.ts";
import { heatChart } from "../report/heat_chart.ts";
import type { Heat } from "./heat_report.ts";

const WORD_BYTES = 8;
const LINE_BYTES = 64;
/** Lines that are drawn: more are of arrays, whose lines are alike. */
const MOST_LINES = 16;

/**
 * Returns the section.
 *
 * @returns A chart with its table; nothing for what was never accessed.
 */
export function heatSection(heat: Heat): Section {
  const lines = heat.lines.slice(0, MOST_LINES);
  const words = new Map(
    heat.words.map(({ offsetBytes, accesses }) => [offsetBytes, accesses]),
  );
  const offsets = Array.from(
    { length: LINE_BYTES / WORD_BYTES },
    (_, i) => i * WORD_BYTES,
  );
  const at = (line: HeatCell, offset: number) =>
    (words.get(line.offsetBytes + offset) ?? 0) / heat.ios;
  const columns: FigureColumn<HeatCell>[] = [
    figureColumn("byte", ({ offsetBytes }) => offsetBytes),
    ...offsets.map((offset) =>
      figureColumn(`+${offset}`, (line: HeatCell) => at(line, offset), {
        text: (heat, width) => heat === 0 ? "." : formatFigure(heat, width),
      })
    ),
    figureColumn("line", ({ accesses }) => accesses / heat.ios),
  ];
  const name = (line: HeatCell) => String(line.offsetBytes);
  const spec = heatChart(
    lines.flatMap((line) =>
      offsets.map((offset) => ({
        row: name(line),
        column: `+${offset}`,
        heat: at(line, offset),
      }))
    ),
    {
      rows: lines.map(name),
      columns: offsets.map((offset) => `+${offset}`),
      rowTitle: "",
      columnTitle:
        "byte of the line (left: the byte that the line begins with)",
    },
  );
  const { structure, layout, workload, abi, recognition } = heat;
  const more = heat.lines.length - lines.length;
  return charted(table(columns, lines), {
    name: nameFrom(
      `heat-${workload}-${abi}-${recognition}-${layout}-${structure}`,
    ),
    title: `Heat of ${structure}: ${workload}, ${layout}`,
    description:
      `Accesses per I/O to each ${WORD_BYTES} bytes, over ${
        plural(heat.ios, "I/O")
      }` +
      (more === 0 ? "." : `; ${plural(more, "more line")} not drawn.`),
    spec,
  });
}
