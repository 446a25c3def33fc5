/** A workload's part of a result, from the figures of its I/Os. */
import { attribute } from "./attribute.ts";
import type { Attribution } from "./attribution.ts";
import { median } from "./difference.ts";
import {
  areasOfAll,
  functionsOf,
  functionSpread,
  inclusiveOf,
  inlinedFigures,
  type IoFigures,
} from "./io_figures.ts";
import { PHASES, type Phases } from "./phases.ts";
import type { KernelWorkload } from "./result.ts";
import type { IoTrace } from "./trace_reader.ts";
import type { GuestWorkload } from "./workloads.ts";

/** What is known of a workload's I/Os. */
export interface WorkloadIos {
  readonly workload: GuestWorkload;
  /** Figures of each I/O. */
  readonly ios: readonly IoFigures[];
  readonly best: { readonly index: number; readonly trace: IoTrace };
  /** Whether its data was written, read back and compared. */
  readonly verified: boolean;
}

/** @param phases Marks the events of the one that is shown. */
export function workloadResult(
  parts: WorkloadIos,
  phases: Phases,
  attribution: Attribution,
): KernelWorkload {
  const { workload, ios, best, verified } = parts;
  const { trace, index } = best;
  phases.mark(trace);
  const shown = ios[index];
  const touched = attribute(trace, phases, attribution);
  const functions = functionsOf(trace, phases);
  const instructions = Object.fromEntries(
    PHASES.map((phase, number) => [phase, shown?.byPhase[number] ?? 0]),
  );
  const main = shown?.main ?? 0;
  return {
    desc: `${workload.name} api=${workload.api}:${workload.depth} ` +
      `op=${workload.op} bytes=${workload.bytes} kind=${workload.kind}`,
    verified,
    representative_io: index,
    instructions,
    main,
    with_switch: main + (instructions.switch ?? 0),
    main_all: ios.map((io) => io.main),
    main_median: median(ios.map((io) => io.main)),
    lines_all: ios.map((io) => io.lines),
    switch_all: ios.map((io) => io.byPhase[PHASES.indexOf("switch")] ?? 0),
    excluded_all: ios.map((io) => io.byPhase[PHASES.indexOf("excluded")] ?? 0),
    loads: shown?.loads ?? 0,
    stores: shown?.stores ?? 0,
    loads_all: ios.map((io) => io.loads),
    stores_all: ios.map((io) => io.stores),
    areas: Object.fromEntries(shown?.areas ?? []),
    areas_all: areasOfAll(ios),
    core: shown?.core ?? 0,
    core_all: ios.map((io) => io.core),
    distinct_lines: touched.lines,
    functions,
    ...functionSpread(ios),
    inclusive: inclusiveOf(trace, phases),
    ...inlinedFigures(ios, index),
    page_functions: pageFunctions(touched.structures),
    bios: touched.bios,
    bvec: {
      ...(shown?.inlined === undefined ? {} : {
        "innermost_frame_in_bvec_h": shown.inlined.inBvec,
        "any_frame_bvec": shown.inlined.underBvec,
      }),
      ...bvecFigures(touched.structures, functions),
    },
    structures: touched.structures,
  };
}

/** The functions that touch bio_vecs, and how many instructions they have. */
function bvecFigures(
  structures: KernelWorkload["structures"],
  functions: KernelWorkload["functions"],
): KernelWorkload["bvec"] {
  const touching = new Set<string>();
  let accesses = 0;
  for (const [name, one] of Object.entries(structures)) {
    if (!name.startsWith("bio_vec")) continue;
    accesses += one.reads + one.writes;
    for (const { readers, writers } of one.fields) {
      for (const by of Object.keys({ ...readers, ...writers })) {
        touching.add(by);
      }
    }
  }
  return {
    functions_touching_bvecs: [...touching].toSorted(),
    insns_in_those: functions.reduce(
      (sum, { name, insns }) => touching.has(name) ? sum + insns : sum,
      0,
    ),
    accesses_not_bulk: accesses,
  };
}

/**
 * The functions that touch struct pages of the data: loads, stores and which
 * members.
 */
function pageFunctions(
  structures: KernelWorkload["structures"],
): KernelWorkload["page_functions"] {
  const found = new Map<string, [number, number, Set<string>]>();
  for (const field of structures["struct page (data)"]?.fields ?? []) {
    [field.readers, field.writers].forEach((counts, index) => {
      for (const [by, count] of Object.entries(counts)) {
        const own = found.getOrInsertComputed(by, () => [0, 0, new Set()]);
        own[index as 0 | 1] += count;
        own[2].add(field.name);
      }
    });
  }
  return Object.fromEntries(
    [...found].toSorted(([, a], [, b]) => b[0] + b[1] - a[0] - a[1])
      .map(([by, [loads, stores, fields]]) => [
        by,
        [loads, stores, [...fields].toSorted()],
      ]),
  );
}
