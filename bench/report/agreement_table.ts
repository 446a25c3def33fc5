/**
 * Both engines' times and ratios of one cell side by side, and what was
 * computed of how they agree.
 */
import type { Interval, ResultCell, Verdict } from "../result.ts";
import { formatEnds, formatFigure } from "./figure.ts";
import type { Column } from "./plain_table.ts";

/** One layout on two engines. */
export interface AgreementRow {
  /** Registry name of the layout. */
  readonly name: string;
  /** Time per I/O of each engine. */
  readonly nsPerIo: readonly (Interval | null)[];
  /** The first engine's over the second's. */
  readonly factor: number | null;
  /** Ratios to the baseline; none of the baseline itself. */
  readonly ratios: readonly (Interval | null)[];
  /** What was found of them. */
  readonly verdicts: readonly (Verdict | null)[];
}

/** The table of two engines. */
export interface AgreementTable {
  /** The columns. */
  readonly columns: readonly Column<AgreementRow>[];
  /** The rows. */
  readonly rows: readonly AgreementRow[];
  /** Whether the engines agree, in plain words. */
  readonly words: string;
}

/**
 * Gives the table of two engines.
 *
 * @param cell The cell of the second engine.
 * @returns The table; nothing if the cell was not run on two engines.
 */
export function agreementTable(cell: ResultCell): AgreementTable | undefined {
  const { agreement } = cell;
  if (agreement === undefined || agreement === null) return undefined;
  const { engines, layouts, times = [] } = agreement;
  const timeColumns = times.length === 0 ? [] : [
    ...engines.map((engine, index): Column<AgreementRow> => ({
      header: `${engine} ns`,
      cell: ({ nsPerIo }, width) => formatFigure(nsPerIo[index]?.median, width),
    })),
    {
      header: "factor",
      cell: ({ factor }: AgreementRow) =>
        factor === null ? "-" : factor.toFixed(1),
    },
  ];
  const ratioColumns = engines.flatMap((
    engine,
    index,
  ): Column<AgreementRow>[] => [
    {
      header: engine,
      cell: ({ ratios }, width) => formatFigure(ratios[index]?.median, width),
    },
    {
      header: "95% CI",
      cell: ({ ratios }) => formatEnds(ratios[index], 5),
      dropRank: 1,
    },
    {
      header: "difference",
      left: true,
      cell: ({ name, verdicts }) =>
        name === cell.baseline ? "baseline" : word(verdicts[index]),
    },
  ]);
  const none = { ratios: [], verdicts: [] };
  const rows = times.length === 0
    ? layouts.map((layout) => ({ ...layout, nsPerIo: [], factor: null }))
    : times.map((time) => ({
      ...none,
      ...layouts.find(({ name }) => name === time.name),
      ...time,
    }));
  return {
    columns: [
      { header: "both engines", left: true, cell: ({ name }) => name },
      ...timeColumns,
      ...ratioColumns,
    ],
    rows,
    words: agreement.words,
  };
}

function word(verdict: string | null | undefined): string {
  return verdict === "no difference shown" ? "not shown" : verdict ?? "-";
}
