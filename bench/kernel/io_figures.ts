/** Figures of one I/O, and of the nine of a workload together. */
import { areaOf, CORE_AREAS, sourceName } from "./areas.ts";
import { inclusiveInstructions } from "./call_stacks.ts";
import { median } from "./difference.ts";
import type { InlinedFunctions } from "./inlined_functions.ts";
import { ofIo, PHASES, type Phases } from "./phases.ts";
import type { KernelWorkload } from "./result.ts";
import { EVENT, type IoTrace } from "./trace_reader.ts";

/** What is counted of each I/O. */
export interface IoFigures {
  readonly byPhase: readonly number[];
  /** Instructions of the I/O's own phases. */
  readonly main: number;
  /** Those in block, nvme and iov_iter. */
  readonly core: number;
  /** Instructions by part of the kernel. */
  readonly areas: ReadonlyMap<string, number>;
  /** Distinct lines of 64 bytes. */
  readonly lines: number;
  readonly loads: number;
  /** Stores, without those that only fill memory. */
  readonly stores: number;
  readonly functions: ReadonlyMap<string, number>;
  /** By the innermost function of the source, if there is DWARF. */
  readonly inlined: InlinedFigures | undefined;
}

/** What DWARF says of an I/O's instructions. */
export interface InlinedFigures {
  /** Instructions by the innermost function, inlined or not. */
  readonly innermost: ReadonlyMap<string, number>;
  /** Instructions whose innermost function linux/bvec.h declares. */
  readonly inBvec: number;
  /** Instructions with such a one anywhere among what is inlined. */
  readonly underBvec: number;
}

/** Counts an I/O. */
export function figuresOf(
  trace: IoTrace,
  phases: Phases,
  inlined?: InlinedFunctions,
): IoFigures {
  const byPhase: number[] = PHASES.map(() => 0);
  const functions = new Map<number, number>();
  const lines = new Set<number>();
  let loads = 0;
  let stores = 0;
  for (let event = 0; event < trace.count; event++) {
    const phase = phases.phases[event] ?? 0;
    if (trace.kinds[event] === EVENT.instruction) {
      if (phases.counted[event] === 0) continue;
      byPhase[phase] = (byPhase[phase] ?? 0) + 1;
      if (!ofIo(phase)) continue;
      const id = phases.functions[event] ?? 0;
      functions.set(id, (functions.get(id) ?? 0) + 1);
      continue;
    }
    const address = trace.addresses[event] ?? -1;
    if (address < 0 || !ofIo(phase)) continue;
    if (trace.kinds[event] === EVENT.load) loads++;
    else if (phases.bulk[event] === 0) stores++;
    lines.add(Math.floor(address / 64));
    lines.add(Math.floor((address + (trace.details[event] ?? 1) - 1) / 64));
  }
  const named = new Map<string, number>();
  const areas = new Map<string, number>();
  for (const [id, count] of functions) {
    const name = phases.nameOf(id);
    named.set(name, (named.get(name) ?? 0) + count);
    const area = areaOf(name, phases.moduleOf(id));
    areas.set(area, (areas.get(area) ?? 0) + count);
  }
  const core = CORE_AREAS.reduce(
    (sum, area) => sum + (areas.get(area) ?? 0),
    0,
  );
  const main = byPhase.reduce(
    (sum, count, phase) => ofIo(phase) ? sum + count : sum,
    0,
  );
  return {
    byPhase,
    main,
    core,
    areas,
    lines: lines.size,
    loads,
    stores,
    functions: named,
    inlined: inlined && inlinedOf(trace, phases, inlined),
  };
}

function inlinedOf(
  trace: IoTrace,
  phases: Phases,
  inlined: InlinedFunctions,
): InlinedFigures {
  const innermost = new Map<string, number>();
  let [inBvec, underBvec] = [0, 0];
  for (let event = 0; event < trace.count; event++) {
    const phase = phases.phases[event] ?? 0;
    if (phases.counted[event] === 0 || !ofIo(phase)) continue;
    const frames = inlined.at(trace.addresses[event] ?? -1);
    const last = frames.at(-1);
    const name = last?.name ??
      sourceName(phases.nameOf(phases.functions[event] ?? 0));
    innermost.set(name, (innermost.get(name) ?? 0) + 1);
    if (last?.file === "bvec.h") inBvec++;
    if (frames.some(({ file }) => file === "bvec.h")) underBvec++;
  }
  return { innermost, inBvec, underBvec };
}

