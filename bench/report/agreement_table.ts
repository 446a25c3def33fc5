/**
 * What was counted and both engines' times and ratios of one cell side by side,
 * and what was computed of how they agree.
 */
import type { Interval, Verdict } from "../result/timing_types.ts";
import { shortVerdict } from "../result/verdict.ts";
import type { ResultAgreement, ResultCell } from "../result/result.ts";
import { printableCell } from "../text/plain_table.ts";
import { agreementChart } from "./agreement_chart.ts";
import {
  charted,
  type FigureColumn,
  prose,
  type Section,
  table,
} from "./blocks.ts";
import { endsColumn, figureColumn, wordColumn } from "./columns.ts";
import { pictureName } from "./chart_labels.ts";

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
  readonly verdicts: readonly (Verdict | null)[];
}

/**
 * Returns the table of two engines.
 *
 * @param cell The cell of the second engine.
 * @returns The table, and whether the engines agree in plain words; nothing if
 *   the cell was not run on two engines.
 */
export function agreementSection(cell: ResultCell): Section {
  const { agreement } = cell;
  if (agreement === undefined || agreement === null) return [];
  const { engines, layouts, times = [] } = agreement;
  const hasTimes = times.length > 0;
  const isCounted = layouts.some(({ instructionRatio }) => instructionRatio);
  const none = { nsPerIo: [], factor: null, ratios: [], verdicts: [] };
  const rows: AgreementRow[] = (hasTimes ? times : layouts).map((one) => ({
    ...none,
    ...layouts.find(({ name }) => name === one.name),
    ...one,
  }));
  const isBaseline = ({ name }: AgreementRow) => name === cell.baseline;
  const columns: FigureColumn<AgreementRow>[] = [
    wordColumn("both engines", ({ name }) => name),
    ...(hasTimes
      ? engines.map((engine, index) =>
        figureColumn(
          `${engine} ns`,
          ({ nsPerIo }: AgreementRow) => nsPerIo[index]?.median,
          { key: `agreement.${engine}.nsPerIo.median` },
        )
      )
      : []),
    ...(hasTimes
      ? [figureColumn("factor", ({ factor }: AgreementRow) => factor, {
        key: "agreement.factor",
        text: (factor) => factor?.toFixed(1) ?? "-",
      })]
      : []),
    ...(isCounted
      ? [figureColumn(
        "instr.",
        (row: AgreementRow) => isBaseline(row) ? 1 : row.instructionRatio,
        { key: "agreement.instructionRatio" },
      )]
      : []),
    ...engines.flatMap((engine, index) => {
      const key = `agreement.${engine}`;
      // The ratio of an engine goes with its interval, the last engine's first.
      const splitRank = engines.length - index;
      return [
        figureColumn(
          engine,
          ({ ratios }: AgreementRow) => ratios[index]?.median,
          { key: `${key}.ratio.median`, splitRank },
        ),
        endsColumn("95% CI", ({ ratios }: AgreementRow) => ratios[index], {
          key: `${key}.ratio`,
          splitRank,
        }),
        wordColumn(
          "difference",
          (row: AgreementRow) =>
            isBaseline(row) ? "baseline" : shortVerdict(row.verdicts[index]),
          { key: `${key}.difference`, splitRank },
        ),
      ];
    }),
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
  return {
    name: pictureName(cell, "agreement"),
    title: `Do the engines agree? ${printableCell(cell.workload)}`,
    description:
      `Ratios to ${printableCell(baseline)} that each engine measured, ` +
      "with their 95% intervals.",
    spec,
  };
}
