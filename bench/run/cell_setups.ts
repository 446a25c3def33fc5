/**
 * How the workers of a cell are set up, by layout.
 */
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import { type RunOptions, submitterOf } from "./options.ts";
import type { CellPlan } from "./cell_plan.ts";

/**
 * Returns the setup of each contender of a cell.
 *
 * @returns Setups by the names of layouts, in the order of the plan.
 */
export function cellSetups(
  plan: CellPlan,
  options: { run: RunOptions; map: MemoryMap },
): Map<string, ContenderSetup> {
  const { run, map } = options;
  const own = new Map(
    run.layouts.flatMap((one) =>
      typeof one === "string" ? [] : [[one.name, one] as const]
    ),
  );
  return new Map(
    plan.contenders.map(({ layout, recognition }) => [
      layout.name,
      {
        layout: layout.name,
        layoutData: own.get(layout.name),
        abi: plan.abi.name,
        kernel: run.kernel,
        recognition,
        limits: run.limits,
        map,
        depth: run.depth,
        batch: run.batch,
        submitter: submitterOf(run, plan.workload),
        api: run.api,
        machine: run.machine,
        salt: run.seed,
        // The engine in C, as described to a worker.
        engine: plan.engine === "native"
          ? { name: "native", cc: run.cc, cacheDir: run.nativeCache }
          : undefined,
      } satisfies ContenderSetup,
    ]),
  );
}
