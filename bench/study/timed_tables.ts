/**
 * The timed tables of the page of results, made from a study and nothing else:
 * ratios on warm and on cold caches, and what they are made of where a rule has
 * a part in them.
 */
import { recognitions } from "../../sim/recognition/recognition_registry.ts";
import { ENOUGH_BUILDS } from "../result/summary_warnings.ts";
import { FEW_BUILDS_NOTE } from "../report/cell_facts.ts";
import { formatFigure } from "../text/figure.ts";
import { machineWords } from "../report/machine_words.ts";
import { type Column, plainTable } from "../text/plain_table.ts";
import { STUDIED_LAYOUTS } from "../setup/run_layouts.ts";
import { BASELINE } from "../setup/baseline.ts";
import { noiseFloors, timedCells } from "./figures.ts";
import { PAGE_WIDTH, proseLines } from "./page_text.ts";
import type { Study, StudyTimedCell } from "./study_file.ts";
import { agreementTables, MARKS, REFUSED_MARK } from "./agreement_lines.ts";
import type { MachineCodeRecord } from "./machine_code.ts";
import { isRefused, type ThreeColumns, threeColumns } from "./three_columns.ts";
import { STUDY_WORKLOADS } from "./study_plan.ts";
import { type MixedCell, mixedCell } from "./mixing_parts.ts";
import { isWithdrawn, WITHDRAWN, withdrawnNote } from "./withdrawn.ts";
import { leastOf, mostOf } from "../text/extremes.ts";

/** @returns Lines of at most 80 columns; none if nothing was timed. */
export function timedTables(
  study: Study,
  code?: MachineCodeRecord,
): string[] {
  const { timed } = study;
  if (timed === null) return [];
  const kinds = new Set(
    timed.cells.map(({ engine, recognition }) => `${engine}, ${recognition}`),
  );
  const builds = timed.cells.map((cell) => cell.builds);
  const rounds = timed.cells.map((cell) => cell.rounds);
  const note = withdrawnNote(study);
  const refusals = threeColumns(study, code);
  const tables = [...kinds].map((kind) => {
    const [engine = "", recognition = ""] = kind.split(", ");
    return ratioTable(kind, {
      ...{ study, refusals },
      cells: timedCells(study, { engine, recognition }),
    });
  });
  return [
    ...proseLines(
      `Time relative to ${BASELINE}: - faster, + slower, unmarked: no ` +
        `difference shown, ${REFUSED_MARK}: contradicted and refused; (x%): ` +
        `smallest difference that the cell could have shown, for its worst ` +
        `layout. ${timed.date}, ` +
        `${machineWords(timed.environment)}; ${range(builds)} builds of ${
          range(rounds)
        } ` +
        `rounds${
          leastOf(builds) < ENOUGH_BUILDS ? ` (${FEW_BUILDS_NOTE})` : ""
        }; ${BASELINE} differed from itself by up to ` +
        `${noiseFloors(timed.cells)}.`,
    ),
    ...(note === undefined ? [] : ["", ...proseLines(`${note}.`)]),
    ...tables.flatMap((lines) => ["", ...lines]),
    ...coldTables(study),
    "",
    ...agreementTables(study, code),
  ];
}

/**
 * Ratios of the first I/Os of each turn in C: what other work has pushed out of
 * the caches is fetched again, as in a kernel that does more than this I/O.
 */
function coldTables(study: Study): string[] {
  const tables = recognitions.flatMap((recognition) => {
    const cells = timedCells(study, { engine: "native", recognition })
      .filter(({ layouts }) => Object.values(layouts).some(({ cold }) => cold));
    if (cells.length === 0) return [];
    const rows = layoutsTimed(cells).map((label): RatioRow => ({
      label,
      text: ({ layouts }) => layouts[label]?.cold?.median.toFixed(2) ?? "-",
    }));
    return ["", ...rowsTable(`${recognition}, cold`, cells, rows)];
  });
  return tables.length === 0 ? [] : [
    "",
    ...proseLines(
      "Native, on cold caches: ratios of the first I/Os of each turn, without " +
        "a verdict.",
    ),
    ...tables,
  ];
}

