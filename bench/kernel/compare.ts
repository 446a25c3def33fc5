/** What a patch changed: two results of one and the same workloads. */
import { areaOf, NOISY_AREAS, sourceName } from "./areas.ts";
import { type Compared, comparisonWarnings } from "./comparison_warnings.ts";
import {
  difference,
  differenceOfAll,
  isSure,
  type KernelDifference,
} from "./difference.ts";
import type { KernelResult, KernelWorkload } from "./result.ts";

export interface WorkloadComparison {
  readonly name: string;
  /** Medians of the I/O as a whole. */
  readonly figures: {
    /** Instructions in block, nvme and iov_iter. */
    readonly core: KernelDifference;
    /** All instructions of the I/O. */
    readonly all: KernelDifference;
    readonly loads: KernelDifference;
    /** Stores, without those that only fill memory. */
    readonly stores: KernelDifference;
    /** Distinct lines of 64 bytes. */
    readonly lines: KernelDifference;
    /** Lines of bio_vecs, in the I/O that is shown. */
    readonly bvecLines: KernelDifference;
  };
  /** Instructions by part of the kernel, where they differ. */
  readonly areas: readonly KernelDifference[];
  /** Lines of structures that differ. */
  readonly lines: readonly KernelDifference[];
  /** Loads and stores of structures that differ. */
  readonly accesses: readonly KernelDifference[];
  /** Functions whose instructions differ by more than their own spread. */
  readonly functions: readonly KernelDifference[];
  /** The same by the innermost function of the source, if both have DWARF. */
  readonly inlined: readonly KernelDifference[];
  /** The same of time-keeping, scheduler and interrupts. */
  readonly noisyFunctions: readonly KernelDifference[];
}

/** How the base was measured; of QEMU the version alone. */
type KernelSetting = Readonly<
  Pick<
    KernelResult,
    "qemu" | "tool" | "controller" | "warmup" | "latencyNs" | "append"
  >
>;

export interface KernelComparison {
  readonly base: string;
  readonly patched: string;
  /** Whether the base was measured twice. */
  readonly controlled: boolean;
  readonly setting: KernelSetting;
  /** Sizes of structs and slab objects that differ. */
  readonly sizes: readonly KernelDifference[];
  readonly workloads: readonly WorkloadComparison[];
  /** What makes the results unlike. */
  readonly warnings: readonly string[];
}

/**
 * Compares two results.
 *
 * @throws {RangeError} If they have no workload in common.
 */
export function compareKernels(compared: Compared): KernelComparison {
  const { base, patched, control } = compared;
  const names = Object.keys(base.workloads).filter((name) =>
    patched.workloads[name] !== undefined
  );
  if (names.length === 0) {
    throw new RangeError(
      `Cannot compare the results: one has ` +
        `${
          Object.keys(base.workloads).join(", ") || "no workload"
        }, the other ` +
        `${Object.keys(patched.workloads).join(", ") || "none"}, expected a ` +
        `workload in both`,
    );
  }
  return {
    base: `${base.run || "base"} (${base.kernel})`,
    patched: `${patched.run || "patched"} (${patched.kernel})`,
    controlled: control !== undefined,
    setting: {
      qemu: base.qemu.split(":")[0] ?? "",
      tool: base.tool,
      controller: base.controller,
      warmup: base.warmup,
      latencyNs: base.latencyNs,
      append: base.append,
    },
    sizes: sizesOf(base, patched),
    workloads: names.flatMap((name) => {
      const [before, after] = [base.workloads[name], patched.workloads[name]];
      return before === undefined || after === undefined ? [] : [
        compareWorkload(name, before, after, control?.workloads[name]),
      ];
    }),
    warnings: comparisonWarnings(compared),
  };
}

