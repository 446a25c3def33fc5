/**
 * What a cell is and how far its figures can be trusted, in short sentences
 * that every report shares.
 */
import { LEAST_VALUES } from "../statistics/hodges_lehmann.ts";
import { ENOUGH_BUILDS } from "../result/summary_warnings.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import { formatSize } from "../../sim/text/size_text.ts";
import { plural } from "../../sim/text/plural.ts";
import { formatMeasuredDifference, formatPercent } from "../text/figure.ts";
import { leastOf, mostOf } from "../text/extremes.ts";
import { hasSlowTurns, slowTurnWords } from "./slow_turn_words.ts";

export const FEW_BUILDS_NOTE: string =
  `with fewer than ${ENOUGH_BUILDS} an interval says little of the next ones`;

const MAX_REASONS = 3;

/**
 * Layouts differ by a few percent: a run that sees no less than this has not
 * shown that they are alike.
 */
const TOO_NOISY = 0.2;

/**
 * Says what was run.
 *
 * @returns A sentence with ABI, recognition, engine, kernel and the I/Os.
 */
export function cellFacts(cell: ResultCell): string {
  const { ios } = cell;
  const parts = [
    cell.abi,
    `P2P detection ${cell.recognition}`,
    `engine ${cell.engine}`,
    ...(cell.kernel === undefined ? [] : [`kernel ${cell.kernel}`]),
  ];
  const kinds = ([
    [ios.reads, "read"],
    [ios.writes, "write"],
    [ios.others, "other"],
  ] as const).flatMap(([n, word]) => n === 0 ? [] : [plural(n, word)]);
  if (ios.skipped > 0) kinds.push(`${ios.skipped} skipped`);
  return `${parts.join(", ")}; ${plural(ios.total, "I/O")}` +
    `${kinds.length === 0 ? "" : ` (${kinds.join(", ")})`}, ` +
    formatSize(ios.bytes) +
    (cell.setting === undefined ? "" : `; ${cell.setting}`);
}

/**
 * Says why entries of the input were left out.
 *
 * @returns The commonest reasons; nothing if none was left out or no reason
 *   is known.
 */
export function cellSkips(cell: ResultCell): string[] {
  const reasons = Object.entries(cell.skippedByReason ?? {})
    .filter(([, times]) => times > 0)
    .sort(([, one], [, other]) => other - one);
  if (cell.ios.skipped === 0 || reasons.length === 0) return [];
  const named = reasons.slice(0, MAX_REASONS).map(([reason, times]) =>
    `${times} ${reason}`
  );
  if (reasons.length > MAX_REASONS) named.push("...");
  return [`${cell.ios.skipped} skipped: ${named.join(", ")}`];
}

/**
 * Says which I/Os are after the exact table, if not all columns have the same
 * ones after them.
 */
export function exactSample(cell: ResultCell): string[] {
  const { reads, writes } = cell.ios;
  const all = reads + writes;
  const traced = cell.layouts.flatMap(({ footprint }) => {
    const ios = footprint?.tracedIos;
    return typeof ios === "number" ? [ios] : [];
  });
  if (traced.length === 0 || traced.every((ios) => ios === all)) return [];
  const first = new Set([leastOf(traced), mostOf(traced)]);
  return [
    `bvec B and lines: first ${[...first].join(" to ")} I/Os; the rest: all ` +
    `${all} reads and writes`,
  ];
}

/**
 * Says how much difference the cell could show at all.
 *
 * @returns Sentences on rounds, builds, noise floor and the smallest visible
 * difference; none if nothing was timed.
 */
