/**
 * What was counted and both engines' times and ratios of one cell side by side,
 * and what was computed of how they agree.
 */
import type { Interval, Verdict } from "../result/timing_types.ts";
import type { ResultAgreement, ResultCell } from "../result/result.ts";
import { printable } from "../text/plain_table.ts";
import { agreementChart } from "./agreement_chart.ts";
import {
  charted,
  type FigureColumn,
  prose,
  type Section,
  table,
} from "./blocks.ts";
import { endFields } from "./cell_columns.ts";
import { pictureName } from "./chart_labels.ts";
import { formatEnds, formatFigure } from "../text/figure.ts";

/** One layout on two engines. */
interface AgreementRow {
  /** Registry name of the layout. */
  readonly name: string;
  /** Time per I/O of each engine. */
  readonly nsPerIo: readonly (Interval | null)[];
  /** The first engine's over the second's. */
  readonly factor: number | null;
  /** Counted instructions relative to the baseline's. */
  readonly instructionRatio?: number | null | undefined;
  /** Ratios to the baseline; none of the baseline itself. */
  readonly ratios: readonly (Interval | null)[];
  /** What was found of them. */
  readonly verdicts: readonly (Verdict | null)[];
}

/**
 * Gives the table of two engines.
 *
 * @param cell The cell of the second engine.
 * @returns The table, and whether the engines agree in plain words; nothing if
 *   the cell was not run on two engines.
 */
export function agreementSection(cell: ResultCell): Section {
  const { agreement } = cell;
  if (agreement === undefined || agreement === null) return [];
  const { engines, layouts, times = [] } = agreement;
  const timeColumns: FigureColumn<AgreementRow>[] = times.length === 0 ? [] : [
    ...engines.map((engine, index): FigureColumn<AgreementRow> => ({
      header: `${engine} ns`,
      cell: ({ nsPerIo }, width) => formatFigure(nsPerIo[index]?.median, width),
      fields: ({ nsPerIo }) => [[
        `agreement.${engine}.nsPerIo.median`,
        nsPerIo[index]?.median,
      ]],
    })),
    {
      header: "factor",
      cell: ({ factor }) => factor === null ? "-" : factor.toFixed(1),
      fields: ({ factor }) => [["agreement.factor", factor]],
    },
  ];
  const isCounted = layouts.some(({ instructionRatio }) => instructionRatio);
  const instructionColumns: FigureColumn<AgreementRow>[] = !isCounted ? [] : [{
    header: "instr.",
    cell: ({ name, instructionRatio }, width) =>
      formatFigure(name === cell.baseline ? 1 : instructionRatio, width),
    fields: ({ name, instructionRatio }) => [[
      "agreement.instructionRatio",
      name === cell.baseline ? 1 : instructionRatio,
    ]],
  }];
  const ratioColumns = engines.flatMap((
    engine,
    index,
  ): FigureColumn<AgreementRow>[] => {
    const key = `agreement.${engine}`;
    // The ratio of an engine goes with its interval, the last engine's first.
    const splitRank = engines.length - index;
    const verdict = ({ name, verdicts }: AgreementRow) =>
      name === cell.baseline ? "baseline" : word(verdicts[index]);
    return [
      {
        header: engine,
        cell: ({ ratios }, width) => formatFigure(ratios[index]?.median, width),
        fields: ({ ratios }) => [[
          `${key}.ratio.median`,
          ratios[index]?.median,
        ]],
        splitRank,
      },
      {
        header: "95% CI",
        cell: ({ ratios }) => formatEnds(ratios[index]),
        fields: ({ ratios }) => endFields(`${key}.ratio`, ratios[index]),
        splitRank,
      },
      {
        header: "difference",
        left: true,
        cell: verdict,
        fields: (row) => [[`${key}.difference`, verdict(row)]],
        splitRank,
      },
    ];
  });
  const none = { ratios: [], verdicts: [] };
  const rows: AgreementRow[] = times.length === 0
    ? layouts.map((layout) => ({ ...layout, nsPerIo: [], factor: null }))
    : times.map((time) => ({
      ...none,
      ...layouts.find(({ name }) => name === time.name),
      ...time,
    }));
  const columns: FigureColumn<AgreementRow>[] = [
    {
      header: "both engines",
      left: true,
      cell: ({ name }) => name,
      fields: () => [],
    },
    ...timeColumns,
    ...instructionColumns,
    ...ratioColumns,
  ];
  return [
    ...charted(
      table(columns, rows, ({ name }) => name),
      drawn(cell, agreement),
    ),
    ...prose(
      "agreement",
      (isCounted ? "instr.: counted in C, relative to the baseline; " : "") +
        `${agreement.words}.`,
    ),
  ];
}

/** Both engines' ratios, drawn. */
function drawn(
  cell: ResultCell,
  agreement: ResultAgreement,
): Parameters<typeof charted>[1] {
  const baseline = cell.baseline ?? "the baseline";
  const spec = agreementChart(agreement, baseline);
  return spec === undefined ? undefined : {
    name: pictureName(cell, "agreement"),
    title: `Do the engines agree? ${printable(cell.workload)}`,
    description:
      `Ratios to ${printable(baseline)} that each engine measured, ` +
      "with their 95% intervals.",
    spec,
  };
}

function word(verdict: string | null | undefined): string {
  return verdict === "no difference shown" ? "not shown" : verdict ?? "-";
}
