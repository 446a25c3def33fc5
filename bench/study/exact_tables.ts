/**
 * The exact tables of the page of results, made from a study and nothing else:
 * sizes, lines of bio_vecs, what each P2P detection touches, and what a real
 * kernel touched.
 */
import { recognitions } from "../../sim/recognition/recognition_registry.ts";
import { formatFigure, formatPercent } from "../text/figure.ts";
import {
  RECORDED_KERNEL,
  RECORDED_LINES,
  type RecordedLines,
} from "../report/recorded_lines.ts";
import { MIXED_TODAY } from "../report/mixing.ts";
import { type Column, plainTable } from "../text/plain_table.ts";
import { STUDIED_LAYOUTS } from "../setup/run_layouts.ts";
import { BASELINE } from "../setup/baseline.ts";
import { findFigure, studiedLayouts } from "./figures.ts";
import { PAGE_WIDTH, proseLines } from "./page_text.ts";
import type { Study } from "./study_file.ts";
import { STUDY_WORKLOADS } from "./study_plan.ts";

/** ABIs of the table of sizes; big-endian ones are as their twins. */
const ABIS = ["lp64", "ilp32", "ilp32_pae", "ilp32_lpae"];

/** The layout that shows what a recognition costs, where it can. */
const SHOWN = "phys_flags";

/** @returns Lines of at most 80 columns. */
export function exactTables(study: Study): string[] {
  const names = studiedLayouts(study, STUDIED_LAYOUTS);
  return [
    ...proseLines(
      `${STUDY_WORKLOADS[0]?.short} and ${STUDY_WORKLOADS[1]?.short}: ` +
        "registered buffers; 128k-krn: pages of a kernel user's own; the " +
        "others: pinned user memory. " +
        STUDY_WORKLOADS.map(({ short, meaning }) => `${short}: ${meaning}`)
          .join("; ") +
        ".",
    ),
    "",
    ...plainTable(sizeColumns(study), names, { maxWidth: PAGE_WIDTH }),
    "",
    ...lineTable(study, names),
    "",
    ...recognitionTable(study),
    "",
    ...recordedTable(study),
  ];
}

function figureColumn<Row>(
  header: string,
  of: (row: Row) => number | null,
): Column<Row> {
  return { header, cell: (row, width) => formatFigure(of(row), width) };
}

/** Bytes of a segment on each ABI. */
function sizeColumns(study: Study): Column<string>[] {
  return [
    { header: "bytes per segment", left: true, cell: (name) => name },
    ...ABIS.map((abi) =>
      figureColumn(abi, (layout: string) =>
        findFigure(study, {
          abi,
          layout,
          workload: "128k-scattered",
          column: "bytesPerSegment",
        }))
    ),
  ];
}

/** Lines of bio_vecs per I/O. */
function lineTable(study: Study, names: readonly string[]): string[] {
  const columns: Column<string>[] = [
    { header: "lp64, page", left: true, cell: (name) => name },
    ...STUDY_WORKLOADS.map(({ name: workload, short }) =>
      figureColumn(
        short,
        (layout: string) =>
          findFigure(study, { layout, workload, column: "bvecLinesPerIo" }),
      )
    ),
  ];
  return [
    ...proseLines("Lines of 64 bytes of bio_vecs that one I/O touches:"),
    ...plainTable(columns, names, { maxWidth: PAGE_WIDTH }),
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
    ...STUDY_WORKLOADS.map(({ name: workload, short }) =>
      figureColumn(
        short,
        (way: Way) =>
          findFigure(study, { ...way, workload, column: "linesPerIo" }),
      )
    ),
  ];
  return [
    ...proseLines(
      "Lines of all modelled structures that one I/O touches, by P2P " +
        "detection:",
    ),
    ...plainTable(columns, ways, { maxWidth: PAGE_WIDTH }),
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
      found.getOrInsertComputed(own, () => []).push(way.recognition);
    }
    if (found.size < 2) return [];
    const said = [...found].map(([own, names]) =>
      `${formatFigure(own, 6)} by ${[...new Set(names)].join(", ")}`
    );
    return proseLines(
      `${short}: bios per I/O ${said.join("; ")}: where these differ, rows ` +
        "differ because of the rule that a bio does not mix kinds of memory, " +
        `not because of the encoding. Both are proposals: ${MIXED_TODAY}.`,
    );
  });
}

/** What was recorded of a kernel. */
const RECORDED: readonly Column<RecordedLines>[] = [
  { header: "recorded", left: true, cell: ({ what }) => what },
  { header: "by", left: true, cell: ({ api }) => api },
  figureColumn("lines", ({ lines }) => lines),
];

/** The model's lines beside those of a kernel. */
function recordedTable(study: Study): string[] {
  const model = (workload: string, column: string) =>
    findFigure(study, { workload, column });
  const columns: Column<RecordedLines>[] = [
    ...RECORDED,
    figureColumn("model", ({ workload }) => model(workload, "linesPerIo")),
    {
      header: "share",
      cell: ({ workload, lines }) => {
        const own = model(workload, "linesPerIo");
        return own === null ? "-" : formatPercent(own / lines);
      },
    },
    figureColumn("bio_vecs", ({ bvecLines }) => bvecLines),
    figureColumn("model", ({ workload }) => model(workload, "bvecLinesPerIo")),
  ];
  return [
    ...proseLines(
      `What ${RECORDED_KERNEL} touched, recorded in QEMU, next to the model ` +
        `(${BASELINE}, page): io_uring or VFS, stacks, per-CPU data, ` +
        "interrupt and much of the block core are not in the model. It " +
        "submits by io_uring, whose array has room for 16, 64, 128 or 256 " +
        "vectors and page pointers after them; that of pread has the exact " +
        "size:",
    ),
    ...plainTable(columns, RECORDED_LINES, { maxWidth: PAGE_WIDTH }),
    "",
    ...savedTable(),
  ];
}

/** What a shorter vector saves of what a kernel touches. */
function savedTable(): string[] {
  const share = (part: number, whole: number) => formatPercent(part / whole);
  const columns: Column<RecordedLines>[] = [
    ...RECORDED,
    figureColumn("own", ({ ownLines }) => ownLines),
    figureColumn("saved", ({ saved }) => saved.zeroed),
    {
      header: "of own",
      cell: ({ saved, ownLines }) => share(saved.zeroed, ownLines),
    },
    {
      header: "of all",
      cell: ({ saved, lines }) => share(saved.zeroed, lines),
    },
    figureColumn("if not zeroed", ({ saved }) => saved.plain),
  ];
  return [
    ...proseLines(
      `Of these lines an I/O has some for itself (own): struct pages, bio_vecs, ` +
        `bio, request, command and lists, which are cold where many are in ` +
        `flight. The others are of the queue, the CPU and the task, and warm. ` +
        `Vectors of 12 bytes save, where init_on_alloc zeroes what is ` +
        `allocated, as Debian has it, and where it does not: an array of ` +
        `kmalloc() (pread) is zeroed up to the size of its cache, which is the ` +
        `same for both:`,
    ),
    ...plainTable(columns, RECORDED_LINES, { maxWidth: PAGE_WIDTH }),
  ];
}
