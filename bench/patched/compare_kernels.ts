/**
 * Counts the path in C for each workload and layout of patched kernels and
 * holds its change against the kernel's.
 */
import { findAbi } from "../../layouts/abi.ts";
import type { AssemblyOptions } from "../../sim/setup/assembly.ts";
import type { RecordedCell } from "../footprint/recorded_cell.ts";
import { buffersOf } from "../footprint/buffers.ts";
import { PLAIN_PLACEMENT } from "../footprint/placement.ts";
import { preparePath } from "../native/count/dump.ts";
import { MachineCodeCounter } from "../native/count/machine_code.ts";
import type { CountChoice } from "../setup/count_choice.ts";
import { unfitReason } from "../../sim/setup/window_fit.ts";
import { inParallel } from "../machine/in_parallel.ts";
import { KERNEL_LAYOUTS, type KernelLayout } from "./kernel_layouts.ts";
import { patchedCell } from "./patched_cell.ts";
import { differenceReason } from "./reasons.ts";
import { BASE_KERNEL, type RecordedKernels } from "./recorded_kernels.ts";
import { isWithin, type PatchedResult, type PatchedRow } from "./result.ts";

const ABI = findAbi("lp64");

/** How the path in C is counted. */
export interface PatchedCountOptions {
  readonly choice: Exclude<CountChoice, "off">;
  /** The compiler; default: `cc`. */
  readonly cc?: string | undefined;
  /** Ends counting early. */
  readonly signal?: AbortSignal | undefined;
  /** Layouts of kernels by name; default: those of the recorded ones. */
  readonly layouts?: Readonly<Record<string, KernelLayout>> | undefined;
}

/**
 * @returns A row for each kernel but the unpatched one.
 * @throws {NativeEngineError} If nothing can be counted.
 */
export async function comparePatchedKernels(
  recorded: readonly RecordedKernels[],
  options: PatchedCountOptions,
): Promise<PatchedResult> {
  const { layouts = KERNEL_LAYOUTS, ...how } = options;
  const counter = await MachineCodeCounter.start({
    ...how,
    abi: ABI,
    firstBuildOnly: true,
  });
  const counts = new Map<string, number>();
  const keyOf = (workload: string, { layout, recognition }: KernelLayout) =>
    `${workload} ${layout.name} ${recognition}`;
  const wanted = new Map<string, AssemblyOptions & Counted>();
  for (const { workload, coreInstructions } of recorded) {
    const cell = patchedCell(workload);
    if ("reason" in cell) continue;
    for (const name of coreInstructions.keys()) {
      const of = layoutOf(layouts, name);
      if (of === undefined) continue;
      const path = pathOf(cell, of);
      if (path !== undefined) wanted.set(keyOf(workload, of), path);
    }
  }
  let tool = "";
  await inParallel([...wanted], async ([key, { window, ...path }]) => {
    how.signal?.throwIfAborted();
    const { machineCode } = await counter.count(preparePath(path, window));
    counts.set(key, machineCode.instructionsPerIo);
    tool = machineCode.tools[0] ?? "";
  });
  const [build] = counter.variants;
  return {
    schemaVersion: 1,
    build: build === undefined ? "" : `${build.compiler}, ${build.title}`,
    tool,
    rows: recorded.flatMap((one) =>
      [...one.coreInstructions.keys()]
        .filter((name) => name !== BASE_KERNEL)
        .map((name) => rowOf(one, { name, layouts, counts, keyOf }))
    ),
  };
}

type Counted = { readonly window: ReturnType<typeof buffersOf>["window"] };

function layoutOf(
  layouts: Readonly<Record<string, KernelLayout>>,
  name: string,
): KernelLayout | undefined {
  return Object.hasOwn(layouts, name) ? layouts[name] : undefined;
}

/** The path of a cell; nothing where the layout cannot hold its segments. */
function pathOf(
  cell: RecordedCell,
  { layout, recognition }: KernelLayout,
): (AssemblyOptions & Counted) | undefined {
  const { window, map } = buffersOf(cell, PLAIN_PLACEMENT);
  const submitter = cell.registered ? "registered" : "user";
  if (unfitReason(window, { layout, abi: ABI, submitter }) !== undefined) {
    return undefined;
  }
  return {
    ...{ layout, recognition, window, map, submitter },
    abi: ABI,
    kernel: cell.kernel,
    limits: cell.limits,
    depth: cell.depth,
    api: cell.api,
    controller: { sgl: cell.sgl },
    initOnAlloc: cell.initOnAlloc,
    decode: false,
  };
}

/** Percent more. */
function change(own: number, base: number): number {
  return (own / base - 1) * 100;
}

function rowOf(
  { workload, coreInstructions }: RecordedKernels,
  from: {
    readonly name: string;
    readonly layouts: Readonly<Record<string, KernelLayout>>;
    readonly counts: ReadonlyMap<string, number>;
    readonly keyOf: (workload: string, of: KernelLayout) => string;
  },
): PatchedRow {
  const { name, layouts, counts, keyOf } = from;
  const kernelInstructions = coreInstructions.get(name) ?? NaN;
  const base = coreInstructions.get(BASE_KERNEL) ?? NaN;
  const of = layoutOf(layouts, name);
  const mainline = layoutOf(layouts, BASE_KERNEL);
  const row = {
    workload,
    kernel: name,
    layout: of?.layout.name ?? "",
    recognition: of?.recognition ?? "" as const,
    kernelInstructions,
    kernelChange: change(kernelInstructions, base),
  };
  const cell = patchedCell(workload);
  const own = of && counts.get(keyOf(workload, of));
  const unpatched = mainline && counts.get(keyOf(workload, mainline));
  if ("reason" in cell || own === undefined || unpatched === undefined) {
    return {
      ...row,
      labInstructions: null,
      labChange: null,
      within: null,
      reason: "reason" in cell
        ? cell.reason
        : of === undefined
        ? `the lab does not know the layout of kernel "${name}"`
        : "the layout cannot hold the segments",
    };
  }
  const labChange = change(own, unpatched);
  const reason = differenceReason({
    ...{ cell, labChange, kernelChange: row.kernelChange },
    of: of as KernelLayout,
  });
  return {
    ...row,
    labInstructions: own,
    labChange,
    within: isWithin(row.kernelChange, labChange),
    reason,
  };
}
