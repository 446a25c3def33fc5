/**
 * The figures of a sweep as rows, one for each layout of each cell, for CSV and
 * Parquet:
 *
 * - `cell`: the id; then each field of the plan by its name (`workload`, `abi`,
 *   `cpu`, ...), as a number where the setup has one;
 * - `layout`, `baseline`, `recognisedBy`, `machine` (index of the machine of its
 *   times), `digest`, `seed`, `ios.total`, `ios.bytes`;
 * - then every figure of the layout by its path in a result: `counts.*` exact,
 *   `modelled.*` by a cache model, `machineCode.*` counted, `nsPerIo.*`,
 *   `ratio.*` and `verdict` measured;
 * - of the footprint the exact lines of each structure and of each stage
 *   (`footprint.structures.bio_vec.linesPerIo`), 0 where a layout touches none;
 *   its other figures are in the JSON.
 *
 * Numbers are DOUBLE, all else STRING; what is missing is null. Sizes are in
 * bytes, times in ns. Which columns there are is what the first pass is for:
 * rows are never all in memory.
 */
import { z } from "zod";
import { valueAt } from "../../sim/text/field.ts";
import type { ResultLayout } from "../result/result.ts";
import { PLAN_FIELDS, type PlanField } from "./plan_fields.ts";
import type { MergedCell } from "./sweep_result.ts";

/** A figure or a word; nothing where it is missing. */
export type RowValue = number | string | null;

export interface RowColumn {
  readonly name: string;
  readonly type: "DOUBLE" | "STRING";
}

export type Row = ReadonlyMap<string, RowValue>;

/** Parts of a layout that are not figures of a row. */
const LEFT_OUT = ["name", "recognition", "samples", "footprint", "warmUp"];

/** Where one looks for a column's values. */
const FIRST: readonly RowColumn[] = [
  { name: "layout", type: "STRING" },
  { name: "baseline", type: "STRING" },
  { name: "recognisedBy", type: "STRING" },
  { name: "machine", type: "DOUBLE" },
  { name: "digest", type: "STRING" },
  { name: "seed", type: "DOUBLE" },
  { name: "ios.total", type: "DOUBLE" },
  { name: "ios.bytes", type: "DOUBLE" },
];

export class SweepRows {
  readonly #fields: readonly PlanField[];
  readonly #found = new Map<string, RowColumn["type"]>();

  /** Knows no figure yet. */
  constructor(axes: readonly string[]) {
    this.#fields = PLAN_FIELDS.filter(({ name, isSet }) =>
      axes.includes(name) && !isSet && name !== "seed"
    );
  }

  look(merged: MergedCell): void {
    for (const row of this.rows(merged)) {
      for (const [name, value] of row) {
        if (value !== null && !this.#found.has(name)) {
          this.#found.set(
            name,
            typeof value === "number" ? "DOUBLE" : "STRING",
          );
        }
      }
    }
  }

  /** All columns, those of the cell first. */
  get columns(): readonly RowColumn[] {
    const own: RowColumn[] = [
      { name: "cell", type: "STRING" },
      ...this.#fields.map((of): RowColumn => ({
        name: of.name,
        type: isNumber(of) ? "DOUBLE" : "STRING",
      })),
      ...FIRST,
    ];
    const names = new Set(own.map(({ name }) => name));
    const figures = [...this.#found].filter(([name]) => !names.has(name))
      .map(([name, type]): RowColumn => ({ name, type }))
      .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
    return [...own, ...figures];
  }

  rows({ id, axes, machine, setup, cell }: MergedCell): Row[] {
    const seed = setup["seed"];
    const shared: [string, RowValue][] = [
      ["cell", id],
      ...this.#fields.map((of): [string, RowValue] => [
        of.name,
        isNumber(of)
          ? numberOrNull(valueAt(setup, of.path))
          : axes[of.name] ?? null,
      ]),
      ["baseline", cell.baseline ?? null],
      ["machine", machine],
      ["digest", cell.digest],
      ["seed", numberOrNull(seed)],
      ["ios.total", cell.ios.total],
      ["ios.bytes", cell.ios.bytes],
    ];
    return cell.layouts.map((layout) => {
      const row = new Map(shared);
      row.set("layout", layout.name);
      row.set("recognisedBy", layout.recognition ?? cell.recognition);
      flatten(figuresOf(layout), [], row);
      this.#addLines(layout, row);
      return row;
    });
  }

  /** What is not in a footprint was not touched: that is a figure, too. */
  #addLines({ footprint }: ResultLayout, row: Map<string, RowValue>): void {
    const { structures, stages } = footprint ?? {};
    for (const [part, touched] of Object.entries({ structures, stages })) {
      if (touched === undefined) continue;
      for (const name of this.#found.keys()) {
        if (name.startsWith(`footprint.${part}.`)) row.set(name, 0);
      }
      for (const [name, { linesPerIo }] of Object.entries(touched)) {
        row.set(linesColumn(part, name), linesPerIo);
      }
    }
  }
}

/** Counted first, then modelled, then measured. */
const PARTS = [
  "bytesPerSegment",
  "counts",
  "footprint",
  "machineCode",
  "modelled",
];

function linesColumn(part: string, name: string): string {
  return `footprint.${part}.${name}.linesPerIo`;
}

function rank({ name }: RowColumn): number {
  const at = PARTS.indexOf(name.split(".")[0] ?? "");
  return at < 0 ? PARTS.length : at;
}

function figuresOf(layout: ResultLayout): object {
  return Object.fromEntries(
    Object.entries(layout).filter(([key]) => !LEFT_OUT.includes(key)),
  );
}

/** A list of things with names has those for keys, as in the CSV of a run. */
function flatten(
  value: unknown,
  path: readonly string[],
  into: Map<string, RowValue>,
): void {
  if (typeof value === "number") {
    into.set(path.join("."), Number.isFinite(value) ? value : null);
  } else if (typeof value === "string") into.set(path.join("."), value);
  else if (Array.isArray(value)) {
    for (const one of value) {
      const { name, ...others } = Object(one);
      if (typeof name !== "string") continue;
      flatten(others, [...path.slice(0, -1), name], into);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      flatten(one, [...path, key], into);
    }
  }
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function isNumber({ field: { schema } }: PlanField): boolean {
  let at: unknown = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) {
    at = at.unwrap();
  }
  return at instanceof z.ZodNumber;
}
