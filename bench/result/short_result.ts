/**
 * The short form of a result, which a file has unless samples are asked for:
 * without samples and warm-ups, and without what a layout's exact figures have
 * in common with those of the first layout of its cell. Reading a result gives
 * back what the layouts have in common.
 */
import type { LabResult, ResultCell, ResultLayout } from "./result.ts";
import { countOfTurns } from "./turns.ts";

/** Parts of a layout that are stored as differences from the first layout's. */
const PARTS = ["footprint", "modelled"] as const;
/** What such a part is like: name of a layout of the same cell. */
const LIKE = "like";
/** Keys of an object that the other one has, and this one does not. */
const WITHOUT = "without";

/** Numbers of turns, at most: of the usual layouts, twenty builds of 9 rounds. */
const MOST_TURNS = 4000;

/**
 * The measured parts of a layout: no clock has more significant digits than
 * these.
 */
const MEASURED = [
  ...["nsPerIo", "ratio", "iosPerSecond", "adjustedPValue", "detectable"],
  ...["betweenBuildSpread", "percentiles", "wallNsPerIo", "cold"],
];
const MEASURED_FIGURES = 7;

type Tree = Readonly<Record<string, unknown>>;

/**
 * Returns the short form of a result.
 *
 * @returns It without samples, warm-ups, and structures by stage, with seven
 * figures of what is measured, and with parts that are stored as differences.
 *
 * @example What two layouts have in common is once
 * ```ts
 * import { shortResult, wholeResult } from "./short_result.ts";
 * import { readResultFile } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const result = await readResultFile("bench/fuzz/result_seed.json");
 * const short = shortResult(result);
 * assertEquals(shortResult(wholeResult(short)), short);
 * ```
 */
export function shortResult(result: LabResult): LabResult {
  return { ...result, cells: result.cells.map(shortCell) };
}

/**
 * Returns the short form of a cell; a result of such cells is read as any
 * other.
 *
 * @returns It without samples, and with parts that are stored as differences.
 */
export function shortCell(cell: ResultCell): ResultCell {
  const layouts = cell.layouts.map(withoutSamples);
  const [first, ...others] = layouts;
  const { turns, ...rest } = cell;
  const whole = turns === undefined || countOfTurns(turns) > MOST_TURNS
    ? rest
    : cell;
  if (first === undefined) return whole;
  return {
    ...whole,
    layouts: [first, ...others.map((layout) => likeFirst(layout, first))],
  };
}

function withoutSamples(layout: ResultLayout): ResultLayout {
  const { warmUps: _, samples, footprint, ...rest } = layout;
  const measured = MEASURED.flatMap((key) =>
    Object.hasOwn(rest, key) ? [[key, rounded(Reflect.get(rest, key))]] : []
  );
  return {
    ...rest,
    ...Object.fromEntries(measured),
    ...(footprint === undefined
      ? {}
      : { footprint: withoutStages(footprint) as typeof footprint }),
    ...(samples === undefined ? {} : {
      samples: samples === null
        ? null
        : { ...samples, capped: samples.total > 0, values: [] },
    }),
  };
}

/** Seven figures of each number of a value. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") {
    return Number(value.toPrecision(MEASURED_FIGURES));
  }
  return isTree(value)
    ? Object.fromEntries(
      Object.entries(value).map(([key, own]) => [key, rounded(own)]),
    )
    : value;
}

/** Structures within stages are two thirds of a footprint. */
function withoutStages(footprint: unknown): unknown {
  if (!isTree(footprint)) return footprint;
  const { structuresInStages: _, atDepth, ...rest } = footprint;
  return {
    ...rest,
    ...(atDepth === undefined ? {} : { atDepth: withoutStages(atDepth) }),
  };
}

function likeFirst(layout: ResultLayout, first: ResultLayout): ResultLayout {
  const parts = PARTS.flatMap((part) => {
    const own = layout[part];
    const other = first[part];
    if (!isTree(own) || !isTree(other)) return [];
    return [[part, { [LIKE]: first.name, ...difference(own, other) }]];
  });
  return { ...layout, ...Object.fromEntries(parts) };
}

