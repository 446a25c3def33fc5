/**
 * CSV (RFC 4180), one line per layout of a cell.
 *
 * Column names are the paths of the result file, units included, such as
 * `counts.bvecBytesPerIo` and `nsPerIo.median`; an empty field is "missing".
 * Workload, ABI, recognition, engine, kernel, placement and name are the key of
 * a line: no two lines have the same. What is of the cell or of the result is
 * in each of their lines, the paragraphs of a report, too.
 */
import { stringify } from "@std/csv";
import type { LabResult, ResultCell, ResultLayout } from "../result/result.ts";
import { type Block, type CsvField, tableOf } from "./blocks.ts";
import { csvText } from "../text/csv_text.ts";
import { breakdownDocument, cellDocument, footDocument } from "./document.ts";
import type { Exporter, RenderOptions } from "./exporter.ts";
import { commandLines } from "../text/shell_words.ts";

/** One line of the file: a layout in its cell and result. */
interface Line {
  readonly result: LabResult;
  readonly cell: ResultCell;
  readonly layout: ResultLayout;
}

/** Without a field: what a table has, if it is there. */
type Column = readonly [name: string, field?: (line: Line) => unknown];

/** Of the environment; the load and such are not part of what was run. */
const ENVIRONMENT = [
  "date",
  "commit",
  "cpuModel",
  "cpuCount",
  "os",
  "osRelease",
  "deno",
  "v8Flags",
  "compiler",
] as const;

/** Columns that are always there, whatever was run. */
const COLUMNS: readonly Column[] = [
  ["workload", ({ cell }) => cell.workload],
  ["abi", ({ cell }) => cell.abi],
  ["recognition", ({ cell }) => cell.recognition],
  ["engine", ({ cell }) => cell.engine],
  ["kernel", ({ cell }) => cell.kernel],
  ["placement", ({ cell }) => cell.placement],
  ["name", ({ layout }) => layout.name],
  [
    "recognisedBy",
    ({ cell, layout }) => layout.recognition ?? cell.recognition,
  ],
  ["submitter", ({ cell }) => cell.submitter],
  ["description", ({ cell }) => cell.description],
  ["digest", ({ cell }) => cell.digest],
  ["seed", ({ result }) => result.seed],
  ["toolVersion", ({ result }) => result.tool.version],
  ...ENVIRONMENT.map((key): Column => [
    `environment.${key}`,
    ({ result }) => result.environment[key],
  ]),
  ["ios.total", ({ cell }) => cell.ios.total],
  ["ios.reads", ({ cell }) => cell.ios.reads],
  ["ios.writes", ({ cell }) => cell.ios.writes],
  ["ios.others", ({ cell }) => cell.ios.others],
  ["ios.bytes", ({ cell }) => cell.ios.bytes],
  ["ios.skipped", ({ cell }) => cell.ios.skipped],
  ["builds", ({ cell }) => cell.builds],
  ["rounds", ({ cell }) => cell.rounds],
  ["noiseFloor.difference", ({ cell }) => cell.noiseFloor?.difference],
  ["baseline", ({ cell }) => cell.baseline],
  ["bytesPerSegment", ({ layout }) => layout.bytesPerSegment],
  ["nsPerIo.median"],
  ["nsPerIo.low"],
  ["nsPerIo.high"],
  ["iosPerSecond", ({ layout }) => layout.iosPerSecond],
  ["ratio.median"],
  ["ratio.low"],
  ["ratio.high"],
  ["verdict", ({ layout }) => layout.verdict],
  ["adjustedPValue", ({ layout }) => layout.adjustedPValue],
  ["detectable", ({ layout }) => layout.detectable],
  ["betweenBuildSpread", ({ layout }) => layout.betweenBuildSpread],
  ["modelled.cpu", ({ layout }) => layout.modelled?.cpu],
];

/** Comma-separated values. */
export const csv: Exporter = {
  name: "csv",
  description: "one line per layout, RFC 4180, units in column names",
  render: (result, options = {}) => {
    const lines = linesOf(result, options);
    const names = new Set(COLUMNS.map(([name]) => name));
    for (const line of lines) {
      for (const name of line.keys()) names.add(name);
    }
    return stringify([
      [...names].map(csvText),
      ...lines.map((line) => [...names].map((name) => line.get(name) ?? "")),
    ], { headers: false });
  },
};

function linesOf(
  result: LabResult,
  { by }: RenderOptions,
): Map<string, string | number>[] {
  const foot = footDocument(result).flat();
  return result.cells.flatMap((cell) => {
    const blocks = [
      ...cellDocument(cell).flat(),
      ...breakdownDocument(cell, by).flat(),
      ...foot,
    ];
    const shared = sharedFields(blocks);
    return cell.layouts.map((layout) => {
      const line = new Map<string, string | number>();
      const add = ([name, value]: readonly [string, unknown]) => {
        const written = writtenField(value);
        if (written !== "" && !line.has(name)) line.set(name, written);
      };
      for (const [name, field] of COLUMNS) {
        add([name, field?.({ result, cell, layout })]);
      }
      for (const field of rowFields(blocks, layout.name)) add(field);
      for (const [name, value] of Object.entries(layout.counts)) {
        add([`counts.${name}`, value]);
      }
      for (const field of shared) add(field);
      return line;
    });
  });
}

/**
 * Returns what blocks say of a layout.
 *
 * @returns The fields of tables, then what is around them.
 */
export function csvFields(blocks: readonly Block[], name: string): CsvField[] {
  return [...rowFields(blocks, name), ...sharedFields(blocks)];
}

/** What the tables say of a layout, and of the cell as a whole. */
function rowFields(blocks: readonly Block[], name: string): CsvField[] {
  return blocks.flatMap((block) =>
    (tableOf(block)?.rows ?? []).filter(({ layout }) =>
      layout === undefined || layout === name
    ).flatMap(({ cells }) => cells.flatMap(({ fields }) => fields))
  );
}

/** What is around the tables, by what it is about. */
function sharedFields(blocks: readonly Block[]): CsvField[] {
  const texts = new Map<string, Set<string>>();
  const add = (key: string, text: string) =>
    texts.set(key, (texts.get(key) ?? new Set()).add(text));
  for (const block of blocks) {
    switch (block.kind) {
      case "prose":
        add(`text.${block.key}`, block.text);
        break;
      case "listing":
        add(`text.${block.key}`, block.lines.join("\n"));
        break;
      case "warning": {
        const { code, message, hint } = block.warning;
        add("text.warnings", `${code}: ${message}; ${hint}`);
        break;
      }
      case "command":
        add(
          "command",
          commandLines(block.words, { width: Infinity }).join(" "),
        );
        break;
      case "heading": // What it says is in the key of the line.
      case "table": // Those have lines of their own.
      case "chart":
      case "drawing":
        break;
      default:
        block satisfies never;
    }
  }
  return [...texts].map(([key, found]) => [key, [...found].join(" | ")]);
}

/** A result may be untrusted, with any value where one is not checked. */
function writtenField(value: unknown): string | number {
  // What is in a table where there is nothing.
  if (value === "-") return "";
  if (typeof value === "string") return csvText(value);
  return typeof value === "number" && Number.isFinite(value) ? value : "";
}
