/** A study as parts of a page, with its charts. */
import { findAbi } from "../../layouts/abi.ts";
import { layouts } from "../../layouts/registry.ts";
import { nameFrom } from "../draw/markup.ts";
import {
  charted,
  type FigureColumn,
  prose,
  type Section,
  table,
} from "../report/blocks.ts";
import { figureColumn, nameColumn, wordColumn } from "../report/columns.ts";
import { shortVerdict } from "../result/verdict.ts";
import { layoutDrawing } from "../report/layout_drawing.ts";
import type { DocumentPart } from "../report/page_document.ts";
import { printableCell } from "../text/plain_table.ts";
import { type LayoutPoint, pointsChart } from "../report/points_chart.ts";
import { timeChart } from "../report/time_chart.ts";
import { BASELINE } from "../setup/baseline.ts";
import { answerOf } from "./answer.ts";
import { findCell } from "./figures.ts";
import type { MachineCodeRecord } from "./machine_code.ts";
import type { Study, StudyTimedCell } from "./study_file.ts";
import { STUDY_WORKLOADS } from "./study_plan.ts";
import { exactTables } from "./exact_tables.ts";
import { timedTables } from "./timed_tables.ts";
import { isWithdrawn } from "./withdrawn.ts";

const DRAWN_ABIS = ["lp64", "ilp32", "ilp32_pae"];

/** @returns Answer, layouts, what is exact, what was timed. */
export function studyDocument(
  study: Study,
  machineCode?: MachineCodeRecord,
): DocumentPart[] {
  return [
    {
      heading: "Answer",
      sections: answerOf(study, machineCode).map((text) =>
        prose("answer", text)
      ),
    },
    {
      heading: "The layouts",
      sections: DRAWN_ABIS.map((name) =>
        layoutDrawing(
          layouts.filter((layout) =>
            study.exact.some(({ layouts }) => layout.name in layouts)
          ),
          findAbi(name),
        )
      ),
    },
    {
      heading: "Exact figures",
      sections: [
        linesSection(study),
        sizesSection(study),
        ...(machineCode === undefined ? [] : [codeSection(machineCode)]),
        [{ kind: "listing", key: "exact", lines: exactTables(study) }],
      ],
    },
    {
      heading: "Times",
      sections: [
        ...(study.timed?.cells ?? []).filter((cell) =>
          cell.recognition === "page" && !isWithdrawn(study, cell)
        ).map(timeSection),
        [{
          kind: "listing",
          key: "timed",
          lines: timedTables(study, machineCode),
        }],
      ],
    },
  ];
}

/** Names of layouts down, kinds of figures across. */
function pointsSection(
  points: readonly LayoutPoint[],
  { first, ...options }: Parameters<typeof pointsChart>[1] & {
    first: string;
    name: string;
    heading: string;
    description: string;
  },
): Section {
  const kinds = [...new Set(points.map(({ kind }) => kind))];
  const names = [...new Set(points.map(({ name }) => name))];
  const at = (name: string, kind: string) =>
    points.find((one) => one.name === name && one.kind === kind)?.value;
  const columns: FigureColumn<string>[] = [
    wordColumn(first, (name) => name),
    ...kinds.map((kind) =>
      figureColumn(printableCell(kind), (name: string) => at(name, kind))
    ),
  ];
  return charted(table(columns, names), {
    name: options.name,
    title: options.heading,
    description: options.description,
    spec: pointsChart(points, options),
  });
}

function linesSection(study: Study): Section {
  const column = study.columns.indexOf("linesPerIo");
  const points = STUDY_WORKLOADS.flatMap(({ name: workload, short }) => {
    const cell = findCell(study, { workload });
    const base = cell?.layouts[BASELINE]?.[column];
    if (cell === undefined || base === undefined || base === 0) return [];
    return Object.entries(cell.layouts).flatMap(([name, figures]) =>
      name === BASELINE || figures[column] === undefined
        ? []
        : [{ name, kind: short, value: figures[column] / base }]
    );
  });
  return pointsSection(points, {
    first: "lines, relative",
    name: "lines",
    heading: "Cache lines that one I/O touches, by layout",
    title: `lines of all modelled structures, relative to ${BASELINE}`,
    description:
      `Exact, on lp64, P2P memory recognised by its struct pages; left ` +
      `of 1 are fewer than ${BASELINE}. A mark is a workload.`,
  });
}

function sizesSection(study: Study): Section {
  const column = study.columns.indexOf("bytesPerSegment");
  const points = DRAWN_ABIS.flatMap((abi) => {
    const cell = findCell(study, { abi, workload: "128k-scattered" });
    return Object.entries(cell?.layouts ?? {}).flatMap(([name, figures]) =>
      figures[column] === undefined
        ? []
        : [{ name, kind: abi, value: figures[column] }]
    );
  });
  return pointsSection(points, {
    first: "bytes per segment",
    name: "sizes",
    heading: "Bytes of a segment, by layout and ABI",
    title: "bytes per segment in a full table",
    areRatios: false,
    description:
      "Exact, links and padding of chunks included. A mark is an ABI.",
  });
}

/** The first build of lp64: what `gcc -O2` makes. */
function codeSection({ rows, builds }: MachineCodeRecord): Section {
  const own = rows.filter(([abi, , , recognition]) =>
    abi === "lp64" && recognition === "page"
  );
  const points = own.flatMap(([, , workload, , name, totals]) => {
    const base = own.find(([, , other, , layout]) =>
      other === workload && layout === BASELINE
    )?.[5][0]?.[0];
    const instructions = totals[0]?.[0];
    return name === BASELINE || !base || typeof instructions !== "number"
      ? []
      : [{ name, kind: workload, value: instructions / base }];
  });
  const compiler = builds["lp64"]?.[0]?.compiler ?? "a C compiler";
  return pointsSection(points, {
    first: "instructions, relative",
    name: "instructions",
    heading: "Instructions of one I/O in C, by layout",
    title: `instructions, relative to ${BASELINE}`,
    description: `Counted exactly on x86-64 (${compiler}, -O2), P2P memory ` +
      `recognised by its struct pages; left of 1 are fewer than ${BASELINE}. A mark ` +
      "is a workload.",
  });
}

function timeSection(cell: StudyTimedCell): Section {
  const rows = Object.entries(cell.layouts).filter(([name]) =>
    name !== BASELINE
  ).map(([name, timing]) => ({
    name,
    ...timing,
    verdict: shortVerdict(timing.verdict),
  }));
  const columns: FigureColumn<(typeof rows)[number]>[] = [
    nameColumn("measured"),
    figureColumn("ratio", ({ ratio }) => ratio.median),
    figureColumn("low", ({ ratio }) => ratio.low),
    figureColumn("high", ({ ratio }) => ratio.high),
    wordColumn("difference", ({ verdict }) => verdict),
  ];
  const { workload, engine, recognition } = cell;
  return charted(table(columns, rows), {
    name: nameFrom(`time-${workload}-${recognition}-${engine}`),
    title: `Time of one I/O: ${printableCell(workload)}, engine ` +
      printableCell(engine),
    description: `Median of the ratios to ${BASELINE} with the 95% interval; ` +
      "left of 1 is faster. A difference inside of the grey band would not " +
      "matter if it were real.",
    spec: timeChart(rows, { baseline: BASELINE }),
  });
}
