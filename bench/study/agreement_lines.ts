/** Counts, C and JavaScript side by side, as text. */
import { BASELINE } from "../setup/baseline.ts";
import { plural } from "../../sim/text/plural.ts";
import { type Column, plainTable } from "../text/plain_table.ts";
import type { MachineCodeRecord } from "./machine_code.ts";
import { PAGE_WIDTH, proseLines } from "./page_text.ts";
import type { Study, StudyTiming } from "./study_file.ts";
import { STUDY_WORKLOADS } from "./study_plan.ts";
import { isRefused, type ThreeColumns, threeColumns } from "./three_columns.ts";

/** Marks of verdicts after a ratio. */
export const MARKS: Readonly<Record<StudyTiming["verdict"], string>> = {
  faster: "-",
  slower: "+",
  "no difference shown": " ",
};
export const REFUSED_MARK = "!";

/**
 * Says in a sentence how the columns agree.
 *
 * @returns A sentence and a blank; empty if there is nothing to compare.
 */
export function agreementWords(rows: readonly ThreeColumns[]): string {
  const counted = rows.filter(({ instructions }) => instructions.length > 0);
  const checked = rows.filter(({ js }) => js !== undefined);
  if (counted.length === 0 && checked.length === 0) return "";
  const against = (what: string, all: readonly ThreeColumns[]) => {
    const found = all.filter(({ contradiction }) => contradiction === what);
    return found.length === 0
      ? `none of ${plural(all.length, "comparison")}`
      : `${found.length} of ${plural(all.length, "comparison")} (${
        named(found)
      })`;
  };
  const said = [
    ...(counted.length === 0 ? [] : [
      `times in C contradict counts of instructions in ${
        against("counts and C", counted)
      }`,
    ]),
    ...(checked.length === 0 ? [] : [
      `JavaScript contradicts C in ${against("C and JavaScript", checked)}`,
    ]),
  ].join("; ");
  const refused = rows.filter((row) => row.refused !== undefined).length;
  return said[0]?.toUpperCase() + said.slice(1) +
    (refused === 0 ? ". " : `: what is not explained is refused. `);
}

/** Cells and their layouts. */
function named(rows: readonly ThreeColumns[]): string {
  return [...Map.groupBy(rows, cellName)]
    .map(([cell, own]) =>
      `${cell}: ${own.map(({ layout }) => layout).join(", ")}`
    ).join("; ");
}

function cellName({ cell: { workload, recognition } }: ThreeColumns): string {
  const short = STUDY_WORKLOADS.find(({ name }) => name === workload)?.short;
  return `${short ?? workload} by ${recognition}`;
}

/**
 * Makes the table of the cells that were timed in both engines, and of all
 * others in which something contradicts.
 *
 * @returns Lines of at most 80 columns; none if there is nothing to compare.
 */
export function agreementTables(
  study: Study,
  code: MachineCodeRecord | undefined,
): string[] {
  const rows = threeColumns(study, code);
  const shown = [...Map.groupBy(rows, cellName)].filter(([, own]) =>
    own.some(({ js, contradiction }) => js !== undefined || contradiction)
  );
  if (shown.length === 0) return [];
  const compilers = (code?.builds["lp64"] ?? [])
    .filter(({ build }) => build === "-O2")
    .map(({ compiler }) => compiler.replace(/:.*/, ""));
  return [
    ...proseLines(
      `Three columns: instructions of the path in C (instr., by compiler, -O2), ` +
        `its time in C (ns and ratio, and the ratio of each compiler's builds) ` +
        `and its time in JavaScript, relative to ${BASELINE}; ` +
        `${REFUSED_MARK}: contradicted, not to be quoted.`,
    ),
    ...shown.flatMap(([name, own]) => [
      "",
      ...plainTable(columnsOf(name, { rows: own, compilers }), own, {
        maxWidth: PAGE_WIDTH,
      }),
      ...readings(own).flatMap(proseLines),
    ]),
  ];
}

function columnsOf(
  name: string,
  { rows, compilers }: {
    readonly rows: readonly ThreeColumns[];
    readonly compilers: readonly string[];
  },
): Column<ThreeColumns>[] {
  const hasJs = rows.some(({ js }) => js !== undefined);
  const fixed = (value: number | undefined) => value?.toFixed(2) ?? "-";
  const ratio = (row: ThreeColumns, own: StudyTiming, engine: string) =>
    own.ratio.median.toFixed(2) +
    (isRefused(rows, { ...row.cell, engine }, row.layout)
      ? REFUSED_MARK
      : MARKS[own.verdict]);
  return [
    { header: name, left: true, cell: ({ layout }) => layout },
    ...compilers.map((compiler, index): Column<ThreeColumns> => ({
      header: `instr. ${compiler}`,
      cell: ({ instructions }) => fixed(instructions[index]),
    })),
    {
      header: "C ns",
      cell: ({ native }) => native.nsPerIo.median.toFixed(0),
    },
    { header: "C", cell: (row) => ratio(row, row.native, "native") },
    ...compilers.map((compiler, index): Column<ThreeColumns> => ({
      header: `C ${compiler}`,
      cell: ({ native }) => fixed(native.byCompiler?.[index]),
    })),
    ...(!hasJs ? [] : [
      {
        header: "js ns",
        cell: ({ js }: ThreeColumns) => js?.nsPerIo.median.toFixed(0) ?? "-",
      },
      {
        header: "js",
        cell: (row: ThreeColumns) => row.js ? ratio(row, row.js, "js") : "-",
      },
    ]),
  ];
}

/** What becomes of contradictions. */
function readings(rows: readonly ThreeColumns[]): string[] {
  const kinds = Map.groupBy(
    rows.filter(({ contradiction }) => contradiction !== undefined),
    ({ contradiction, explanation, refused }) =>
      `${contradiction} contradict each other: ` +
      (explanation !== undefined
        ? `explained ${explanation}`
        : refused === "js"
        ? "JavaScript is refused"
        : "no count decides, both are refused"),
  );
  return [...kinds].map(([text, own]) =>
    `${own.map(({ layout }) => layout).join(", ")}: ${text}.`
  );
}