function compareWorkload(
  name: string,
  base: KernelWorkload,
  patched: KernelWorkload,
  control: KernelWorkload | undefined,
): WorkloadComparison {
  const ofAll = (
    what: string,
    all: (workload: KernelWorkload) => readonly number[],
  ) =>
    differenceOfAll(what, {
      base: all(base),
      patched: all(patched),
      control: control && all(control),
    });
  const ofShown = (what: string, of: (workload: KernelWorkload) => number) =>
    difference(what, [of(base), of(patched)], [
      control === undefined ? 0 : Math.abs(of(base) - of(control)),
    ]);
  const structures = Object.keys({ ...base.structures, ...patched.structures });
  const ofStructures = (
    count: (workload: KernelWorkload, structure: string) => number,
  ) =>
    structures.map((structure) =>
      ofShown(structure, (one) => count(one, structure))
    ).filter(differs).toSorted(largestFirst);
  const functions = differencesBySource(
    [base, patched, control].map((one) => one && functionCounts(one)),
  );
  const inlined = differencesBySource(
    [base, patched, control].map((one) => one && inlinedCounts(one)),
  );
  return {
    name,
    figures: {
      core: ofAll("core instructions", (one) => one.core_all),
      all: ofAll("all instructions", (one) => one.main_all),
      loads: ofAll("loads", (one) => one.loads_all),
      stores: ofAll("stores", (one) => one.stores_all),
      lines: ofAll("all lines", (one) => one.lines_all),
      bvecLines: ofShown("lines of bio_vecs", bvecLines),
    },
    areas: Object.keys({ ...base.areas_all, ...patched.areas_all })
      .map((area) => ofAll(area, (one) => one.areas_all[area] ?? []))
      .filter(differs).toSorted(largestFirst),
    lines: ofStructures((one, structure) =>
      one.structures[structure]?.lines_not_bulk ?? 0
    ),
    accesses: ofStructures((one, structure) => {
      const found = one.structures[structure];
      return found === undefined ? 0 : found.reads + found.writes;
    }),
    functions: functions.filter(({ name }) => !isNoisy(name)),
    inlined: inlined.filter(({ name }) => !isNoisy(name)),
    noisyFunctions: functions.filter(({ name }) => isNoisy(name)),
  };
}

function bvecLines({ structures }: KernelWorkload): number {
  return Object.entries(structures)
    .filter(([name]) => name.startsWith("bio_vec"))
    .reduce((sum, [, one]) => sum + one.lines_not_bulk, 0);
}

interface Counts {
  readonly medians: Readonly<Record<string, number>>;
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
}

function functionCounts(workload: KernelWorkload): Counts {
  const { functions_median: medians, functions_range: ranges } = workload;
  return { medians, ranges };
}

function inlinedCounts(workload: KernelWorkload): Counts | undefined {
  const { innermost_median: medians, innermost_range: ranges = {} } = workload;
  return medians && { medians, ranges };
}

/** Another compilation makes other clones of a function: they are added up. */
function differencesBySource(
  [base, patched, control]: readonly (Counts | undefined)[],
): KernelDifference[] {
  if (base === undefined || patched === undefined) return [];
  const mediansOf = ({ medians }: Counts) => sumBySource(medians, (one) => one);
  const before = mediansOf(base);
  const after = mediansOf(patched);
  const again = control && mediansOf(control);
  const noises = [base, patched].map(({ ranges }) =>
    sumBySource(ranges, ([least, most]) => most - least)
  );
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const count = before.get(name) ?? 0;
    return difference(name, [count, after.get(name) ?? 0], [
      ...noises.map((noise) => noise.get(name) ?? 0),
      ...(again ? [Math.abs(count - (again.get(name) ?? 0))] : []),
    ]);
  }).filter(isSure).toSorted(largestFirst);
}

function sumBySource<T>(
  bySymbol: Readonly<Record<string, T>>,
  count: (value: T) => number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [symbol, value] of Object.entries(bySymbol)) {
    const name = sourceName(symbol);
    sums.set(name, (sums.get(name) ?? 0) + count(value));
  }
  return sums;
}

function differs(one: KernelDifference): boolean {
  return one.verdict !== "same";
}

function largestFirst(a: KernelDifference, b: KernelDifference): number {
  return Math.abs(b.patched - b.base) - Math.abs(a.patched - a.base) ||
    (a.name < b.name ? -1 : 1);
}

function isNoisy(name: string): boolean {
  return NOISY_AREAS.includes(areaOf(name, ""));
}

function sizesOf(
  base: KernelResult,
  patched: KernelResult,
): KernelDifference[] {
  const structs = (["bio_vec", "bio", "request", "page"] as const).map((name) =>
    difference(
      `struct ${name}`,
      [base.memory[name] ?? 0, patched.memory[name] ?? 0],
      [0],
    )
  );
  const slabs = Object.entries(base.slabs).flatMap(([name, { objsize }]) => {
    const other = patched.slabs[name];
    return other === undefined
      ? []
      : [difference(`slab ${name}`, [objsize, other.objsize], [0])];
  });
  return [...structs, ...slabs].filter(differs);
}
