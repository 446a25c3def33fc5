/**
 * What the path in C costs in machine code, counted exactly: a table of the
 * build named first, and the other builds' instructions beside it.
 */
import type { ResultCell, ResultLayout } from "../result/result.ts";
import type { ResultMachineCodeBuild } from "../result/exact_types.ts";
import {
  charted,
  type FigureColumn,
  prose,
  type Section,
  table,
} from "./blocks.ts";
import { figureColumn, nameColumn } from "./columns.ts";
import { pictureName } from "./chart_labels.ts";
import { differenceColumn } from "./footprint_columns.ts";
import { pointsChart } from "./points_chart.ts";
import { printableCell } from "../text/plain_table.ts";
import { kernelInstructionsNote } from "./recorded_instructions.ts";

/** Headings and figures of a build, and whether they may be below. */
const FIGURES = [
  ["instr", "instructionsPerIo", undefined],
  ["loads", "loadsPerIo", undefined],
  ["stores", "storesPerIo", undefined],
  ["branches", "branchesPerIo", undefined],
  ["unalign", "unalignedPerIo", 1],
  ["2 lines", "lineCrossingsPerIo", 1],
  ["text B", "textBytes", 1],
] as const;

/**
 * Returns the tables of a cell's machine code.
 *
 * @returns The tables with what they are of; none where nothing was counted.
 */
export function machineCodeSections(cell: ResultCell): readonly Section[] {
  const first = cell.layouts.find(({ machineCode }) => machineCode)
    ?.machineCode;
  if (!first) return [];
  const { builds, machine, tools, ios } = first;
  const layoutOf = ({ name }: ResultLayout) => name;
  return [
    [
      ...prose(
        "machineCode",
        `machine code of the path in C for ${machine}, per I/O over ${ios} ` +
          `I/Os: ${buildWords(first)}; counted by ${
            tools.map(shortVersion).join(" and ")
          }; unalign: accesses at no multiple of their size; 2 lines: to two ` +
          `lines of 64 B`,
      ),
      ...charted(
        table(figureColumns(cell), cell.layouts, layoutOf),
        instructionsOf(cell, builds),
      ),
    ],
    builds.length < 2 ? [] : [
      ...prose(
        "machineCodeBuilds",
        `the same by build, instructions against ${
          printableCell(cell.baseline ?? "the baseline")
        } of the same build: ${
          builds.map((build, i) => `${letter(i)} ${buildWords(build)}`)
            .join("; ")
        }`,
      ),
      ...table(buildColumns(cell, builds), cell.layouts, layoutOf),
    ],
    prose("machineCodeOfKernels", kernelInstructionsNote()),
  ];
}

function figureColumns(cell: ResultCell): FigureColumn<ResultLayout>[] {
  const figures = FIGURES.map(([header, key, splitRank]) =>
    figureColumn(
      header,
      ({ machineCode }: ResultLayout) => machineCode?.[key],
      {
        key: `machineCode.${key}`,
        splitRank,
      },
    )
  );
  return [
    nameColumn("machine code"),
    ...figures.slice(0, 1),
    differenceColumn(cell, {
      key: "machineCode.instructionsPerIo.difference",
      of: ({ machineCode }) => machineCode?.instructionsPerIo,
    }),
    ...figures.slice(1),
  ];
}

/** Instructions against the baseline's, drawn, build by build. */
function instructionsOf(
  cell: ResultCell,
  builds: readonly ResultMachineCodeBuild[],
): Parameters<typeof charted>[1] {
  const baseline = cell.baseline ?? "the baseline";
  const base = cell.layouts.find(({ name }) => name === cell.baseline);
  const spec = pointsChart(
    cell.layouts.filter((layout) => layout !== base).flatMap((layout) =>
      builds.flatMap((build) => {
        const ratio = instructionRatio(layout, base, build);
        return ratio === null
          ? []
          : [{ name: layout.name, kind: buildWords(build), value: ratio }];
      })
    ),
    { title: `instructions relative to ${printableCell(baseline)}` },
  );
  return {
    name: pictureName(cell, "instructions"),
    title: `Instructions of one I/O in C: ${printableCell(cell.workload)}`,
    description:
      `Counted exactly, against ${printableCell(baseline)} of the same ` +
      "build; left of 1 are fewer.",
    spec,
  };
}

/** What a build of a layout executes, the baseline's of it being 1. */
function instructionRatio(
  layout: ResultLayout,
  base: ResultLayout | undefined,
  of: ResultMachineCodeBuild,
): number | null {
  const [one, other] = [buildOf(layout, of), buildOf(base, of)];
  return one === undefined || other === undefined ||
      !(other.instructionsPerIo > 0)
    ? null
    : one.instructionsPerIo / other.instructionsPerIo;
}

function buildOf(
  layout: ResultLayout | undefined,
  { compiler, build }: ResultMachineCodeBuild,
): ResultMachineCodeBuild | undefined {
  return layout?.machineCode?.builds.find((one) =>
    one.compiler === compiler && one.build === build
  );
}

/** Instructions of each build, as a ratio to the baseline's. */
function buildColumns(
  cell: ResultCell,
  builds: readonly ResultMachineCodeBuild[],
): FigureColumn<ResultLayout>[] {
  const base = cell.layouts.find(({ name }) => name === cell.baseline);
  return [
    nameColumn("instr, by build"),
    ...builds.map((of, index): FigureColumn<ResultLayout> => {
      const ratio = (layout: ResultLayout) =>
        instructionRatio(layout, base, of);
      return {
        header: letter(index),
        cell: (layout) => ratio(layout)?.toFixed(3) ?? "-",
        fields: (layout) => {
          const key = `machineCode.builds.${letter(index)}`;
          return [
            [
              `${key}.instructionsPerIo`,
              buildOf(layout, of)?.instructionsPerIo,
            ],
            [`${key}.ratio`, ratio(layout)],
          ];
        },
      };
    }),
  ];
}

function buildWords({ compiler, build }: ResultMachineCodeBuild): string {
  return `${shortVersion(compiler)}, ${printableCell(build)}`;
}

/** A program and its version: what `--version` says has more. */
function shortVersion(text: string): string {
  const program = /^[\w.+-]{1,40}?(?=[:\s]|-\d|$)/.exec(text)?.[0];
  if (program === undefined) return printableCell(text);
  const version = /\d+\.\d+(?:\.\d+)?/.exec(text.slice(program.length))?.[0];
  return `${program} ${version ?? ""}`.trim();
}

/** A, B, C: what is above a column that a sentence explains. */
function letter(index: number): string {
  return String.fromCharCode(65 + index % 26);
}
