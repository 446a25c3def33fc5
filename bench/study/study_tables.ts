/**
 * The result tables of the README, made from a study and nothing else: exact
 * ones first, timed ones apart.
 */
import { recognitions } from "../../layouts/layout.ts";
import { ENOUGH_BIRTHS } from "../experiment/summarise.ts";
import { FEW_BIRTHS_NOTE } from "../report/cell_facts.ts";
import { formatFigure, formatPercent } from "../report/figure.ts";
import { machineWords } from "../report/machine_words.ts";
import { type Column, plainTable } from "../report/plain_table.ts";
import { wrap } from "../report/wrap.ts";
import { DEFAULT_LAYOUTS } from "../run/options.ts";
import { BASELINE } from "../run/plan.ts";
import { findFigure, studiedLayouts, timedCells } from "./figures.ts";
import type { Study, StudyTimedCell } from "./study_file.ts";
import { STUDY_WORKLOADS } from "./study_plan.ts";
import { isWithdrawn, WITHDRAWN, withdrawnNote } from "./withdrawn.ts";
import { leastOf, mostOf } from "../report/extremes.ts";

const WIDTH = 80;

/** ABIs of the table of sizes; big-endian ones are as their twins. */
const ABIS = ["lp64", "ilp32", "ilp32_pae", "ilp32_lpae"];

/** The layout that shows what a recognition costs, where it can. */
const SHOWN = "phys_flags";

/**
 * Makes the exact tables.
 *
 * @param study The study.
 * @returns Lines of at most 80 columns.
 */
export function exactTables(study: Study): string[] {
  const names = studiedLayouts(study, DEFAULT_LAYOUTS);
  return [
    ...prose(
      `${STUDY_WORKLOADS[0]?.short} and ${STUDY_WORKLOADS[1]?.short}: ` +
        "registered buffers; the others: pinned user memory. " +
        STUDY_WORKLOADS.map(({ short, meaning }) => `${short}: ${meaning}`)
          .join("; ") +
        ".",
    ),
    "",
    ...plainTable(sizeColumns(study), names, { maxWidth: WIDTH }),
    "",
    ...lineTable(study, names),
    "",
    ...recognitionTable(study),
  ];
}

/** Bytes of a segment on each ABI. */
function sizeColumns(study: Study): Column<string>[] {
  return [
    { header: "bytes a segment", left: true, cell: (name) => name },
    ...ABIS.map((abi): Column<string> => ({
      header: abi,
      cell: (layout, width) =>
        formatFigure(
          findFigure(study, {
            abi,
            layout,
            workload: "128k-scattered",
            column: "bytesPerSegment",
          }),
          width,
        ),
    })),
  ];
}

/** Lines of bio_vecs per I/O. */
function lineTable(study: Study, names: readonly string[]): string[] {
  const columns: Column<string>[] = [
    { header: "lp64, page", left: true, cell: (name) => name },
    ...STUDY_WORKLOADS.map(({ name, short }): Column<string> => ({
      header: short,
      cell: (layout, width) =>
        formatFigure(
          findFigure(study, {
            layout,
            workload: name,
            column: "bvecLinesPerIo",
          }),
          width,
        ),
    })),
  ];
  return [
    ...prose("Lines of 64 bytes of bio_vecs that one I/O touches:"),
    ...plainTable(columns, names, { maxWidth: WIDTH }),
  ];
}

/** One row of the table of recognitions. */
interface Way {
  readonly recognition: string;
  readonly layout: string;
}

/** Lines of everything, by recognition. */
function recognitionTable(study: Study): string[] {
  const ways = recognitions.flatMap((recognition): Way[] => {
    const cells = study.exact.filter((cell) =>
      cell.abi === "lp64" && cell.recognition === recognition
    );
    const names = new Set(cells.flatMap(({ layouts }) => Object.keys(layouts)));
    names.delete(BASELINE);
    const layout = names.has(SHOWN) ? SHOWN : [...names][0];
    if (layout === undefined) return [];
    return recognition === "page"
      ? [{ recognition, layout: BASELINE }, { recognition, layout }]
      : [{ recognition, layout }];
  });
  const columns: Column<Way>[] = [
    {
      header: "lp64",
      left: true,
      cell: ({ recognition, layout }) => `${layout}, ${recognition}`,
    },
    ...STUDY_WORKLOADS.map(({ name, short }): Column<Way> => ({
      header: short,
      cell: (way, width) =>
        formatFigure(
          findFigure(study, { ...way, workload: name, column: "linesPerIo" }),
          width,
        ),
    })),
  ];
  return [
    ...prose(
      "Lines of all structures that one I/O touches, by how P2P memory is " +
        "recognised:",
    ),
    ...plainTable(columns, ways, { maxWidth: WIDTH }),
  ];
}

