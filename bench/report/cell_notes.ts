/**
 * What is below the exact table of a cell because of its machine or its
 * recognition: without it the figures would be read as more than they are.
 */
import type { ResultCell } from "../result/result.ts";
import { plural } from "../../sim/text/plural.ts";
import { formatFigure } from "../text/figure.ts";

/** Characters that a figure in a sentence may take. */
const WIDTH = 8;

/**
 * Returns the notes of a cell.
 *
 * @returns Sentences; mostly none.
 */
export function cellNotes(cell: ResultCell): string[] {
  const notes: string[] = [];
  if (cell.ios.others > 0) {
    notes.push(
      `${plural(cell.ios.others, "I/O")} without data (flush, discard): ` +
        "counted, not replayed; figures are per read and write",
    );
  }
  const mapsFirst = cell.layouts.some(({ recognition }) =>
    recognition === "map_first"
  );
  if (mapsFirst) {
    notes.push(
      "map_first: buffers are mapped before their I/Os, once for many; mapping " +
        "is in no figure of these layouts, but in those of the others",
    );
  }
  const guarded = cell.layouts.flatMap(({ counts }) =>
    counts.guardsPerIo === undefined ? [] : [
      `guards per I/O ${formatFigure(counts.guardsPerIo, WIDTH)}, pages ` +
      `mapped by kmap ${formatFigure(counts.kmapsPerIo, WIDTH)}`,
    ]
  );
  const [first] = guarded;
  if (first !== undefined) {
    notes.push(
      `T10 PI, over the I/Os whose bytes were checked: ${
        [...new Set(guarded)].join(", or ")
      }`,
    );
  }
  return notes;
}
