/**
 * Timed cells that are withdrawn until the study is made again: their clock
 * held work that comes once a window and belongs to no I/O.
 *
 * Studies that carry `clock: "path"` were timed with nothing but the path
 * between the two readings, which the workers count. In those before it, the
 * engine in JavaScript opened its window again in each measurement: buffers were
 * registered, or mapped ahead, inside the clock (4k-1g-pool took 69 times what
 * the path takes).
 */
import { BASELINE } from "../setup/baseline.ts";
import type { Study, StudyTimedCell } from "./study_file.ts";

/** What a withdrawn cell shows in a table. */
export const WITHDRAWN = "withdrawn";

/** @returns Whether its clock held more than the path. */
export function isWithdrawn(study: Study, cell: StudyTimedCell): boolean {
  const hasWork = cell.submitter !== "user" ||
    cell.recognition === "map_first";
  return study.timed !== null && study.timed.clock === undefined &&
    cell.engine === "js" && hasWork;
}

/** @returns The cells; none of a study whose clock held the path alone. */
export function withdrawnCells(study: Study): readonly StudyTimedCell[] {
  return (study.timed?.cells ?? []).filter((cell) => isWithdrawn(study, cell));
}

/** @returns One sentence; nothing where nothing is withdrawn. */
export function withdrawnNote(study: Study): string | undefined {
  const cells = withdrawnCells(study);
  if (cells.length === 0) return undefined;
  const isMapped = ({ recognition }: StudyTimedCell) =>
    recognition === "map_first";
  const registered = new Set(
    cells.filter((cell) => !isMapped(cell)).map(({ workload }) => workload),
  );
  const kinds = [
    ...(registered.size === 0 ? [] : [
      `registered buffers (${[...registered].join(", ")}) were registered`,
    ]),
    ...(cells.some(isMapped) ? ["map_first mapped its buffers"] : []),
  ];
  return `${WITHDRAWN}, until this study is made again: in engine js ` +
    `${kinds.join(" and ")} inside the clock, in each measurement, which is ` +
    `done once and is not part of an I/O, so that neither their times nor ` +
    `their ratios to ${BASELINE} are those of the path`;
}
