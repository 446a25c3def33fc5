/**
 * Both engines' ratios of one cell side by side, and what they agree on.
 */
import type { ResultAgreement, ResultCell } from "../result.ts";
import { formatEnds, formatFigure } from "./figure.ts";
import type { Column } from "./plain_table.ts";

/** One layout on two engines. */
export type AgreementRow = ResultAgreement["layouts"][number];

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
  const columns = agreement.engines.flatMap((
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
      cell: ({ verdicts }) => word(verdicts[index]),
    },
  ]);
  return {
    columns: [
      { header: "ratios of both", left: true, cell: ({ name }) => name },
      ...columns,
    ],
    rows: agreement.layouts,
    words: agreement.words,
  };
}

function word(verdict: string | null | undefined): string {
  return verdict === "no difference shown" ? "not shown" : verdict ?? "-";
}
