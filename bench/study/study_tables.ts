/**
 * The tables of the page of results, made from a study and nothing else: exact
 * ones first, timed ones apart.
 */
import { recognitions } from "../../layouts/layout.ts";
import { ENOUGH_BIRTHS } from "../result/summary_warnings.ts";
import { FEW_BIRTHS_NOTE } from "../report/cell_facts.ts";
import { formatFigure, formatPercent } from "../text/figure.ts";
import {
  RECORDED_KERNEL,
  RECORDED_LINES,
  type RecordedLines,
} from "../report/recorded_lines.ts";
import { MIXED_TODAY } from "../report/mixing.ts";
import { machineWords } from "../report/machine_words.ts";
import { type Column, plainTable } from "../text/plain_table.ts";
import { wrap } from "../text/wrap.ts";
import { STUDIED_LAYOUTS } from "../setup/run_layouts.ts";
import { BASELINE } from "../setup/baseline.ts";
import {
  findFigure,
  noiseFloors,
  studiedLayouts,
  timedCells,
} from "./figures.ts";
import type { Study, StudyTimedCell } from "./study_file.ts";
import { agreementTables, MARKS, REFUSED_MARK } from "./agreement_lines.ts";
import type { MachineCodeRecord } from "./machine_code.ts";
import { isRefused, type ThreeColumns, threeColumns } from "./three_columns.ts";
import { STUDY_WORKLOADS } from "./study_plan.ts";
import { type MixedCell, mixedCell } from "./mixing_parts.ts";
import { isWithdrawn, WITHDRAWN, withdrawnNote } from "./withdrawn.ts";
import { leastOf, mostOf } from "../text/extremes.ts";

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
  const names = studiedLayouts(study, STUDIED_LAYOUTS);
  return [
    ...prose(
      `${STUDY_WORKLOADS[0]?.short} and ${STUDY_WORKLOADS[1]?.short}: ` +
        "registered buffers; 128k-krn: pages of a kernel user's own; the " +
        "others: pinned user memory. " +
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
    "",
    ...recordedTable(study),
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
      "Lines of all structures of the model that one I/O touches, by how P2P " +
        "memory is recognised:",
    ),
    ...plainTable(columns, ways, { maxWidth: WIDTH }),
    ...ruleNotes(study, ways),
  ];
}

/** Whose doing a difference between two rows is, where it is a rule's. */
function ruleNotes(study: Study, ways: readonly Way[]): string[] {
  return STUDY_WORKLOADS.flatMap(({ name: workload, short }) => {
    const bios = (way: Way) =>
      findFigure(study, { ...way, workload, column: "biosPerIo" });
    const found = new Map<number, string[]>();
    for (const way of ways) {
      const own = bios(way);
      if (own === null) continue;
      const names = found.get(own) ?? [];
      found.set(own, [...names, way.recognition]);
    }
    if (found.size < 2) return [];
    const said = [...found].map(([own, names]) =>
      `${formatFigure(own, 6)} by ${[...new Set(names)].join(", ")}`
    );
    return prose(
      `${short}: bios per I/O ${said.join("; ")}: where they differ, rows do ` +
        `by the rule that a bio does not mix kinds of memory, not by encoding. ` +
        `Both are proposals: ${MIXED_TODAY}.`,
    );
  });
}

/** The model's lines beside those of a kernel. */
function recordedTable(study: Study): string[] {
  const model = (workload: string, column: string) =>
    findFigure(study, { workload, column });
  const columns: Column<RecordedLines>[] = [
    { header: "recorded", left: true, cell: ({ what }) => what },
    { header: "by", left: true, cell: ({ api }) => api },
    {
      header: "lines",
      cell: ({ lines }, width) => formatFigure(lines, width),
    },
    {
      header: "model",
      cell: ({ workload }, width) =>
        formatFigure(model(workload, "linesPerIo"), width),
    },
    {
      header: "share",
      cell: ({ workload, lines }) => {
        const own = model(workload, "linesPerIo");
        return own === null ? "-" : formatPercent(own / lines);
      },
    },
    {
      header: "bio_vecs",
      cell: ({ bvecLines }, width) => formatFigure(bvecLines, width),
    },
    {
      header: "model",
      cell: ({ workload }, width) =>
        formatFigure(model(workload, "bvecLinesPerIo"), width),
    },
  ];
  return [
    ...prose(
      `What ${RECORDED_KERNEL} touched, recorded in QEMU, beside the model ` +
        `(${BASELINE}, page): io_uring or VFS, stacks, per-CPU data, interrupt ` +
        `and much of the block core are not in the model. It submits by ` +
        `io_uring, whose array has room for 16, 64, 128 or 256 vectors and ` +
        `page pointers behind them; that of pread is of the exact size:`,
    ),
    ...plainTable(columns, RECORDED_LINES, { maxWidth: WIDTH }),
    "",
    ...savedTable(),
  ];
}

