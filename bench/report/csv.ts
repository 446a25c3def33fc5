/**
 * CSV (RFC 4180), one line per layout of a cell.
 *
 * Column names are the paths of the result file, units included, such as
 * `counts.bvecBytesPerIo` and `nsPerIo.median`; an empty field is "missing".
 */
import { stringify } from "@std/csv";
import type { LabResult, ResultCell, ResultLayout } from "../result.ts";
import { csvText } from "./csv_text.ts";
import type { Exporter } from "./exporter.ts";

/** One line of the file: a layout in its cell and result. */
interface Line {
  readonly result: LabResult;
  readonly cell: ResultCell;
  readonly layout: ResultLayout;
}

type Field = string | number | null | undefined;

type Column = readonly [name: string, field: (line: Line) => Field];

const COLUMNS: readonly Column[] = [
  ["workload", ({ cell }) => cell.workload],
  ["abi", ({ cell }) => cell.abi],
  [
    "recognition",
    ({ cell, layout }) => layout.recognition ?? cell.recognition,
  ],
  ["engine", ({ cell }) => cell.engine],
  ["kernel", ({ cell }) => cell.kernel],
  ["placement", ({ cell }) => cell.placement],
  ["digest", ({ cell }) => cell.digest],
  ["seed", ({ result }) => result.seed],
  ["toolVersion", ({ result }) => result.tool.version],
  ["ios.total", ({ cell }) => cell.ios.total],
  ["ios.reads", ({ cell }) => cell.ios.reads],
  ["ios.writes", ({ cell }) => cell.ios.writes],
  ["ios.others", ({ cell }) => cell.ios.others],
  ["ios.bytes", ({ cell }) => cell.ios.bytes],
  ["ios.skipped", ({ cell }) => cell.ios.skipped],
  ["births", ({ cell }) => cell.births],
  ["rounds", ({ cell }) => cell.rounds],
  ["noiseFloor.difference", ({ cell }) => cell.noiseFloor?.difference],
  ["baseline", ({ cell }) => cell.baseline],
  ["name", ({ layout }) => layout.name],
  ["bytesPerSegment", ({ layout }) => layout.bytesPerSegment],
  ["nsPerIo.median", ({ layout }) => layout.nsPerIo?.median],
  ["nsPerIo.low", ({ layout }) => layout.nsPerIo?.low],
  ["nsPerIo.high", ({ layout }) => layout.nsPerIo?.high],
  ["iosPerSecond", ({ layout }) => layout.iosPerSecond],
  ["ratio.median", ({ layout }) => layout.ratio?.median],
  ["ratio.low", ({ layout }) => layout.ratio?.low],
  ["ratio.high", ({ layout }) => layout.ratio?.high],
  ["verdict", ({ layout }) => layout.verdict],
  ["adjustedPValue", ({ layout }) => layout.adjustedPValue],
  ["detectable", ({ layout }) => layout.detectable],
  ["betweenBirthSpread", ({ layout }) => layout.betweenBirthSpread],
  ["modelled.cpu", ({ layout }) => layout.modelled?.cpu],
  ...(["cycles", "low", "high"] as const).map((key): Column => [
    `modelled.stallCyclesPerIo.${key}`,
    ({ layout }) => layout.modelled?.stallCyclesPerIo[key],
  ]),
];

/** Comma-separated values. */
export const csv: Exporter = {
  name: "csv",
  description: "one line per layout, RFC 4180, units in column names",
  render: (result) => {
    const lines = result.cells.flatMap((cell) =>
      cell.layouts.map((layout): Line => ({ result, cell, layout }))
    );
    // Counts are an open record: a column is there if any layout has it.
    const counts = [
      ...new Set(lines.flatMap(({ layout }) => Object.keys(layout.counts))),
    ];
    // So are the caches of the modelled CPU.
    const levels = [
      ...new Set(
        lines.flatMap(({ layout }) =>
          layout.modelled?.levels.map(({ name }) => name) ?? []
        ),
      ),
    ];
    return stringify([
      [
        ...COLUMNS.map(([name]) => name),
        ...counts.map((name) => csvText(`counts.${name}`)),
        ...levels.map((name) => csvText(`modelled.${name}.missesPerIo`)),
      ],
      ...lines.map((line) => [
        ...COLUMNS.map(([, field]) => {
          const value = field(line) ?? "";
          return typeof value === "string" ? csvText(value) : value;
        }),
        ...counts.map((name) => line.layout.counts[name] ?? ""),
        ...levels.map((level) =>
          line.layout.modelled?.levels.find(({ name }) => name === level)
            ?.missesPerIo ?? ""
        ),
      ]),
    ], { headers: false });
  },
};
