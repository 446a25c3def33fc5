/**
 * The exact figures of a result beside those of the same run made again.
 */
import type { LabResult, ResultCell } from "../result/result.ts";
import type { ClaimFinding, UnequalFigure } from "./mail_table.ts";

/** Parts of a layout that are the same on every machine. */
const PARTS = ["counts", "bytesPerSegment", "footprint", "modelled"] as const;

/**
 * Compares the exact figures of a result with those counted now.
 *
 * @param claimed The result; what it lacks, as files of older labs do, is not
 *   compared.
 * @param counted The same run, made again.
 * @returns How many figures were compared, and which differ.
 */
export function compareExact(
  claimed: LabResult,
  counted: LabResult,
): ClaimFinding {
  let compared = 0;
  const unequal: UnequalFigure[] = [];
  const compare = (figure: string, own: unknown, other: unknown) => {
    if (typeof own === "object" && own !== null) {
      for (const [key, value] of Object.entries(own)) {
        compare(`${figure}.${key}`, value, Reflect.get(Object(other), key));
      }
      return;
    }
    if (own === undefined || own === null) return;
    compared++;
    if (!isEqual(own, other)) {
      unequal.push({ figure, claimed: written(own), counted: written(other) });
    }
  };
  for (const cell of claimed.cells) {
    const other = counted.cells.find((own) => keyOf(own) === keyOf(cell));
    const name = keyOf(cell);
    compare(`${name}: digest`, cell.digest, other?.digest);
    for (const layout of cell.layouts) {
      const own = other?.layouts.find((one) => one.name === layout.name);
      for (const part of PARTS) {
        compare(`${name}: ${layout.name}.${part}`, layout[part], own?.[part]);
      }
    }
  }
  return { compared, unequal };
}

/** All engines have the same exact figures. */
function keyOf({ workload, abi, recognition }: ResultCell): string {
  return `${workload}, ${abi}, ${recognition}`;
}

/** Quotients of whole numbers: the last bit is their division's. */
function isEqual(one: unknown, other: unknown): boolean {
  if (typeof one === "number" && typeof other === "number") {
    return Math.abs(one - other) <= 1e-12 * Math.abs(one);
  }
  return one === other;
}

function written(value: unknown): string {
  return value === undefined || value === null ? "-" : String(value);
}
