/**
 * From the options of a run to its cells: which layouts are compared on which
 * ABI, workload and recognition, and which cannot be, with the reason.
 */
import { type Abi, findAbi } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import type { ResultLeftOut } from "../result/result.ts";
import type { Engine } from "../setup/engine_choice.ts";
import { BASELINE } from "../setup/baseline.ts";
import { layoutsOf } from "../setup/run_layouts.ts";
import { layoutRefusal } from "../native/layout_refusal.ts";
import type { CellContender, CellPlan } from "./cell_plan.ts";
import type { RunOptions } from "./options.ts";
import {
  type Recognition,
  servesRecognition,
} from "../../sim/recognition/recognition_registry.ts";

/**
 * Lists the cells of a run.
 *
 * The baseline is in every cell. It cannot carry a flag, so that in a
 * `segment` cell it recognises by page, as mainline does: the ratio then
 * compares mainline with the proposal, not two encodings alone.
 *
 * @param enginesOf The engines of an ABI's cells; JavaScript alone if absent.
 * @returns The cells, workload by workload.
 */
export function planCells(
  run: Pick<RunOptions, "layouts" | "abis" | "workloads" | "recognitions">,
  enginesOf: (abi: Abi) => readonly Engine[] = () => ["js"],
): readonly CellPlan[] {
  const cells: CellPlan[] = [];
  const layouts = layoutsOf(run.layouts);
  for (const abi of run.abis.map((name) => findAbi(name))) {
    for (const workload of run.workloads) {
      for (const recognition of run.recognitions) {
        const { contenders, leftOut } = takePart(layouts, { abi, recognition });
        for (const engine of enginesOf(abi)) {
          const refused = contenders.flatMap(({ layout }) => {
            const reason = engine === "native"
              ? layoutRefusal(layout, abi)
              : undefined;
            return reason === undefined ? [] : [{ name: layout.name, reason }];
          });
          const names = new Set(refused.map(({ name }) => name));
          cells.push({
            workload,
            abi,
            recognition,
            engine,
            contenders: contenders.filter(({ layout }) =>
              !names.has(layout.name)
            ),
            leftOut: [...leftOut, ...refused],
          });
        }
      }
    }
  }
  return cells;
}

/** The part of a cell that says who takes part; planned or done. */
export interface Attendance {
  /** How many layouts take part, the baseline among them. */
  readonly present: number;
  readonly leftOut: readonly ResultLeftOut[];
}

export function attendance({ contenders, leftOut }: CellPlan): Attendance {
  return { present: contenders.length, leftOut };
}

/** Layouts were asked for by name, and none of them can take part. */
export class NothingToCompareError extends RangeError {
  override readonly name = "NothingToCompareError";
}

/**
 * Refuses a comparison without anybody left to compare: layouts were asked for
 * by name and each cell has the baseline alone.
 *
 * @param asked The layouts that were asked for by name; none if none was.
 * @throws {NothingToCompareError} If so, with the reason of the first.
 */
export function requireContenders(
  cells: readonly Attendance[],
  asked: readonly string[] | undefined,
): void {
  const others = (asked ?? []).filter((name) => name !== BASELINE);
  if (others.length === 0) return;
  if (cells.some(({ present }) => present > 1)) return;
  const first = cells.flatMap(({ leftOut }) => leftOut)[0];
  if (first === undefined) return;
  throw new NothingToCompareError(
    `Cannot compare ${first.name} with ${BASELINE}: ${first.reason}; ` +
      "expected a layout that holds every segment and serves the P2P " +
      "detection (see lab layouts)",
  );
}

/**
 * Sorts layouts into those that can take part in a cell and those that cannot.
 */
function takePart(
  layouts: readonly Layout[],
  cell: { abi: Abi; recognition: Recognition },
): Pick<CellPlan, "contenders" | "leftOut"> {
  const contenders: CellContender[] = [];
  const leftOut: ResultLeftOut[] = [];
  // With nothing to compare it with, it detects as it was asked to.
  const isCompared = layouts.some(({ name }) => name !== BASELINE);
  for (const layout of layouts) {
    const own = layout.name === BASELINE && isCompared
      ? "page"
      : cell.recognition;
    const served = servesRecognition(layout, {
      abi: cell.abi,
      recognition: own,
    });
    if (isUnsupported(served)) {
      leftOut.push({ name: layout.name, reason: served.unsupported });
    } else contenders.push({ layout, recognition: own });
  }
  return { contenders, leftOut };
}