/** A row of ratios: of a layout, or of what a ratio is made of. */
interface RatioRow {
  readonly label: string;
  readonly text: (cell: StudyTimedCell) => string;
}

/** Ratios of the cells of one engine and recognition. */
function ratioTable(
  kind: string,
  { study, cells, refusals }: {
    readonly study: Study;
    readonly cells: readonly StudyTimedCell[];
    readonly refusals: readonly ThreeColumns[];
  },
): string[] {
  const rows = layoutsTimed(cells).map((name): RatioRow => ({
    label: name,
    text: (cell) =>
      isWithdrawn(study, cell) && name in cell.layouts
        ? WITHDRAWN
        : ratio(cell, name, refusals),
  }));
  const mixed = cells.flatMap((cell) => {
    const parts = mixedCell(study, cell);
    return parts === undefined ? [] : [{ cell, parts }];
  });
  const [first] = mixed;
  if (first !== undefined) {
    const part = (key: "byLayout" | "byRule") => (cell: StudyTimedCell) => {
      const value = mixed.find((one) => one.cell === cell)?.parts[key];
      return value === null || value === undefined
        ? "-"
        : `${value.toFixed(2)} `;
    };
    const { layout } = first.parts;
    rows.push(
      { label: `${layout}: layout`, text: part("byLayout") },
      { label: `${layout}: rule`, text: part("byRule") },
    );
  }
  rows.push({
    label: "",
    text: (cell) => isWithdrawn(study, cell) ? "-" : worst(cell),
  });
  return [
    ...rowsTable(kind, cells, rows),
    ...mixed.flatMap(({ cell, parts }) => proseLines(mixedNote(cell, parts))),
  ];
}

/** Layouts that were timed beside the baseline. */
function layoutsTimed(cells: readonly StudyTimedCell[]): string[] {
  return STUDIED_LAYOUTS.filter((name) =>
    name !== BASELINE && cells.some(({ layouts }) => name in layouts)
  );
}

/** Rows over the workloads that have a cell. */
function rowsTable(
  header: string,
  cells: readonly StudyTimedCell[],
  rows: readonly RatioRow[],
): string[] {
  const columns: Column<RatioRow>[] = [
    { header, left: true, cell: ({ label }) => label },
    ...STUDY_WORKLOADS.flatMap(({ name, short }): Column<RatioRow>[] => {
      const cell = cells.find(({ workload }) => workload === name);
      return cell === undefined
        ? []
        : [{ header: short, cell: ({ text }) => text(cell) }];
    }),
  ];
  return plainTable(columns, rows, { maxWidth: PAGE_WIDTH });
}

/** Whose doing a ratio is. */
function mixedNote(
  { workload, engine, recognition }: StudyTimedCell,
  { layout, baselineBios, bios, byRule }: MixedCell,
): string {
  const short = STUDY_WORKLOADS.find(({ name }) => name === workload)?.short;
  const figure = (value: number) => formatFigure(value, 6);
  return `${short}: ${BASELINE} takes ${figure(baselineBios)} bios per I/O, ` +
    `${layout} by ${recognition} ${figure(bios)}, because a bio does not mix ` +
    `kinds of memory: that rule, not the encoding, makes these ratios` +
    (byRule === null
      ? "."
      : `; that of ${layout} is its own under ${BASELINE}'s rule (${engine}, ` +
        `page), times the rule's.`);
}

function ratio(
  cell: StudyTimedCell,
  layout: string,
  refusals: readonly ThreeColumns[],
): string {
  const own = cell.layouts[layout];
  if (own === undefined) return "-";
  return own.ratio.median.toFixed(2) +
    (isRefused(refusals, cell, layout) ? REFUSED_MARK : MARKS[own.verdict]);
}

/** What the cell could have shown, for the layout where it saw least. */
function worst(cell: StudyTimedCell): string {
  const all = Object.entries(cell.layouts).flatMap(([name, { detectable }]) =>
    name === BASELINE ? [] : detectable ?? []
  );
  return all.length === 0 ? "-" : `(${(100 * mostOf(all)).toFixed(0)}%)`;
}

function range(values: readonly number[]): string {
  const least = leastOf(values);
  const most = mostOf(values);
  return least === most ? `${least}` : `${least} to ${most}`;
}
