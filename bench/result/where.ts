/**
 * Cells of a result by what they are: `abi=ilp32_pae,workload=128k` keeps those
 * that fit.
 */
import { unknownName } from "../../sim/text/unknown_name.ts";
import type { LabResult } from "./result.ts";

/** What distinguishes a cell, as far as the file says. */
const KEYS = [
  "workload",
  "abi",
  "recognition",
  "engine",
  "kernel",
  "submitter",
  "placement",
] as const;

/** What options and reports call a P2P detection. */
const ALIASES: Readonly<Record<string, string | undefined>> = {
  recognise: "recognition",
  detection: "recognition",
};

/** A condition: a field has one of some values. */
export interface CellCondition {
  readonly key: string;
  /** Its value, or what its value begins with. */
  readonly value: string;
}

/**
 * Reads conditions.
 *
 * @param texts Each `field=value`.
 * @throws {RangeError} If one is none.
 */
export function parseConditions(texts: readonly string[]): CellCondition[] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    if (at > 0 && at < text.length - 1) {
      const key = text.slice(0, at);
      return { key: ALIASES[key] ?? key, value: text.slice(at + 1) };
    }
    throw new RangeError(
      `Cannot use --where "${text.slice(0, 60)}", expected FIELD=VALUE, such ` +
        "as abi=lp64",
    );
  });
}

/**
 * Keeps what fits: of one field any of its conditions, of several all. A value
 * that nothing has exactly stands for those that begin with it.
 *
 * @returns Those that fit, one at least.
 * @throws {RangeError} If a field is not known, or nothing fits.
 */
export function whereAll<Item>(
  items: readonly Item[],
  conditions: readonly CellCondition[],
  fieldsOf: (item: Item) => Readonly<Record<string, string | undefined>>,
): readonly Item[] {
  let left = items;
  for (const key of new Set(conditions.map((one) => one.key))) {
    const values = (from: readonly Item[]) => [
      ...new Set(from.flatMap((item) => fieldsOf(item)[key] ?? [])),
    ];
    const known = values(items);
    if (known.length === 0) {
      const keys = new Set(
        items.flatMap((item) =>
          Object.entries(fieldsOf(item)).filter(([, value]) =>
            value !== undefined
          ).map(([name]) => name)
        ),
      );
      throw unknownName("field of a cell", key, [...keys]);
    }
    const wanted = conditions.filter((one) => one.key === key)
      .flatMap(({ value }) => {
        const fitting = known.includes(value)
          ? [value]
          : known.filter((other) => other.startsWith(value));
        if (fitting.length === 0) throw unknownName(key, value, known);
        return fitting;
      });
    left = left.filter((item) => wanted.includes(fieldsOf(item)[key] ?? ""));
  }
  if (left.length > 0) return left;
  throw new RangeError(
    `Cannot find a cell where ${
      conditions.map(({ key, value }) => `${key}=${value}`).join(" and ")
    }, expected at least one`,
  );
}

/**
 * Keeps the cells of a result that fit.
 *
 * @returns The result with those cells.
 * @throws {RangeError} If a field is not known, or no cell fits.
 *
 * @example The cells of one ABI
 * ```ts
 * import { parseConditions, whereCells } from "./where.ts";
 * import { readResultFile } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const result = await readResultFile("bench/fuzz/result_seed.json");
 * const { cells } = whereCells(result, parseConditions(["abi=lp64"]));
 * assertEquals(new Set(cells.map(({ abi }) => abi)), new Set(["lp64"]));
 * ```
 */
export function whereCells(
  result: LabResult,
  conditions: readonly CellCondition[],
): LabResult {
  if (conditions.length === 0) return result;
  return {
    ...result,
    cells: whereAll(
      result.cells,
      conditions,
      (cell) => Object.fromEntries(KEYS.map((key) => [key, cell[key]])),
    ),
  };
}
