/**
 * A result beside another layout than the one that it was run beside: ratios
 * and verdicts are made again from its samples, round by round, as at first.
 */
import { checkString } from "../../layouts/value_text.ts";
import type { LabResult, ResultCell, ResultLayout } from "./result.ts";
import { ratioOf } from "./interval_ratio.ts";
import { cellName } from "./likeness.ts";
import { summarise } from "./summarise.ts";
import type { Sample } from "../statistics/sample.ts";
import { decide, smallestVisible } from "./verdict.ts";

/**
 * Returns a result with another reference.
 *
 * @param baseline Name of the layout that ratios are to refer to.
 * @returns The result; the same one where its cells refer to it already.
 * @throws {RangeError} If a cell does not have that layout.
 */
export function rebaseResult(result: LabResult, baseline: string): LabResult {
  checkString("compare with another baseline", "baseline", baseline);
  if (result.cells.every((cell) => cell.baseline === baseline)) return result;
  return {
    ...result,
    config: { ...result.config, baseline },
    cells: result.cells.map((cell) => rebaseCell(cell, baseline, result.seed)),
  };
}

/**
 * Returns a cell with another reference if it has it: a run that took long is
 * not lost because a layout cannot serve one of its cells.
 *
 * @param baseline Name of the layout that ratios are to refer to.
 * @returns The cell, with a warning if it refers to what it did before.
 */
export function rebaseIfThere(
  cell: ResultCell,
  baseline: string,
  seed: number,
): ResultCell {
  if (cell.layouts.some(({ name }) => name === baseline)) {
    return rebaseCell(cell, baseline, seed);
  }
  const earlier = (cell.warnings ?? [])
    .filter(({ code }) => code !== "other-baseline");
  return {
    ...cell,
    warnings: [...earlier, {
      code: "other-baseline",
      message: `${baseline} takes no part in this cell, its ratios refer to ` +
        `${cell.baseline ?? "another layout"}`,
      hint: "see what was left out and why, or choose another --baseline",
    }],
  };
}

/**
 * Returns a cell with another reference.
 *
 * @param baseline Name of the layout that ratios are to refer to.
 * @returns The cell, the reference first; how two engines agree is of the old
 *   ratios and is left out.
 * @throws {RangeError} If it does not have that layout.
 */
function rebaseCell(
  cell: ResultCell,
  baseline: string,
  seed: number,
): ResultCell {
  if (cell.baseline === baseline) return cell;
  const own = cell.layouts.find(({ name }) => name === baseline);
  if (own === undefined) {
    throw new RangeError(
      `Cannot compare with "${baseline}": cell ${cellName(cell)} does not ` +
        `have it, expected one of: ${
          cell.layouts.map(({ name }) => name).join(", ")
        }`,
    );
  }
  const others = cell.layouts.filter((layout) => layout !== own);
  const ratios = sampledRatios([own, ...others], { cell, baseline, seed });
  const { agreement: _, ...rest } = cell;
  return {
    ...rest,
    baseline,
    layouts: [
      own.nsPerIo === null ? own : {
        ...own,
        ratio: { median: 1, low: 1, high: 1 },
        verdict: "no difference shown",
        adjustedPValue: null,
        detectable: null,
      },
      ...others.map((layout) => ({
        ...layout,
        ...(ratios.get(layout.name) ?? quotient(layout, own, cell)),
      })),
    ],
  };
}

type Compared = Pick<
  ResultLayout,
  "ratio" | "verdict" | "adjustedPValue" | "detectable" | "byCompiler"
>;

/** Ratios within rounds, where the result has all samples. */
function sampledRatios(
  layouts: readonly ResultLayout[],
  { cell, baseline, seed }: {
    cell: ResultCell;
    baseline: string;
    seed: number;
  },
): ReadonlyMap<string, Compared> {
  const samples: Sample[] = [];
  for (const { name, samples: own } of layouts) {
    if (!own || own.capped) return new Map();
    for (const { build, round, nsPerIo } of own.values) {
      samples.push({ contender: name, build, round, nsPerIo });
    }
  }
  const floor = cell.noiseFloor?.difference ?? 0;
  return new Map(
    summarise(samples, {
      ...{ baseline, seed },
      compilers: cell.timing?.compilers,
    }).contenders.map(
      ({ contender, ratio, adjustedPValue, byCompiler }) => [contender, {
        ratio,
        adjustedPValue,
        ...(byCompiler.length === 0 ? {} : { byCompiler }),
        verdict: decide({
          ...{ ratio, adjustedPValue, noiseFloor: floor },
          byCompiler: byCompiler.map((one) => one.ratio),
        }),
        detectable: smallestVisible(ratio, floor),
      }],
    ),
  );
}

/** Of two medians alone; too wide to decide anything by it. */
function quotient(
  layout: ResultLayout,
  own: ResultLayout,
  cell: ResultCell,
): Compared {
  if (layout.nsPerIo === null || own.nsPerIo === null) {
    return {
      ratio: null,
      verdict: null,
      adjustedPValue: null,
      detectable: null,
    };
  }
  const ratio = ratioOf(layout.nsPerIo, own.nsPerIo);
  return {
    ratio,
    verdict: "no difference shown",
    adjustedPValue: null,
    detectable: ratio.low === null
      ? null
      : smallestVisible(ratio, cell.noiseFloor?.difference ?? 0),
  };
}