/** What a shorter vector saves of what a kernel touches. */
function savedTable(): string[] {
  const share = (part: number, whole: number) => formatPercent(part / whole);
  const columns: Column<RecordedLines>[] = [
    { header: "recorded", left: true, cell: ({ what }) => what },
    { header: "by", left: true, cell: ({ api }) => api },
    { header: "lines", cell: ({ lines }, w) => formatFigure(lines, w) },
    { header: "own", cell: ({ ownLines }, w) => formatFigure(ownLines, w) },
    {
      header: "saved",
      cell: ({ saved }, width) => formatFigure(saved.zeroed, width),
    },
    {
      header: "of own",
      cell: ({ saved, ownLines }) => share(saved.zeroed, ownLines),
    },
    {
      header: "of all",
      cell: ({ saved, lines }) => share(saved.zeroed, lines),
    },
    {
      header: "if not zeroed",
      cell: ({ saved }, width) => formatFigure(saved.plain, width),
    },
  ];
  return [
    ...prose(
      `Of these lines an I/O has some for itself (own): struct pages, bio_vecs, ` +
        `bio, request, command and lists, which are cold where many are in ` +
        `flight. The others are of the queue, the CPU and the task, and warm. ` +
        `Vectors of 12 bytes save, where init_on_alloc zeroes what is ` +
        `allocated, as Debian has it, and where it does not: an array of ` +
        `kmalloc() (pread) is zeroed up to the size of its cache, which is the ` +
        `same for both:`,
    ),
    ...plainTable(columns, RECORDED_LINES, { maxWidth: WIDTH }),
  ];
}

/**
 * Makes the timed tables.
 *
 * @param study The study.
 * @param code The counts of machine code, if they are there.
 * @returns Lines of at most 80 columns; none if nothing was timed.
 */
export function timedTables(
  study: Study,
  code?: MachineCodeRecord,
): string[] {
  const { timed } = study;
  if (timed === null) return [];
  const kinds = new Set(
    timed.cells.map(({ engine, recognition }) => `${engine}, ${recognition}`),
  );
  const births = timed.cells.map((cell) => cell.births);
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
    ...prose(
      `Time relative to ${BASELINE}: - faster, + slower, unmarked: no ` +
        `difference shown, ${REFUSED_MARK}: contradicted and refused; (x%): ` +
        `smallest difference that the cell could have shown, for its worst ` +
        `layout. ${timed.date}, ` +
        `${machineWords(timed.environment)}; ${range(births)} builds of ${
          range(rounds)
        } ` +
        `rounds${
          leastOf(births) < ENOUGH_BIRTHS ? ` (${FEW_BIRTHS_NOTE})` : ""
        }; ${BASELINE} differed from itself by up to ` +
        `${noiseFloors(timed.cells)}.`,
    ),
    ...(note === undefined ? [] : ["", ...prose(`${note}.`)]),
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
    ...prose(
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
    ...mixed.flatMap(({ cell, parts }) => prose(mixedNote(cell, parts))),
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
  return plainTable(columns, rows, { maxWidth: WIDTH });
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

function prose(sentence: string): string[] {
  return wrap(sentence, { width: WIDTH });
}

function range(values: readonly number[]): string {
  const least = leastOf(values);
  const most = mostOf(values);
  return least === most ? `${least}` : `${least} to ${most}`;
}
