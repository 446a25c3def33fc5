/**
 * Whether the turns of a file give the figures in it: sums of other turns would
 * be figures that nobody has measured.
 */
import type { Sample } from "../statistics/sample.ts";
import type { ResultCell, ResultLayout } from "./result.ts";
import { summarise } from "./summarise.ts";
import type { Summary } from "./summary.ts";
import { buildsOfTurns, samplesOfTurns } from "./turns.ts";

/**
 * How far a figure may be from that of the turns: these have five figures, so
 * that each is off by 0.005 % at most, and a ratio of two by 0.01 %.
 */
const TOLERANCE = 1.1e-4;

/** A spread is of ratios of builds to their mean, each off by as much. */
const SPREAD_TOLERANCE = 2 * TOLERANCE;

export interface TurnNames {
  readonly baseline: string;
  /** The second copy of it. */
  readonly control: string;
}

/**
 * Finds a figure of a cell that its turns do not give.
 *
 * @param cell The cell; its turns are those of one (`brokenTurns()`).
 */
export function unlikeTurns(
  cell: ResultCell,
  { baseline, control }: TurnNames,
): string | undefined {
  const { turns = [], timing, layouts, noiseFloor } = cell;
  const builds = buildsOfTurns(turns);
  const { earlierBuilds = 0 } = timing ?? {};
  if (earlierBuilds > builds) {
    return `${earlierBuilds} earlier builds among ${builds}`;
  }
  if (cell.builds !== builds) {
    return `turns of ${builds} builds, not of ${cell.builds}`;
  }
  const samples = samplesOfTurns(turns);
  const warm = summed(samples.warm, { baseline, control });
  const cold = summed(samples.cold, { baseline, control });
  // One that refers to another layout has ratios of its medians alone.
  const hasRatios = (cell.baseline ?? baseline) === baseline;
  const pairs = layouts.flatMap((layout): Pair[] => [
    ...pairsOf("warm", layout.name, { own: layout, found: warm, hasRatios }),
    ...pairsOf("cold", layout.name, {
      ...{ own: layout.cold, found: cold, hasRatios },
    }),
  ]);
  pairs.push([
    "ratio of identical code",
    noiseFloor?.ratio.median,
    warm.noiseFloor?.ratio.median,
  ]);
  for (const [what, told, found = NaN] of pairs) {
    if (!(Math.abs((told ?? NaN) - found) <= TOLERANCE * found)) {
      return `${what} of ${told ?? "nothing"}, ${figure(found)} by its turns,`;
    }
  }
  return unlikeSpread(cell, warm);
}

/** Medians are as they were where one build of several is another one. */
function unlikeSpread({ layouts }: ResultCell, warm: Summary) {
  for (const { name, betweenBuildSpread: told } of layouts) {
    const found = warm.contenders.find(({ contender }) => contender === name)
      ?.betweenBuildSpread;
    if (typeof told !== "number" || typeof found !== "number") continue;
    if (!(Math.abs(told - found) <= SPREAD_TOLERANCE)) {
      return `spread between builds of ${name} of ${figure(told)}, ${
        figure(found)
      } by its turns,`;
    }
  }
  return undefined;
}

/** As many figures as turns have. */
const figure = (value: number) => Number(value.toPrecision(5));

/** Medians are asked for, not what is drawn around them. */
function summed(samples: readonly Sample[], names: TurnNames): Summary {
  return summarise(samples, {
    ...{ ...names, seed: 1, resamples: 1, permutations: 1 },
  });
}

/**
 * What a figure is of, its value in the file, and the value that its turns
 * give.
 */
type Pair = readonly [
  what: string,
  told: number | undefined,
  found: number | undefined,
];

/** The figures of a layout in a cache state; none where it has no turns. */
function pairsOf(
  state: string,
  name: string,
  { own, found, hasRatios }: {
    readonly own:
      | Partial<Pick<ResultLayout, "nsPerIo" | "ratio">>
      | null
      | undefined;
    readonly found: Summary;
    readonly hasRatios: boolean;
  },
): Pair[] {
  const { nsPerIo, ratio } =
    found.contenders.find(({ contender }) => contender === name) ?? {};
  if (nsPerIo === undefined) return [];
  return [
    [`${state} time of ${name}`, own?.nsPerIo?.median, nsPerIo.median],
    ...(hasRatios
      ? [
        [
          `${state} ratio of ${name}`,
          own?.ratio?.median,
          ratio?.median,
        ] as const,
      ]
      : []),
  ];
}