export function cellTrust(cell: ResultCell): string[] {
  const sentences: string[] = [];
  if (cell.verifiedBytes !== undefined) {
    sentences.push(
      `Layouts of one P2P detection built equal commands (digest ` +
        `${cell.digest}); ` +
        `${formatSize(cell.verifiedBytes)} were moved and ` +
        `checked for each.`,
    );
    if (cell.engine === "native") {
      sentences.push(
        "Every command and list of engine native equals the DataView path's, " +
          "byte for byte.",
      );
    }
  }
  if (cell.rounds && cell.builds) {
    const limit = cell.builds * cell.rounds === 1
      ? ": a single measurement has no interval and shows no difference"
      : cell.builds < ENOUGH_BUILDS
      ? `: ${FEW_BUILDS_NOTE}`
      : "";
    sentences.push(
      `${plural(cell.builds, "build")} x ${
        plural(cell.rounds, "round")
      } per layout${limit}.`,
    );
    if (cell.builds * cell.rounds > 1) {
      sentences.push(
        `${
          ratioMethod(cell.builds)
        }; it need not be the quotient of two times.`,
      );
    }
  }
  if (cell.noiseFloor) {
    // The size alone, as in the warning: identical code has no direction.
    const found = formatMeasuredDifference(cell.noiseFloor.difference);
    sentences.push(
      `${cell.baseline ?? "The baseline"} differed from itself by ${found}.`,
    );
  }
  const samples = cell.layouts.reduce(
    (sum, layout) => sum + (layout.samples?.total ?? 0),
    0,
  );
  const outliers = cell.layouts.reduce(
    (sum, layout) => sum + (layout.outliers ?? 0),
    0,
  );
  if (samples > 0 && outliers > 0) {
    sentences.push(
      `${outliers} of ${samples} samples lie far outside; none was removed.`,
    );
  }
  const slow = slowTurnWords(cell);
  if (slow !== undefined) {
    sentences.push(`${slow.replace(/^t/, "T")}.`);
  }
  const spreads = cell.layouts.flatMap((layout) =>
    layout.betweenBuildSpread ?? []
  );
  if (spreads.length > 0) {
    const ends = [leastOf(spreads), mostOf(spreads)];
    const range = new Set(ends.map(formatPercent));
    sentences.push(
      `Builds of one layout${
        hasSlowTurns(cell) ? ", slow turns among them," : ""
      } vary by ${[...range].join(" to ")}.`,
    );
  }
  const hidden = cell.layouts.flatMap((layout) =>
    layout.verdict === "no difference shown" && layout.name !== cell.baseline
      ? layout.detectable ?? []
      : []
  );
  const clear = hidden.filter((detectable) => !isTooNoisy(detectable));
  if (clear.length > 0) {
    const worst = formatPercent(mostOf(clear));
    sentences.push(
      `"not shown": a difference below ${worst} could not be seen.`,
    );
  }
  const noisy = hidden.length - clear.length;
  if (noisy > 0) {
    const which = clear.length === 0 ? "" : `, for ${noisy} of them`;
    sentences.push(`"not shown"${which}: the run is too noisy to tell.`);
  }
  return sentences;
}

/**
 * Says how a ratio and its interval were made of the samples (summarise.ts).
 *
 * @returns A sentence without its full stop.
 */
function ratioMethod(builds: number): string {
  return builds < LEAST_VALUES
    ? "A ratio is the median of the ratios in each round, its interval a " +
      "bootstrap over builds, then rounds"
    : "A ratio is the centre of the builds' medians of the ratios in each " +
      "round (Hodges and Lehmann), its interval by Wilcoxon's signed ranks";
}

/**
 * Says whether "no difference shown" means anything.
 *
 * @param detectable The smallest difference that could have been shown.
 */
export function isTooNoisy(detectable: number): boolean {
  return detectable > TOO_NOISY;
}

/**
 * Says how much of a run that did not end there is.
 *
 * @returns One sentence, or none if the run was whole.
 */
export function doneCells(result: LabResult): string[] {
  // A process that was killed could not say that it was.
  const how = result.interrupted
    ? "interrupted"
    : result.complete === false
    ? "unfinished"
    : undefined;
  if (how === undefined || isWhole(result)) return [];
  const parts = result.cells.filter(({ complete }) => complete === false);
  const whole = result.cells.length - parts.length;
  const part = parts.length === 0
    ? ""
    : `, and ${plural(parts.length, "cell")} without all of its timings`;
  const { abis, workloads, recognitions } = result.config;
  const lists = [abis, workloads, recognitions];
  if (!lists.every((list) => Array.isArray(list))) {
    return [`${how}: ${plural(whole, "cell")}${part}`];
  }
  const planned = lists.reduce(
    (product, list) => product * list.length,
    result.config.engine === "both" ? 2 : 1,
  );
  return [
    `${how}: ${whole} of ${plural(planned, "cell")}${part}`,
  ];
}

/** A signal may come when nothing is left to be done. */
function isWhole({ complete, cells }: LabResult): boolean {
  return complete === true && cells.every(({ complete }) => complete !== false);
}