/**
 * Returns the functions of an I/O.
 *
 * @returns They, those with the most instructions first.
 */
export function functionsOf(
  trace: IoTrace,
  phases: Phases,
): KernelWorkload["functions"] {
  const counts = new Map<number, Record<string, number>>();
  for (let event = 0; event < trace.count; event++) {
    const phase = phases.phases[event] ?? 0;
    if (phases.counted[event] === 0 || !ofIo(phase)) continue;
    const id = phases.functions[event] ?? 0;
    const own = counts.getOrInsertComputed(id, () => ({}));
    const name = PHASES[phase] ?? "excluded";
    own[name] = (own[name] ?? 0) + 1;
  }
  return [...counts].map(([id, byPhase]) => ({
    name: phases.nameOf(id),
    insns: Object.values(byPhase).reduce((sum, count) => sum + count, 0),
    by_phase: byPhase,
  })).toSorted((a, b) => b.insns - a.insns || (a.name < b.name ? -1 : 1));
}

/**
 * Returns what functions execute together with what they call.
 *
 * @returns Instructions by function, most first.
 */
export function inclusiveOf(
  trace: IoTrace,
  phases: Phases,
): Record<string, number> {
  const named = new Map<string, number>();
  for (const [id, count] of inclusiveInstructions(trace, phases)) {
    const name = phases.nameOf(id);
    named.set(name, (named.get(name) ?? 0) + count);
  }
  return mostFirst(named);
}

/**
 * Returns what functions execute in the middle I/O, and how much that varies.
 *
 * @returns Medians, and least and most where they are not the same.
 */
export function functionSpread(
  ios: readonly IoFigures[],
): Pick<KernelWorkload, "functions_median" | "functions_range"> {
  const { medians, ranges } = spreadOf(ios.map((io) => io.functions));
  return { functions_median: medians, functions_range: ranges };
}

/**
 * Returns the innermost functions of the I/O that is shown and of the middle
 * one.
 *
 * @returns Nothing without DWARF.
 */
export function inlinedFigures(
  ios: readonly IoFigures[],
  shown: number,
): Pick<
  KernelWorkload,
  "innermost_inline" | "innermost_median" | "innermost_range"
> {
  const innermost = ios[shown]?.inlined?.innermost;
  if (innermost === undefined) return {};
  const { medians, ranges } = spreadOf(
    ios.map((io) => io.inlined?.innermost ?? new Map()),
  );
  return {
    innermost_inline: mostFirst(innermost),
    innermost_median: medians,
    innermost_range: ranges,
  };
}

function mostFirst(counts: Iterable<[string, number]>): Record<string, number> {
  return Object.fromEntries(
    [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
  );
}

function spreadOf(all: readonly ReadonlyMap<string, number>[]) {
  const names = new Set(all.flatMap((one) => [...one.keys()]));
  const medians: Record<string, number> = {};
  const ranges: Record<string, [number, number]> = {};
  for (const name of [...names].toSorted()) {
    const counts = all.map((one) => one.get(name) ?? 0);
    medians[name] = median(counts);
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    if (least !== most) ranges[name] = [least, most];
  }
  return { medians, ranges };
}

/**
 * Returns the instructions of each I/O by part of the kernel.
 *
 * @param ios All I/Os of a workload.
 * @returns Counts in the order of the I/Os, by part.
 */
export function areasOfAll(
  ios: readonly IoFigures[],
): Record<string, number[]> {
  const names = new Set(ios.flatMap((io) => [...io.areas.keys()]));
  return Object.fromEntries(
    [...names].toSorted().map((name) => [
      name,
      ios.map((io) => io.areas.get(name) ?? 0),
    ]),
  );
}
