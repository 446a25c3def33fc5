/**
 * What a result says of each layout beside the baseline, in the three figures
 * that the first screen shows of each workload: lines, instructions, time.
 */
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import { PLAIN_MACHINE } from "../../sim/setup/machine_setup.ts";
import type { Interval } from "../result/timing_types.ts";
import type { LabResult, ResultCell, ResultLayout } from "../result/result.ts";
import { BASELINE } from "../setup/baseline.ts";
import { exactDifference } from "../text/figure.ts";
import { sortedJson } from "../text/sorted_json.ts";
import { isTooNoisy } from "./cell_facts.ts";
import { recordedCode } from "./recorded_code.ts";

export type TimeFinding =
  | { readonly kind: "untimed" }
  /** One measurement, or a run that sees nothing but large differences. */
  | { readonly kind: "unclear" }
  /** No difference, where one of `detectable` would have been shown. */
  | { readonly kind: "none"; readonly detectable: number }
  | { readonly kind: "faster" | "slower"; readonly ratio: Interval };

/** A layout beside the baseline, in one group of cells. */
export interface LayoutFigures {
  readonly name: string;
  /** Lines per I/O; `null` where they were not counted. */
  readonly lines: number | null;
  /** Lines more or less than the baseline's. */
  readonly moreLines: number | null;
  /** Instructions per I/O of the path in C. */
  readonly instructions: number | null;
  /** The same over the baseline's. */
  readonly instructionRatio: number | null;
  /** Time per I/O in ns. */
  readonly nsPerIo: number | null;
  readonly time: TimeFinding;
}

/** The cells of one workload, ABI, detection and kernel, of all engines. */
export interface AnswerGroup {
  /** What distinguishes it from the other groups, in short. */
  readonly title: string;
  /** The cells; the first is the one whose times are given. */
  readonly cells: readonly [ResultCell, ...ResultCell[]];
  readonly baseline: LayoutFigures | undefined;
  /** All layouts, the baseline among them. */
  readonly layouts: readonly LayoutFigures[];
  /** Whether its lines are of all structures of the model. */
  readonly hasAllLines: boolean;
  /** Where its instructions come from; absent where it has none. */
  readonly instructionsFrom?: "run" | "record";
}

const KEYS = ["workload", "abi", "recognition", "kernel", "placement"] as const;

/**
 * Puts the cells of a result together.
 *
 * @returns One group for each workload, ABI, detection and kernel, in order.
 */
export function answerGroups(result: LabResult): readonly AnswerGroup[] {
  const all = [
    ...Map.groupBy(
      result.cells,
      (cell) => JSON.stringify(KEYS.map((name) => cell[name] ?? null)),
    ).values(),
  ] as [ResultCell, ...ResultCell[]][];
  // No more words than are needed to distinguish them.
  let differing: (typeof KEYS)[number][] = [];
  for (const name of KEYS) {
    const titles = all.map(([cell]) =>
      differing.map((key) => cell[key]).join()
    );
    if (new Set(titles).size === all.length && differing.length > 0) break;
    if (new Set(all.map(([cell]) => cell[name])).size > 1) {
      differing = [...differing, name];
    }
  }
  return all.map((cells) => groupOf(result, cells, differing));
}

/** Returns the name of the layout that a cell's ratios refer to. */
function baselineOf(cell: ResultCell): string {
  return cell.baseline ?? BASELINE;
}

function groupOf(
  result: LabResult,
  cells: readonly [ResultCell, ...ResultCell[]],
  differing: readonly (typeof KEYS)[number][],
): AnswerGroup {
  const [first] = cells;
  // The path in C scatters least between builds.
  const timed =
    cells.find((cell) => cell.engine === "native" && isTimed(cell)) ??
      cells.find(isTimed) ?? first;
  const hasAllLines = first.layouts.every(({ counts }) =>
    counts.linesPerIo !== undefined
  );
  const linesOf = ({ counts }: ResultLayout) =>
    (hasAllLines ? counts.linesPerIo : counts.bvecLinesPerIo) ?? null;
  const counted = new Map(
    cells.flatMap(({ layouts }) => layouts).flatMap(({ name, machineCode }) =>
      machineCode ? [[name, machineCode.instructionsPerIo] as const] : []
    ),
  );
  const record = counted.size > 0 || !isPlain(result)
    ? undefined
    : recordedCode(first);
  const instructions = counted.size > 0 ? counted : record;
  const base = first.layouts.find(({ name }) => name === baselineOf(first));
  const baseLines = base === undefined ? null : linesOf(base);
  const baseCode = base === undefined
    ? undefined
    : instructions?.get(base.name);
  const layouts = first.layouts.map((layout): LayoutFigures => {
    const { name } = layout;
    const lines = linesOf(layout);
    const code = instructions?.get(name);
    const own = timed.layouts.find((other) => other.name === name);
    return {
      name,
      lines,
      moreLines: exactDifference(lines, baseLines),
      instructions: code ?? null,
      instructionRatio: code === undefined || !baseCode
        ? null
        : code / baseCode,
      nsPerIo: own?.nsPerIo?.median ?? null,
      time: own === undefined ? { kind: "untimed" } : timeOf(own),
    };
  });
  const words = differing.filter((name) => name !== "workload")
    .map((name) => first[name] ?? "-");
  return {
    title: [nameOf(first.workload), ...words].join(" "),
    cells: [timed, ...cells.filter((cell) => cell !== timed)],
    baseline: layouts.find(({ name }) => name === base?.name),
    layouts,
    hasAllLines,
    // With one layout alone they compare nothing.
    ...(layouts.every(({ name, instructionRatio }) =>
        name === base?.name || instructionRatio === null
      )
      ? {}
      : { instructionsFrom: counted.size > 0 ? "run" : "record" }),
  };
}

/** The last part of a path says which file it was. */
function nameOf(workload: string): string {
  return workload.split(/[\\/]/).findLast((part) => part !== "") ?? workload;
}

function isTimed(cell: ResultCell): boolean {
  return cell.layouts.some(({ nsPerIo }) => nsPerIo !== null);
}

function timeOf({ ratio, verdict, detectable }: ResultLayout): TimeFinding {
  if (ratio === null || verdict === null) return { kind: "untimed" };
  if (verdict !== "no difference shown") return { kind: verdict, ratio };
  const isSingle = ratio.low === null || ratio.high === null;
  return isSingle || detectable === null || detectable === undefined ||
      isTooNoisy(detectable)
    ? { kind: "unclear" }
    : { kind: "none", detectable };
}

/**
 * Returns whether the machine of a result is the default one.
 *
 * @returns `true` of one that does not say what it was, too.
 */
export function hasPlainMachine({ config }: LabResult): boolean {
  const { machine } = config;
  return machine === undefined || isSame(machine, PLAIN_MACHINE);
}

/** Whether all is as in the paths whose machine code is on record. */
function isPlain({ config, seed }: LabResult): boolean {
  const { machine, limits, batch, submitter, placement } = config;
  return seed === 1 && batch === 1 && submitter === undefined &&
    placement === undefined && isSame(machine, PLAIN_MACHINE) &&
    isSame(limits, QUEUE_LIMIT_PRESETS.nvme_prp);
}

function isSame(one: unknown, other: unknown): boolean {
  return sortedJson(one) === sortedJson(other);
}
