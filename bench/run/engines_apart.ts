/**
 * How far the absolute times of two engines are apart. The same path takes
 * JavaScript a few times what it takes C; more than that means that the two do
 * not time the same thing, whatever their ratios say.
 */
import { WrongAnswerError } from "../shell/context.ts";
import type { ResultCell, ResultLayout } from "../result/result.ts";
import { plural } from "../../sim/text/plural.ts";
import { formatFigure } from "../text/figure.ts";
import type { LabWarning } from "../statistics/warning.ts";

/** Factor between the times of two engines that fails a run. */
const MOST_FACTOR = 5;
/** Measurements of a layout below which a factor may be one interruption. */
const LEAST_SAMPLES = 3;

export interface EngineTimes {
  readonly name: string;
  /** Its time per I/O on each engine, in their order. */
  readonly nsPerIo: readonly [number, number];
  /** The longer over the shorter. */
  readonly factor: number;
}

export class EnginesApartError extends WrongAnswerError {}

/**
 * Finds the layouts whose times on two engines differ by more than a factor of
 * 5, both in the medians and in the best measurements: other work on the
 * machine makes single ones longer, and none shorter.
 *
 * @param twin The cell on the first engine.
 * @param cell The same cell on the second one.
 * @returns The layouts, the furthest apart first; those that were measured
 *   fewer than 3 times are not judged.
 */
export function enginesApart(
  twin: ResultCell,
  cell: ResultCell,
): readonly EngineTimes[] {
  return cell.layouts.flatMap((own): EngineTimes[] => {
    const other = twin.layouts.find(({ name }) => name === own.name);
    if (!own.nsPerIo || !other?.nsPerIo) return [];
    if (isTooFew(own) || isTooFew(other)) return [];
    const nsPerIo = [other.nsPerIo.median, own.nsPerIo.median] as const;
    const factor = factorOf(...nsPerIo);
    return Math.min(factor, factorOf(best(other), best(own))) > MOST_FACTOR
      ? [{ name: own.name, nsPerIo, factor }]
      : [];
  }).sort((a, b) => b.factor - a.factor);
}

export function apartWarnings(
  twin: ResultCell,
  cell: ResultCell,
): LabWarning[] {
  const found = enginesApart(twin, cell);
  if (found.length === 0) return [];
  return [{
    code: "engines-apart",
    message: saying(twin, cell, found),
    hint: "one of them times something else than the path, or V8 did not " +
      "compile it (deno task lab:native): quote neither",
  }];
}

/**
 * Returns the error of a run whose engines are too far apart; all of its cells
 * are whole and stay.
 *
 * @returns The error, which names the cells; none if all is well.
 */
export function apartError(
  pairs: readonly (readonly [twin: ResultCell, cell: ResultCell])[],
): EnginesApartError | undefined {
  const found = pairs.flatMap(([twin, cell]) => {
    const apart = enginesApart(twin, cell);
    return apart.length === 0 ? [] : [
      `"${cell.workload}" (${cell.abi}, ${cell.recognition}): ` +
      saying(twin, cell, apart),
    ];
  });
  return found.length === 0
    ? undefined
    : new EnginesApartError(`Cannot trust the times of ${found.join("; ")}`);
}

function saying(
  twin: ResultCell,
  cell: ResultCell,
  [worst, ...others]: readonly EngineTimes[],
): string {
  if (worst === undefined) return "";
  const { name, nsPerIo: [first, second], factor } = worst;
  const ns = (value: number) => formatFigure(value, 7);
  const more = others.length === 0
    ? ""
    : `, and ${plural(others.length, "layout")} more`;
  return `${name} takes ${ns(first)} ns an I/O in ${twin.engine} and ` +
    `${ns(second)} in ${cell.engine}, a factor of ` +
    `${factor.toFixed(1)}${more}, expected at most ${MOST_FACTOR}`;
}

function isTooFew({ samples }: ResultLayout): boolean {
  return samples ? samples.total < LEAST_SAMPLES : false;
}

/** The shortest of the measurements that are kept, or the median. */
function best({ samples, nsPerIo }: ResultLayout): number {
  const kept = (samples?.values ?? []).map((sample) => sample.nsPerIo);
  return kept.length === 0 ? nsPerIo?.median ?? 0 : Math.min(...kept);
}

function factorOf(a: number, b: number): number {
  return Math.max(a, b) / Math.min(a, b);
}
