/**
 * What `lab run --by structure|stage` prints below a cell: for each layout the
 * footprint of an I/O, broken down, at most 80 columns.
 */
import type { ResultCell, ResultFootprint, TouchedPerIo } from "../result.ts";
import { formatFigure, formatPercent } from "./figure.ts";
import { type Column, plainTable, printable } from "./plain_table.ts";

/** By what a footprint can be broken down. */
export const BREAKDOWNS = ["structure", "stage"] as const;

/** By what a footprint is broken down. */
export type Breakdown = typeof BREAKDOWNS[number];

const WIDTH = 80;

interface Row extends TouchedPerIo {
  readonly name: string;
  readonly atDepth: TouchedPerIo | undefined;
}

/**
 * Renders the breakdown of every layout of a cell.
 *
 * @param cell The cell.
 * @param by Structure or stage.
 * @returns The text; ends in a line feed, empty if nothing was traced.
 */
export function renderBreakdown(cell: ResultCell, by: Breakdown): string {
  return cell.layouts.flatMap((layout) => {
    const footprint = layout.footprint;
    if (!isFootprint(footprint)) return [];
    const { atDepth, tracedIos, lineBytes = 64 } = footprint;
    const key = by === "structure" ? "structures" : "stages";
    const rows: Row[] = [
      ...Object.entries(footprint[key]).map(([name, touched]) => ({
        name,
        ...touched,
        atDepth: atDepth[key][name],
      })),
      { name: "all", ...footprint.total, atDepth: atDepth.total },
    ];
    return [
      `${
        printable(layout.name)
      }, by ${by}, per I/O (${tracedIos} traced; queued: ` +
      `${atDepth.depth} in flight` +
      (lineBytes === 64 ? ")" : `; lines of ${lineBytes} B)`),
      ...plainTable(columns(by, lineBytes), rows, { maxWidth: WIDTH }),
      "",
    ];
  }).map((line) => `${line.slice(0, WIDTH)}\n`).join("");
}

function columns(by: Breakdown, lineBytes: number): Column<Row>[] {
  const figure = (
    header: string,
    key: keyof TouchedPerIo,
  ): Column<Row> => ({
    header,
    cell: (row, width) => formatFigure(row[key], width),
  });
  return [
    { header: by, left: true, cell: ({ name }) => name },
    figure("accesses", "accessesPerIo"),
    figure("writes", "writesPerIo"),
    figure("split", "straddlesPerIo"),
    figure("bytes", "bytesPerIo"),
    figure("lines", "linesPerIo"),
    {
      header: "useful",
      cell: ({ bytesPerIo, linesPerIo }) =>
        linesPerIo === 0
          ? "-"
          : formatPercent(bytesPerIo / (linesPerIo * lineBytes)),
    },
    {
      header: "queued lines",
      cell: ({ atDepth }, width) => formatFigure(atDepth?.linesPerIo, width),
    },
  ];
}

function isFootprint(
  footprint: object | null | undefined,
): footprint is ResultFootprint {
  return footprint !== null && footprint !== undefined &&
    ["tracedIos", "total", "structures", "stages", "atDepth"].every((key) =>
      key in footprint
    );
}
