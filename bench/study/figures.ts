/** Looking figures up in a study by what they are. */
import { BASELINE } from "../setup/baseline.ts";
import { mostOf } from "../text/extremes.ts";
import { formatPercent } from "../text/figure.ts";
import type { Study, StudyCell, StudyTimedCell } from "./study_file.ts";

export interface CellName {
  /** Name of the ABI; default: `lp64`. */
  readonly abi?: string;
  /** Recognition of the cell; default: `page`. */
  readonly recognition?: string;
  readonly workload: string;
}

export interface FigureName extends CellName {
  /** Registry name of the layout; default: the baseline. */
  readonly layout?: string;
  /** Which of the study's columns. */
  readonly column: string;
}

/** Finds an exact cell. */
export function findCell(study: Study, name: CellName): StudyCell | undefined {
  const { abi = "lp64", recognition = "page", workload } = name;
  return study.exact.find((cell) =>
    cell.abi === abi && cell.recognition === recognition &&
    cell.workload === workload
  );
}

/**
 * Finds an exact figure.
 *
 * @returns The figure, or `null` where the layout does not take part.
 */
export function findFigure(study: Study, name: FigureName): number | null {
  const own = findCell(study, name)?.layouts[name.layout ?? BASELINE];
  return own?.[study.columns.indexOf(name.column)] ?? null;
}

export function timedCells(
  study: Study,
  name: { recognition?: string; engine?: string } = {},
): readonly StudyTimedCell[] {
  return (study.timed?.cells ?? []).filter(({ recognition, engine }) =>
    (name.recognition ?? recognition) === recognition &&
    (name.engine ?? engine) === engine
  );
}

/**
 * Says how far identical code differed at most.
 *
 * @returns A part of a sentence: a percentage for each engine.
 */
export function noiseFloors(cells: readonly StudyTimedCell[]): string {
  return [...Map.groupBy(cells, ({ engine }) => engine)]
    .map(([engine, own]) => {
      const floors = own.flatMap(({ noiseFloor }) => noiseFloor ?? []);
      return `${formatPercent(mostOf([0, ...floors]))} in engine ${engine}`;
    })
    .join(" and ");
}

/** Lists the layouts that the tables have: those of a run without arguments. */
export function studiedLayouts(
  study: Study,
  among: readonly string[],
): readonly string[] {
  return among.filter((name) =>
    study.exact.some(({ layouts }) => name in layouts)
  );
}
