/**
 * What `lab heat` prints: a row per line of the structure, with the accesses
 * to each 8 bytes of it, then the same lines by stage; and as JSON.
 */
import { plural } from "../../sim/text/plural.ts";
import type { FieldCell, ReadsWrites } from "../../sim/trace/field_heat.ts";
import type { HeatCell } from "../../sim/trace/heat_map.ts";
import { STAGE_ORDER } from "../../sim/path/path_stages.ts";
import { formatFigure } from "../text/figure.ts";
import { type Column, plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import { labTool } from "../machine/tool.ts";
import { mostOf } from "../text/extremes.ts";

/** The version of the JSON of `lab heat`. */
const HEAT_SCHEMA_VERSION = 1;

const WIDTH = 80;
const POINTERS_NOTE =
  "page pointers that extraction stages in the array count " +
  "as the fields whose place they take (submit)";
const WORD_BYTES = 8;
const LINE_BYTES = 64;

/** What was traced, and where it was hot. */
export interface Heat {
  readonly layout: string;
  readonly abi: string;
  readonly workload: string;
  /** How P2P memory was recognised. */
  readonly recognition: string;
  readonly kernel: string;
  /** Whose memory I/O was on. */
  readonly submitter: string;
  /** The machine, in short phrases. */
  readonly setting: readonly string[];
  readonly structure: string;
  readonly seed: number;
  /** I/Os traced. */
  readonly ios: number;
  /** I/Os in flight. */
  readonly depth: number;
  /** Accesses by 64 bytes, summed over the I/Os. */
  readonly lines: readonly HeatCell[];
  /** Accesses by 8 bytes, summed over the I/Os. */
  readonly words: readonly HeatCell[];
  /** Loads and stores by field, summed over the I/Os, if asked for. */
  readonly fields?: readonly FieldCell[] | undefined;
}

/** Returns the JSON of a heat map, all counts per I/O. */
export function heatJson(heat: Heat): Record<string, unknown> {
  const perIo = (cells: readonly HeatCell[]) =>
    cells.map(({ offsetBytes, accesses, writes, stages }) => ({
      offsetBytes,
      accessesPerIo: accesses / heat.ios,
      writesPerIo: writes / heat.ios,
      stages: Object.fromEntries(
        Object.entries(stages).map(([name, n]) => [name, n / heat.ios]),
      ),
    }));
  return {
    schemaVersion: HEAT_SCHEMA_VERSION,
    tool: labTool(),
    ...heat,
    lines: perIo(heat.lines),
    words: perIo(heat.words),
    ...(heat.fields === undefined
      ? {}
      : { fields: heat.fields.map((field) => fieldJson(field, heat.ios)) }),
  };
}

function fieldJson(
  { name, offsetBytes, sizeBytes, reads, writes, stages }: FieldCell,
  ios: number,
): Record<string, unknown> {
  const perIo = (counts: ReadsWrites) => ({
    readsPerIo: counts.reads / ios,
    writesPerIo: counts.writes / ios,
  });
  return {
    ...{ name, offsetBytes, sizeBytes },
    ...perIo({ reads, writes }),
    stages: Object.fromEntries(
      Object.entries(stages).map(([stage, counts]) => [stage, perIo(counts)]),
    ),
  };
}

/**
 * Returns the text of a heat map, at most 80 columns.
 *
 * @returns The text; ends in a line feed.
 */
export function heatText(heat: Heat): string {
  const { structure, ios, depth, submitter, setting } = heat;
  const title = `${structure} of ${heat.layout}, ${heat.workload}, ` +
    `${heat.abi}, P2P detection ${heat.recognition}, kernel ${heat.kernel}, ` +
    `submitter ${submitter}, ${setting.join(", ")}: ` +
    `accesses per I/O, over ${plural(ios, "I/O")}` +
    (depth === 1 ? "" : `, ${depth} in flight`);
  if (heat.lines.length === 0) {
    return [...wrap(title, { width: WIDTH }), "", "never accessed", ""]
      .join("\n");
  }
  if (heat.fields !== undefined) {
    return [
      ...wrap(title.replace(": accesses", ": loads/stores"), { width: WIDTH }),
      "",
      ...plainTable(fieldColumns(heat.fields, ios), heat.fields, {
        maxWidth: WIDTH,
      }),
      ...(structure === "bio_vec" ? wrap(POINTERS_NOTE, { width: WIDTH }) : []),
      "",
    ].join("\n");
  }
  return [
    ...wrap(title, { width: WIDTH }),
    "",
    ...plainTable(wordColumns(heat), heat.lines, { maxWidth: WIDTH }),
    "",
    ...plainTable(stageColumns(heat), heat.lines, { maxWidth: WIDTH }),
    "",
  ].join("\n");
}

function wordColumns(heat: Heat): Column<HeatCell>[] {
  const byOffset = new Map(
    heat.words.map((word) => [word.offsetBytes, word.accesses]),
  );
  const offsets = Array.from(
    { length: LINE_BYTES / WORD_BYTES },
    (_, i) => i * WORD_BYTES,
  );
  return [
    { header: "byte", cell: ({ offsetBytes }) => String(offsetBytes) },
    ...offsets.map((offset): Column<HeatCell> => ({
      header: `+${offset}`,
      cell: ({ offsetBytes }, width) => {
        const accesses = byOffset.get(offsetBytes + offset);
        return accesses === undefined
          ? "."
          : formatFigure(accesses / heat.ios, Math.min(width, 6));
      },
    })),
    {
      header: "line",
      cell: ({ accesses }, width) => formatFigure(accesses / heat.ios, width),
    },
    {
      header: "",
      left: true,
      cell: ({ accesses }) => bar(accesses, heat.lines),
      splitRank: 1,
    },
  ];
}

/** Loads and stores of a field: all, then by stage. */
function fieldColumns(
  fields: readonly FieldCell[],
  ios: number,
): Column<FieldCell>[] {
  const seen = STAGE_ORDER.filter((stage) =>
    fields.some(({ stages }) => stages[stage] !== undefined)
  );
  const text = (counts: ReadsWrites | undefined): string =>
    counts === undefined
      ? "."
      : `${formatFigure(counts.reads / ios, 4)}/${
        formatFigure(counts.writes / ios, 4)
      }`;
  return [
    { header: "field", left: true, cell: ({ name }) => name },
    { header: "byte", cell: ({ offsetBytes }) => String(offsetBytes) },
    { header: "size", cell: ({ sizeBytes }) => String(sizeBytes) },
    { header: "all", cell: (field) => text(field) },
    ...seen.map((stage): Column<FieldCell> => ({
      header: stage,
      cell: ({ stages }) => text(stages[stage]),
    })),
  ];
}

/** Longest bar, for the hottest line. */
const BAR = 8;

function bar(accesses: number, lines: readonly HeatCell[]): string {
  const most = mostOf(lines.map((line) => line.accesses));
  return "#".repeat(Math.ceil(BAR * accesses / most));
}

function stageColumns(heat: Heat): Column<HeatCell>[] {
  const seen = STAGE_ORDER.filter((stage) =>
    heat.lines.some(({ stages }) => stages[stage] !== undefined)
  );
  return [
    { header: "byte", cell: ({ offsetBytes }) => String(offsetBytes) },
    ...seen.map((stage): Column<HeatCell> => ({
      header: stage,
      cell: ({ stages }, width) => {
        const accesses = stages[stage];
        return accesses === undefined
          ? "."
          : formatFigure(accesses / heat.ios, width);
      },
    })),
    {
      header: "writes",
      cell: ({ writes }, width) => formatFigure(writes / heat.ios, width),
    },
  ];
}
