/**
 * What a cell is and how far its figures can be trusted, in short sentences
 * that every report shares.
 */
import { format as formatBytes } from "@std/fmt/bytes";
import type { ResultCell } from "../result.ts";
import { formatChange, formatPercent } from "./figure.ts";

/**
 * Says what was run.
 *
 * @param cell The cell.
 * @returns A sentence with ABI, recognition, engine, kernel and the I/Os.
 */
export function cellSetting(cell: ResultCell): string {
  const { ios } = cell;
  const parts = [
    cell.abi,
    `recognition ${cell.recognition}`,
    `engine ${cell.engine}`,
    ...(cell.kernel === undefined ? [] : [`kernel ${cell.kernel}`]),
  ];
  const kinds = [
    [ios.reads, "reads"],
    [ios.writes, "writes"],
    [ios.others, "others"],
  ].flatMap(([n, word]) => n === 0 ? [] : [`${n} ${word}`]).join(", ");
  const skipped = ios.skipped === 0 ? "" : `, ${ios.skipped} skipped`;
  return `${parts.join(", ")}; ${ios.total} I/Os (${kinds}${skipped}), ` +
    formatBytes(ios.bytes, { binary: true });
}

/**
 * Says how much difference the cell could show at all.
 *
 * @param cell The cell.
 * @returns Sentences on rounds, births, noise floor and the smallest visible
 * difference; none if nothing was timed.
 */
export function cellTrust(cell: ResultCell): string[] {
  const sentences: string[] = [];
  if (cell.verifiedBytes !== undefined) {
    sentences.push(
      `Layouts that recognise alike built equal commands (digest ` +
        `${cell.digest}); ` +
        `${formatBytes(cell.verifiedBytes, { binary: true })} were moved and ` +
        `checked for each.`,
    );
  }
  if (cell.rounds && cell.births) {
    sentences.push(
      `${cell.births} births x ${cell.rounds} rounds per layout.`,
    );
  }
  if (cell.noiseFloor) {
    const found = formatChange(cell.noiseFloor.ratio.median);
    sentences.push(
      `${cell.baseline ?? "The baseline"} against itself: ${found}.`,
    );
  }
  const spreads = cell.layouts.flatMap((layout) =>
    layout.betweenBirthSpread ?? []
  );
  if (spreads.length > 0) {
    const ends = [Math.min(...spreads), Math.max(...spreads)];
    const range = new Set(ends.map(formatPercent));
    sentences.push(
      `Births of one layout scatter by ${[...range].join(" to ")}.`,
    );
  }
  const hidden = cell.layouts.flatMap((layout) =>
    layout.verdict === "no difference shown" && layout.name !== cell.baseline
      ? layout.detectable ?? []
      : []
  );
  if (hidden.length > 0) {
    const worst = formatPercent(Math.max(...hidden));
    sentences.push(
      `"not shown": a difference below ${worst} could not be seen.`,
    );
  }
  return sentences;
}