function difference(own: Tree, other: Tree): Tree {
  const without = Object.keys(other).filter((key) => !Object.hasOwn(own, key));
  const entries = Object.entries(own).flatMap(([key, value]) => {
    const there = Object.hasOwn(other, key) ? other[key] : undefined;
    if (isTree(value) && isTree(there)) {
      const found = difference(value, there);
      return Object.keys(found).length === 0 ? [] : [[key, found]];
    }
    return JSON.stringify(value) === JSON.stringify(there)
      ? []
      : [[key, value]];
  });
  return Object.fromEntries([
    ...entries,
    ...(without.length === 0 ? [] : [[WITHOUT, without]]),
  ]);
}

/**
 * Gives back what the layouts of a cell have in common.
 *
 * @param value What a file holds: anything.
 * @returns The same, with parts that are whole wherever it was a short result;
 * what cannot be understood stays unchanged, for the schema to refuse.
 */
export function wholeResult<Value>(value: Value): Value {
  if (!isTree(value) || !Array.isArray(value["cells"])) return value;
  const cells = value["cells"].map((cell: unknown) => {
    if (!isTree(cell) || !Array.isArray(cell["layouts"])) return cell;
    const layouts: readonly unknown[] = cell["layouts"];
    return {
      ...cell,
      layouts: layouts.map((layout) => wholeLayout(layout, layouts)),
    };
  });
  return { ...value, cells } as Value;
}

function wholeLayout(layout: unknown, all: readonly unknown[]): unknown {
  if (!isTree(layout)) return layout;
  const parts = PARTS.flatMap((part) => {
    const own = layout[part];
    if (!isTree(own) || !Object.hasOwn(own, LIKE)) return [];
    const { [LIKE]: name, ...rest } = own;
    const other = all.find((one) => isTree(one) && one["name"] === name);
    const there = isTree(other) ? other[part] : undefined;
    // A part cannot be like one that is not whole itself.
    return isTree(there) && !Object.hasOwn(there, LIKE)
      ? [[part, merged(rest, there)]]
      : [];
  });
  return parts.length === 0
    ? layout
    : { ...layout, ...Object.fromEntries(parts) };
}

function merged(own: Tree, other: Tree): Tree {
  const { [WITHOUT]: without, ...rest } = own;
  const left = Array.isArray(without) ? without : [];
  const kept = Object.entries(other).filter(([key]) => !left.includes(key));
  return Object.fromEntries([
    ...kept.map(([key, value]) => {
      const found = Object.hasOwn(rest, key) ? rest[key] : undefined;
      if (found === undefined) return [key, value];
      return [
        key,
        isTree(found) && isTree(value) ? merged(found, value) : found,
      ];
    }),
    ...Object.entries(rest).filter(([key]) =>
      !Object.hasOwn(other, key) || left.includes(key)
    ),
  ]);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Levels of a file that have lines of their own: cells, layouts. */
const LEVELS = 4;

/**
 * Writes a value as JSON with a line for each layout of a cell.
 *
 * @param replacer As of `JSON.stringify()`.
 */
export function shortJson(
  value: unknown,
  replacer: (key: string, value: unknown) => unknown,
): string {
  const write = (part: unknown, level: number): string => {
    const isList = Array.isArray(part);
    if (level >= LEVELS || (!isList && !isTree(part))) {
      return JSON.stringify(part, replacer);
    }
    const indent = " ".repeat(level + 1);
    const items = isList
      ? part.map((one) => indent + write(one ?? null, level + 1))
      : Object.entries(part).filter(([, one]) => one !== undefined)
        .map(([key, one]) =>
          `${indent}${JSON.stringify(key)}: ${write(one, level + 1)}`
        );
    const [open, close] = isList ? "[]" : "{}";
    return items.length === 0
      ? `${open}${close}`
      : `${open}\n${items.join(",\n")}\n${" ".repeat(level)}${close}`;
  };
  return write(value, 0);
}
