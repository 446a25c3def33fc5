/**
 * What `lab run --by structure|stage` prints below a cell: for each layout the
 * footprint of an I/O, broken down, at most 80 columns.
 */
import type { ResultCell } from "../result/result.ts";
import type { TouchedPerIo } from "../result/exact_types.ts";
import { type FigureColumn, prose, type Section, table } from "./blocks.ts";
import { figureColumn, wordColumn } from "./columns.ts";
import { formatPercent } from "../text/figure.ts";
import { plainSections } from "./plain_blocks.ts";
import { printableCell } from "../text/plain_table.ts";

/** By what a footprint can be broken down. */
export const BREAKDOWNS: readonly Breakdown[] = ["structure", "stage"];

/** By what a footprint is broken down. */
export type Breakdown = "structure" | "stage";

const WIDTH = 80;

interface Row extends TouchedPerIo {
  readonly name: string;
  /** Where it is in the result of its layout. */
  readonly path: string;
  readonly atDepth: TouchedPerIo | undefined;
}

export function breakdownSections(cell: ResultCell, by: Breakdown): Section[] {
  return cell.layouts.flatMap((layout): Section[] => {
    const key = by === "structure" ? "structures" : "stages";
    const { atDepth, tracedIos, lineBytes = 64, total, [key]: parts } =
      layout.footprint ?? {};
    if (tracedIos === undefined || atDepth?.depth === undefined) return [];
    if (parts === undefined || total === undefined) return [];
    const rows: Row[] = [
      ...Object.entries(parts).map(([name, touched]) => ({
        name,
        path: `footprint.${key}.${name}`,
        ...touched,
        atDepth: atDepth[key]?.[name],
      })),
      {
        name: "all",
        path: "footprint.total",
        ...total,
        atDepth: atDepth.total,
      },
    ];
    return [[
      ...prose(
        "footprint",
        `${
          printableCell(layout.name)
        }, by ${by}, per I/O (${tracedIos} traced; queued: ` +
          `${atDepth.depth} in flight` +
          (lineBytes === 64 ? ")" : `; lines of ${lineBytes} B)`),
      ),
      ...table(columns(by, lineBytes), rows, () => layout.name),
    ]];
  });
}

/**
 * Renders the breakdown of every layout of a cell, at most 80 columns.
 *
 * @returns The text; ends in an empty line, empty if nothing was traced.
 */
export function renderBreakdown(cell: ResultCell, by: Breakdown): string {
  return breakdownSections(cell, by).map((section) =>
    plainSections([section], { width: WIDTH }).join("\n") + "\n\n"
  ).join("");
}

function columns(by: Breakdown, lineBytes: number): FigureColumn<Row>[] {
  const figure = (header: string, key: keyof TouchedPerIo) =>
    figureColumn(header, (row: Row) => row[key], {
      key: ({ path }) => `${path}.${key}`,
    });
  return [
    wordColumn(by, ({ name }) => name),
    figure("accesses", "accessesPerIo"),
    figure("writes", "writesPerIo"),
    figure("split", "straddlesPerIo"),
    figure("bytes", "bytesPerIo"),
    figure("lines", "linesPerIo"),
    figureColumn(
      "useful",
      ({ bytesPerIo, linesPerIo }) =>
        linesPerIo === 0 ? null : bytesPerIo / (linesPerIo * lineBytes),
      {
        key: ({ path }) => `${path}.usefulShare`,
        text: (share) => typeof share === "number" ? formatPercent(share) : "-",
      },
    ),
    figureColumn("queued lines", ({ atDepth }) => atDepth?.linesPerIo, {
      key: ({ path }) =>
        path.replace("footprint", "footprint.atDepth") + ".linesPerIo",
    }),
  ];
}