/**
 * Makes the timed tables.
 *
 * @param study The study.
 * @returns Lines of at most 80 columns; none if nothing was timed.
 */
export function timedTables(study: Study): string[] {
  const { timed } = study;
  if (timed === null) return [];
  const kinds = new Set(
    timed.cells.map(({ engine, recognition }) => `${engine}, ${recognition}`),
  );
  const births = timed.cells.map((cell) => cell.births);
  const rounds = timed.cells.map((cell) => cell.rounds);
  const note = withdrawnNote(study);
  const floors = timed.cells.flatMap(({ noiseFloor }) => noiseFloor ?? []);
  const tables = [...kinds].map((kind) => {
    const [engine = "", recognition = ""] = kind.split(", ");
    return ratioTable(kind, {
      study,
      cells: timedCells(study, { engine, recognition }),
    });
  });
  return [
    ...prose(
      `Time relative to ${BASELINE}: - faster, + slower, unmarked: no ` +
        `difference shown; (x%): smallest difference that the cell could ` +
        `have shown, for its worst layout. ${timed.date}, ` +
        `${machineWords(timed.environment)}; ${range(births)} births of ${
          range(rounds)
        } ` +
        `rounds${
          leastOf(births) < ENOUGH_BIRTHS ? ` (${FEW_BIRTHS_NOTE})` : ""
        }; ${BASELINE} differed from itself by up to ` +
        `${formatPercent(mostOf([0, ...floors]))}.`,
    ),
    ...(note === undefined ? [] : ["", ...prose(`${note}.`)]),
    ...tables.flatMap((lines) => ["", ...lines]),
  ];
}

/** Ratios of the cells of one engine and recognition. */
function ratioTable(
  kind: string,
  { study, cells }: { study: Study; cells: readonly StudyTimedCell[] },
): string[] {
  const names = DEFAULT_LAYOUTS.filter((name) =>
    name !== BASELINE && cells.some(({ layouts }) => name in layouts)
  );
  const columns: Column<string>[] = [
    { header: kind, left: true, cell: (name) => name },
    ...STUDY_WORKLOADS.flatMap(({ name, short }): Column<string>[] => {
      const cell = cells.find(({ workload }) => workload === name);
      if (cell === undefined) return [];
      const withdrawn = isWithdrawn(study, cell);
      return [{
        header: short,
        cell: (layout) =>
          layout === ""
            ? withdrawn ? "-" : worst(cell)
            : withdrawn && layout in cell.layouts
            ? WITHDRAWN
            : ratio(cell, layout),
      }];
    }),
  ];
  return plainTable(columns, [...names, ""], { maxWidth: WIDTH });
}

function ratio(cell: StudyTimedCell, layout: string): string {
  const own = cell.layouts[layout];
  if (own === undefined) return "-";
  const mark = { faster: "-", slower: "+", "no difference shown": " " };
  return own.ratio.median.toFixed(2) + mark[own.verdict];
}

/** What the cell could have shown, for the layout where it saw least. */
function worst(cell: StudyTimedCell): string {
  const all = Object.entries(cell.layouts).flatMap(([name, { detectable }]) =>
    name === BASELINE ? [] : detectable ?? []
  );
  return all.length === 0 ? "-" : `(${(100 * mostOf(all)).toFixed(0)}%)`;
}

function prose(sentence: string): string[] {
  return wrap(sentence, { width: WIDTH });
}

function range(values: readonly number[]): string {
  const least = leastOf(values);
  const most = mostOf(values);
  return least === most ? `${least}` : `${least} to ${most}`;
}
