/**
 * Whether two engines tell the same story about a cell: the same sign for each
 * layout and the same order of all.
 */
import type { ResultCell } from "../result.ts";

/** How two engines' ratios of one cell relate. */
export interface Agreement {
  /** Kendall's tau-b of the ratios, -1 to 1; `null` below two layouts. */
  readonly tau: number | null;
  /** Layouts of which one engine says faster and the other slower. */
  readonly opposed: readonly string[];
  /** Layouts that only one engine finds different from the baseline. */
  readonly oneSided: readonly string[];
  /** The same in plain words. */
  readonly words: string;
}

/**
 * Compares the ratios of one cell between two engines.
 *
 * @param one The cell on one engine.
 * @param other The same cell on the other.
 * @returns Rank agreement, and the layouts on which the engines part.
 */
export function agreementOf(one: ResultCell, other: ResultCell): Agreement {
  const pairs = one.layouts.flatMap((layout) => {
    const match = other.layouts.find(({ name }) => name === layout.name);
    return layout.name === one.baseline || !layout.ratio || !match?.ratio
      ? []
      : [{
        name: layout.name,
        verdicts: [layout.verdict, match.verdict],
        ratios: [layout.ratio.median, match.ratio.median] as const,
      }];
  });
  const isDifferent = (verdict: unknown) =>
    verdict === "faster" || verdict === "slower";
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
    words: words(`${one.engine} and ${other.engine}`, {
      tau,
      opposed,
      oneSided,
    }),
  };
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
  { tau, opposed, oneSided }: Omit<Agreement, "words">,
): string {
  if (opposed.length > 0) {
    return `${engines} contradict each other on ${opposed.join(", ")}: ` +
      `do not quote these without saying which engine`;
  }
  if (oneSided.length > 0) {
    return `${engines} do not contradict each other, but only one of them ` +
      `shows a difference for ${oneSided.join(", ")}`;
  }
  if (tau !== null && tau < 0) {
    return `${engines} agree on every verdict but rank the layouts ` +
      `differently (tau ${tau.toFixed(2)})`;
  }
  return `${engines} agree on sign and rank` +
    (tau === null ? "" : ` (tau ${tau.toFixed(2)})`);
}
