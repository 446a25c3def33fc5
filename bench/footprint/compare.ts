/** Compares recordings of footprints with the lab, structure by structure. */
import { findLayout } from "../../layouts/registry.ts";
import { BESIDE_PATH } from "./beside_path.ts";
import {
  compareStructure,
  NOTHING_RECORDED,
  NOTHING_TOUCHED,
  recordedOf,
} from "./compare_structure.ts";
import type { TouchedLines } from "./line_collector.ts";
import {
  type BufferPlacement,
  placementsOf,
  PLAIN_PLACEMENT,
} from "./placement.ts";
import { type RecordedCell, recordedCell } from "./recorded_cell.ts";
import type { RecordedWorkload, Recording } from "./recording.ts";
import type { ComparedFootprint, FootprintResult } from "./result.ts";
import {
  SAME_STRUCTURES,
  type SameStructure,
  UNCOMPARED,
} from "./structures.ts";
import { traceCell } from "./trace_cell.ts";

/** The layout of the kernels that were recorded. */
const MAINLINE = "page_offset";

/** A workload and the cell that it is. */
interface Boot {
  readonly workload: RecordedWorkload;
  readonly cell: RecordedCell;
}

/** What traces a cell; the lab's tracer, or a test's. */
export type CellTracer = (
  cell: RecordedCell,
  placement: BufferPlacement,
) => TouchedLines;

const traceMainline: CellTracer = (cell, placement) =>
  traceCell(cell, findLayout(MAINLINE), placement);

/** @param recordings The recordings; those of one set-up give a range. */
export function compareRecordings(
  recordings: readonly Recording[],
  trace: CellTracer = traceMainline,
): FootprintResult {
  const found = recordings.flatMap((recording) =>
    recording.workloads.map((workload) => ({
      recording,
      workload,
      cell: recordedCell(recording, workload.description),
    }))
  );
  const boots = found.flatMap(({ workload, cell }): Boot[] =>
    "reason" in cell ? [] : [{ workload, cell }]
  );
  const traced = new Map<string, TouchedLines>();
  const traceOnce: CellTracer = (cell, placement) =>
    traced.getOrInsertComputed(
      JSON.stringify([cell, placement]),
      () => trace(cell, placement),
    );
  const footprints = found.map(({ recording, workload, cell }) => {
    const named = { file: recording.file, workload: workload.name };
    const kernelLines = workload.lines;
    if ("reason" in cell) {
      return {
        ...named,
        covered: false,
        reason: cell.reason,
        kernelLines,
        modelledLines: 0,
        labLines: 0,
        untold: [],
        structures: [],
      };
    }
    return {
      ...named,
      ...comparePlaced({ workload, cell }, {
        boots,
        recording,
        trace: traceOnce,
      }),
      covered: true,
      kernelLines,
    };
  });
  return { schemaVersion: 1, refused: [], footprints };
}

/** What a workload of one boot is compared with. */
interface Others {
  readonly boots: readonly Boot[];
  readonly recording: Recording;
  readonly trace: CellTracer;
}

type ComparedBoot = Pick<
  ComparedFootprint,
  "structures" | "modelledLines" | "labLines" | "untold"
>;

/**
 * Compares a workload where rings and buffers are as they seem to have stood in
 * the I/O that was recorded: of a few places, where most structures are equal.
 * One thing is moved after another, and only where something differs.
 */
function comparePlaced(boot: Boot, others: Others): ComparedBoot {
  const at = (placement: BufferPlacement) =>
    compareBoot(boot, others, placement);
  const equals = ({ structures }: ComparedBoot) =>
    structures.filter(({ equal }) => equal).length;
  let best = PLAIN_PLACEMENT;
  let compared = at(best);
  for (const choices of placementsOf(boot.cell)) {
    if (equals(compared) === compared.structures.length) break;
    for (const choice of choices) {
      const placement = { ...best, ...choice };
      const other = at(placement);
      if (equals(other) <= equals(compared)) continue;
      best = placement;
      compared = other;
    }
  }
  return compared;
}

function compareBoot(
  boot: Boot,
  { boots, recording, trace }: Others,
  placement: BufferPlacement,
): ComparedBoot {
  const { workload, cell } = boot;
  const touched = trace(cell, placement);
  const same = SAME_STRUCTURES.filter(({ when }) => when?.(cell) ?? true);
  const known = new Set(same.map(({ lab }) => lab));
  // What only the lab has is a difference, too.
  const all = [
    ...same,
    ...[...touched.structures.keys()]
      .filter((lab) => !known.has(lab) && !UNCOMPARED.has(lab))
      .map((lab): SameStructure => ({ lab, recorded: lab })),
  ];
  let modelledLines = 0;
  const untold: string[] = [];
  const structures = all.flatMap((one) => {
    const { lab, recorded, placedByBoot, inPart, mayBeUntold, tag } = one;
    const kernel = recordedOf(workload, one);
    const own = touched.structures.get(lab);
    if (own === undefined && (kernel === undefined || inPart)) return [];
    if (
      kernel === undefined && mayBeUntold &&
      !recording.workloads.some((other) => recordedOf(other, one) !== undefined)
    ) {
      untold.push(recorded);
      return [];
    }
    modelledLines += kernel?.lines ?? 0;
    const alike = boots.filter(({ cell: of }) =>
      JSON.stringify(alikeKey(of, placedByBoot)) ===
        JSON.stringify(alikeKey(cell, placedByBoot))
    ).flatMap(({ workload: other }) => recordedOf(other, one) ?? []);
    return [compareStructure(recorded, {
      kernel: kernel ?? NOTHING_RECORDED,
      alike,
      own: own ?? NOTHING_TOUCHED,
      cell,
      tag,
      isBeside: BESIDE_PATH.has(lab),
    })];
  });
  return { structures, modelledLines, labLines: touched.lines, untold };
}

/** What has to be the same for boots to be of one set-up. */
function alikeKey(
  cell: RecordedCell,
  placedByBoot: true | undefined,
): Partial<RecordedCell> {
  if (placedByBoot !== true) return cell;
  const { kernel, api, registered, isWrite, bytes, depth, kind } = cell;
  return { kernel, api, registered, isWrite, bytes, depth, kind };
}
