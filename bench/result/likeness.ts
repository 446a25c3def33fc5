/**
 * Whether two results may be compared at all: same machine, same runtime, same
 * configuration, same I/Os. What differs is named by its key.
 */
import { DEFAULT_API } from "../../sim/block/direct_io.ts";
import type { LabResult, ResultCell } from "./result.ts";

/** A key in which two results differ although it should be equal. */
export interface DifferingKey {
  /** Path in the result file, such as `environment.cpuModel`. */
  readonly key: string;
  /** Its value in the first result. */
  readonly before: unknown;
  /** Its value in the second. */
  readonly after: unknown;
}

/** Parts of the environment that times depend on; load does not count. */
export const MACHINE_KEYS: readonly string[] = [
  "os",
  "osRelease",
  "arch",
  "cpuModel",
  "cpuCount",
  "memoryBytes",
  "deno",
  "v8",
  "v8Flags",
  "compiler",
  "compilerFlags",
];

/** Parts of the configuration that do not say what is run. */
const OUTPUT_KEYS = new Set([
  "command",
  "json",
  "quiet",
  "force",
  "memoryBytes",
  // Each cell says it: workloads may have submitters of their own.
  "submitter",
  // What counts machine code changes no other figure.
  "counts",
  // Any layout of a result may be made the one that ratios refer to.
  "baseline",
]);

/** What two results may differ in on purpose. */
export const ACROSS = [
  "kernel",
  "abi",
  "detection",
  "engine",
  "submitter",
  "machine",
] as const;

/** One of those. */
export type Across = (typeof ACROSS)[number];

/** The part of a result that depends on each. */
const DEPENDENT: Readonly<
  Record<Across, {
    readonly cell?: "kernel" | "abi" | "recognition" | "engine";
    readonly keys: RegExp;
  }>
> = {
  kernel: { cell: "kernel", keys: /^config\.(kernel|limits)\b/ },
  abi: { cell: "abi", keys: /^config\.(abis|cpu)\b|\.placement$/ },
  detection: { cell: "recognition", keys: /^config\.recognitions\b/ },
  engine: {
    cell: "engine",
    keys: /^config\.(engine|cc)\b|^environment\.compiler/,
  },
  submitter: { keys: /^config\.submitter\b|\.submitter$/ },
  machine: { keys: /^environment\./ },
};

/** Options that earlier files do not have, with what was then the case. */
const LATER_KEYS: Readonly<Record<string, unknown>> = {
  workers: 1,
  devices: 0,
  poll: false,
  completeOn: "submitter",
  api: DEFAULT_API,
};

/**
 * Lists the keys in which two results are not alike.
 *
 * @returns The keys, empty when the two may be compared.
 */
export function differingKeys(
  before: LabResult,
  after: LabResult,
  across: readonly Across[] = [],
): DifferingKey[] {
  // Files of strangers can differ in more keys than a call takes arguments.
  const found: DifferingKey[] = [
    ...MACHINE_KEYS.flatMap((name) =>
      differences(
        `environment.${name}`,
        before.environment[name] ?? null,
        after.environment[name] ?? null,
      )
    ),
    ...differences(
      "config",
      withoutOutput(before.config),
      withoutOutput(after.config),
    ),
    ...differences("seed", before.seed, after.seed),
    ...differentInputs(before, after),
  ];
  const others = new Map(
    after.cells.map((cell) => [cellKey(cell, across), cell]),
  );
  for (const cell of before.cells) {
    const key = cellKey(cell, across);
    const other = others.get(key);
    others.delete(key);
    const unlike = cellDifferences(key, cell, other);
    if (other !== undefined) {
      unlike.push(...differences(
        `cells[${key}].submitter`,
        submitterOf(before, cell),
        submitterOf(after, other),
      ));
    }
    for (const one of unlike) found.push(one);
  }
  for (const key of others.keys()) {
    found.push({ key: `cells[${key}]`, before: null, after: "present" });
  }
  return across.length === 0
    ? found
    : found.filter(({ key }) =>
      !across.some((name) => DEPENDENT[name].keys.test(key))
    );
}

/** Files of one name and other content; files of older labs say nothing. */
function differentInputs(before: LabResult, after: LabResult): DifferingKey[] {
  const others = new Map(
    (after.inputs ?? []).map(({ name, sha256 }) => [name, sha256]),
  );
  return (before.inputs ?? []).flatMap(({ name, sha256 }) => {
    const other = others.get(name) ?? null;
    return sha256 === null || other === null
      ? []
      : differences(`inputs[${name}].sha256`, sha256, other);
  });
}

/**
 * Returns what identifies a cell of a result; what is the same in all of them,
 * such as the options of the run, is not part of it.
 *
 * @param across What is not part of it, because results differ in it on
 * purpose.
 * @returns Workload, ABI, recognition, engine and, where known, kernel.
 */
export function cellKey(
  cell: ResultCell,
  across: readonly Across[] = [],
): string {
  const unlike = across.map((name) => DEPENDENT[name].cell);
  return (["workload", "abi", "recognition", "engine", "kernel"] as const)
    .filter((name) => !unlike.some((other) => other === name))
    .map((name) => cell[name]).filter((part) => part !== undefined).join(", ");
}

/**
 * Names a cell for a reader.
 *
 * @returns What identifies it and, where known, where its buffers are.
 */
export function cellName(cell: ResultCell): string {
  const { placement } = cell;
  return cellKey(cell) + (placement === undefined ? "" : `, ${placement}`);
}

/** Lists where two JSON values differ. */
export function differences(
  key: string,
  before: unknown,
  after: unknown,
): DifferingKey[] {
  if (Object.is(before, after)) return [];
  if (isTree(before) && isTree(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      differences(
        Array.isArray(before) ? `${key}[${name}]` : `${key}.${name}`,
        Reflect.get(before, name) ?? null,
        Reflect.get(after, name) ?? null,
      )
    );
  }
  return [{ key, before, after }];
}

function cellDifferences(
  key: string,
  cell: ResultCell,
  other: ResultCell | undefined,
): DifferingKey[] {
  const path = `cells[${key}]`;
  if (other === undefined) {
    return [{ key: path, before: "present", after: null }];
  }
  const names = (of: ResultCell) => of.layouts.map(({ name }) => name).sort();
  // Files of older labs have no placement.
  const places = cell.placement === undefined || other.placement === undefined
    ? []
    : differences(`${path}.placement`, cell.placement, other.placement);
  return [
    ...places,
    ...differences(`${path}.ios`, cell.ios, other.ios),
    ...differences(`${path}.layouts`, names(cell), names(other)),
  ];
}

/** Files of older labs have one submitter for all cells. */
function submitterOf(result: LabResult, cell: ResultCell): unknown {
  return cell.submitter ?? result.config["submitter"] ?? "user";
}

function withoutOutput(
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...LATER_KEYS, ...config }).filter(([name]) =>
      !OUTPUT_KEYS.has(name)
    ),
  );
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
