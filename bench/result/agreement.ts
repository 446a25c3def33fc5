/**
 * Whether two engines agree about a cell: what both found about each layout,
 * the order of all ratios, and how far their times are apart.
 */
import { plural } from "../../sim/text/plural.ts";
import type { ResultCell } from "./result.ts";
import type { Verdict } from "./timing_types.ts";

/** How two engines' ratios of one cell relate. */
export interface Agreement {
  /** Kendall's tau-b of the ratios, -1 to 1; `null` below two layouts. */
  readonly tau: number | null;
  /** Layouts that one engine calls faster and the other slower. */
  readonly opposed: readonly string[];
  /** Layouts that only one engine finds different from the baseline. */
  readonly oneSided: readonly string[];
  /** The same in plain words: what was computed and nothing more. */
  readonly words: string;
}

/** What two engines found of one layout. */
interface Pair {
  readonly name: string;
  readonly verdicts: readonly [Verdict | null, Verdict | null];
  readonly ratios: readonly [number, number];
}

/**
 * Compares the ratios of one cell between two engines.
 *
 * @returns Rank agreement, and the layouts on which the engines part.
 */
export function agreementOf(one: ResultCell, other: ResultCell): Agreement {
  const pairs = one.layouts.flatMap((layout): Pair[] => {
    const match = other.layouts.find(({ name }) => name === layout.name);
    return layout.name === one.baseline || !layout.ratio || !match?.ratio
      ? []
      : [{
        name: layout.name,
        verdicts: [layout.verdict, match.verdict],
        ratios: [layout.ratio.median, match.ratio.median],
      }];
  });
  const opposed = pairs.filter(({ verdicts: [a, b] }) =>
    isDifferent(a) && isDifferent(b) && a !== b
  ).map(({ name }) => name);
  const oneSided = pairs.filter(({ verdicts: [a, b] }) =>
    isDifferent(a) !== isDifferent(b)
  ).map(({ name }) => name);
  const tau = kendallTau(pairs.map(({ ratios }) => ratios));
  return {
    tau,
    opposed,
    oneSided,
    words: words(`${one.engine} and ${other.engine}`, pairs, {
      tau,
      opposed,
      oneSided,
    }),
  };
}

function isDifferent(verdict: Verdict | null): boolean {
  return verdict === "faster" || verdict === "slower";
}

/**
 * Computes Kendall's tau-b, which allows for ties.
 *
 * @param pairs Two values per item.
 * @returns tau-b from -1 to 1, `null` below two items or when one side is
 * all ties. Time O(n^2).
 */
export function kendallTau(
  pairs: readonly (readonly [number, number])[],
): number | null {
  let score = 0;
  let untiedLeft = 0;
  let untiedRight = 0;
  pairs.forEach(([left, right], i) => {
    for (const [otherLeft, otherRight] of pairs.slice(i + 1)) {
      const a = Math.sign(left - otherLeft);
      const b = Math.sign(right - otherRight);
      score += a * b;
      untiedLeft += a * a;
      untiedRight += b * b;
    }
  });
  const scale = Math.sqrt(untiedLeft * untiedRight);
  return scale === 0 ? null : score / scale;
}

function words(
  engines: string,
  pairs: readonly Pair[],
  { tau, opposed, oneSided }: Omit<Agreement, "words">,
): string {
  if (pairs.length === 0) {
    return `${engines}: no layout but the baseline was timed in both`;
  }
  const both = (verdict: Verdict) =>
    pairs.filter(({ verdicts: [a, b] }) => a === verdict && b === verdict)
      .map(({ name }) => name);
  const only = `only one of them shows a difference for ${oneSided.join(", ")}`;
  const found: string[] = [];
  if (opposed.length > 0) {
    found.push(
      `${engines} contradict each other on ${opposed.join(", ")}: do not ` +
        `quote these without saying which engine`,
    );
    if (oneSided.length > 0) found.push(only);
  } else if (oneSided.length > 0) {
    found.push(`${engines} do not contradict each other, but ${only}`);
  }
  const add = (what: string) =>
    found.push(found.length === 0 ? `${engines} both ${what}` : `both ${what}`);
  for (const verdict of ["faster", "slower"] as const) {
    const names = both(verdict);
    if (names.length > 0) add(`find ${names.join(", ")} ${verdict}`);
  }
  const none = pairs.length - opposed.length - oneSided.length -
    both("faster").length - both("slower").length;
  if (none > 0) {
    add(
      `show no difference for ${
        none === pairs.length ? "any layout" : plural(none, "layout")
      }`,
    );
  }
  found.push(
    tau === null
      ? "no order of ratios to compare"
      : `Kendall's tau of their ratios is ${tau.toFixed(2)}, over ${
        plural(pairs.length, "layout")
      }`,
  );
  return found.join("; ");
}
