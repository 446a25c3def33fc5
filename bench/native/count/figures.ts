/** What counting finds, and how two tools' figures are held together. */

/** What is counted of all counted I/Os together; `null` where a tool cannot. */
export interface InstructionFigures {
  readonly instructions: number;
  /** Loads among their accesses. */
  readonly loads: number | null;
  /** Stores among their accesses. */
  readonly stores: number | null;
  /** Jumps, calls and returns, taken or not. */
  readonly branches: number | null;
  /** Accesses at no multiple of their size. */
  readonly unaligned: number | null;
  /** Accesses to two cache lines. */
  readonly lineCrossings: number | null;
}

/** Names of the figures, in the order of tables. */
export const FIGURES = [
  "instructions",
  "loads",
  "stores",
  "branches",
  "unaligned",
  "lineCrossings",
] as const satisfies readonly (keyof InstructionFigures)[];

/** What two tools may differ by: 0.1 %. */
const MOST_APART = 0.001;
/**
 * Accesses that are the tools' own, such as those of entering the function
 * between which they count; figures of a few would be far apart by them.
 */
const OWN_OF_TOOL = 16;

/**
 * Takes from one tool what another one cannot count.
 *
 * @returns The first's figures; the second's where there is none.
 */
export function fillFigures(
  first: InstructionFigures,
  second: InstructionFigures,
): InstructionFigures {
  return Object.fromEntries(
    FIGURES.map((name) => [name, first[name] ?? second[name]]),
  ) as unknown as InstructionFigures;
}

/**
 * Finds a figure by which two tools are too far apart.
 *
 * @returns The figure's name and both values; nothing if they agree.
 */
export function figureApart(
  first: InstructionFigures,
  second: InstructionFigures,
): { name: keyof InstructionFigures; values: [number, number] } | undefined {
  for (const name of FIGURES) {
    const [one, other] = [first[name], second[name]];
    if (one === null || other === null) continue;
    const most = Math.max(OWN_OF_TOOL, MOST_APART * Math.max(one, other));
    if (Math.abs(one - other) > most) return { name, values: [one, other] };
  }
  return undefined;
}
