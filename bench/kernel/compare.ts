/** What a patch changed: two results of one and the same workloads. */
import { areaOf, CORE_AREAS, NOISY_AREAS } from "./areas.ts";
import type { KernelResult, KernelWorkload } from "./result.ts";

/** How sure a difference is. */
export type KernelVerdict = "same" | "exact" | "within noise" | "beyond noise";

/** One figure in both kernels. */
export interface KernelDifference {
  /** What is counted. */
  readonly name: string;
  /** In the base. */
  readonly base: number;
  /** In the patched kernel. */
  readonly patched: number;
  /** What repeats of one and the same kernel differ by. */
  readonly noise: number;
  /** How sure the difference is. */
  readonly verdict: KernelVerdict;
}

/** One workload in both kernels. */
export interface WorkloadComparison {
  /** Its name. */
  readonly name: string;
  /** Instructions, loads, stores, lines. */
  readonly figures: readonly KernelDifference[];
  /** Lines of structures that differ. */
  readonly lines: readonly KernelDifference[];
  /** Loads and stores of structures that differ. */
  readonly accesses: readonly KernelDifference[];
  /** Functions whose instructions differ by more than their own spread. */
  readonly functions: readonly KernelDifference[];
  /** The same of time-keeping, scheduler and interrupts. */
  readonly noisyFunctions: readonly KernelDifference[];
}

/** A comparison. */
export interface KernelComparison {
  /** Name and release of the base. */
  readonly base: string;
  /** Name and release of the patched kernel. */
  readonly patched: string;
  /** Whether the base was measured twice. */
  readonly controlled: boolean;
  /** Sizes of structs and slab objects that differ. */
  readonly sizes: readonly KernelDifference[];
  /** By workload. */
  readonly workloads: readonly WorkloadComparison[];
  /** What makes the results unlike. */
  readonly warnings: readonly string[];
}

/** What is compared. */
export interface Compared {
  /** Without the patch. */
  readonly base: KernelResult;
  /** With it. */
  readonly patched: KernelResult;
  /** The base measured again. */
  readonly control: KernelResult | undefined;
}

/**
 * Compares two results.
 *
 * @param compared They, and a control.
 * @returns What differs.
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
    sizes: sizesOf(base, patched),
    workloads: names.flatMap((name) => {
      const [before, after] = [base.workloads[name], patched.workloads[name]];
      return before === undefined || after === undefined ? [] : [
        compareWorkload(name, before, after, control?.workloads[name]),
      ];
    }),
    warnings: warningsOf(compared),
  };
}

function compareWorkload(
  name: string,
  base: KernelWorkload,
  patched: KernelWorkload,
  control: KernelWorkload | undefined,
): WorkloadComparison {
  const both = (
    what: string,
    of: (workload: KernelWorkload) => number,
    all: (workload: KernelWorkload) => readonly number[],
  ) =>
    difference(what, [of(base), of(patched)], [
      spread(all(base)),
      spread(all(patched)),
      control === undefined ? 0 : Math.abs(of(base) - of(control)),
    ]);
  const none = () => [];
  const figures = [
    both(
      "core instructions",
      (one) => median(one.core_all),
      (one) => one.core_all,
    ),
    both("all instructions", (one) => one.main_median, (one) => one.main_all),
    both("loads", (one) => one.loads, none),
    both("stores", (one) => one.stores, none),
    both("all lines", (one) => median(one.lines_all), (one) => one.lines_all),
  ];
  const structures = [
    ...new Set([
      ...Object.keys(base.structures),
      ...Object.keys(patched.structures),
    ]),
  ];
  const ofStructures = (
    count: (workload: KernelWorkload, structure: string) => number,
  ) =>
    structures.map((structure) =>
      both(structure, (one) => count(one, structure), none)
    ).filter(differs).toSorted(largestFirst);
  const functions = functionsOf(base, patched, control);
  return {
    name,
    figures,
    lines: ofStructures((one, structure) =>
      one.structures[structure]?.lines_not_bulk ?? 0
    ),
    accesses: ofStructures((one, structure) => {
      const found = one.structures[structure];
      return found === undefined ? 0 : found.reads + found.writes;
    }),
    functions: functions.filter(({ name }) => !isNoisy(name)),
    noisyFunctions: functions.filter(({ name }) => isNoisy(name)),
  };
}

function functionsOf(
  base: KernelWorkload,
  patched: KernelWorkload,
  control: KernelWorkload | undefined,
): KernelDifference[] {
  const names = new Set([
    ...Object.keys(base.functions_median),
    ...Object.keys(patched.functions_median),
  ]);
  const range = (one: KernelWorkload, name: string) => {
    const [least, most] = one.functions_range[name] ?? [0, 0];
    return most - least;
  };
  return [...names].map((name) => {
    const before = base.functions_median[name] ?? 0;
    return difference(name, [before, patched.functions_median[name] ?? 0], [
      range(base, name),
      range(patched, name),
      control === undefined
        ? 0
        : Math.abs(before - (control.functions_median[name] ?? 0)),
    ]);
  }).filter((one) => differs(one) && one.verdict !== "within noise")
    .toSorted(largestFirst);
}

function difference(
  name: string,
  [base, patched]: readonly [number, number],
  noises: readonly number[],
): KernelDifference {
  const noise = Math.max(...noises);
  const apart = Math.abs(patched - base);
  const verdict = apart === 0
    ? "same"
    : noise === 0
    ? "exact"
    : apart <= noise
    ? "within noise"
    : "beyond noise";
  return { name, base, patched, noise, verdict };
}

/**
 * Gives what the middle I/Os of a run differ by: a tick of the clock that hits
 * one or two of nine is no property of the kernel.
 *
 * @param values One figure of all I/Os.
 * @returns Largest less smallest, without the quarter at either end.
 */
export function spread(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const middle = sorted.slice(cut, sorted.length - cut);
  return middle.length === 0 ? 0 : (middle.at(-1) ?? 0) - (middle[0] ?? 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
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

/** Whether a function belongs to block, nvme or iov_iter. */
export function isCore(name: string): boolean {
  return CORE_AREAS.includes(areaOf(name, ""));
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

function warningsOf({ base, patched, control }: Compared): string[] {
  const warnings: string[] = [];
  const results = [base, patched, ...(control === undefined ? [] : [control])];
  const unlike = (what: string, of: (result: KernelResult) => string) => {
    const found = [...new Set(results.map(of))];
    if (found.length > 1) warnings.push(`${what} differ: ${found.join("; ")}`);
  };
  unlike("controllers", (result) => result.controller);
  unlike("versions of QEMU", (result) => result.qemu.split(":")[0] ?? "");
  unlike("queue settings", (result) => result.queue.join(", "));
  const only = [
    ...Object.keys(base.workloads).filter((name) => !patched.workloads[name]),
    ...Object.keys(patched.workloads).filter((name) => !base.workloads[name]),
  ];
  if (only.length > 0) {
    warnings.push(`workloads of one result alone: ${only.join(", ")}`);
  }
  if (control === undefined) {
    warnings.push(
      "no --control: noise is what nine I/Os of one boot differ by, not what " +
        "two boots do",
    );
  }
  return warnings;
}
