/**
 * How the workers of a cell are set up, by layout.
 */
import type { MemoryMap } from "../../sim/machine.ts";
import type { ContenderSetup, EngineSetup } from "../contender_protocol.ts";
import { type LabRunOptions, submitterOf } from "./options.ts";
import type { CellPlan } from "./plan.ts";

/**
 * Gives the setup of each contender of a cell.
 *
 * @param plan The cell.
 * @param options The options of the whole run, and the machine's memory.
 * @returns Setups by the names of layouts, in the order of the plan.
 */
export function cellSetups(
  plan: CellPlan,
  options: { run: LabRunOptions; map: MemoryMap },
): Map<string, ContenderSetup> {
  const { run, map } = options;
  return new Map(
    plan.contenders.map(({ layout, recognition }) => [
      layout.name,
      {
        layout: layout.name,
        abi: plan.abi.name,
        kernel: run.kernel,
        recognition,
        limits: run.limits,
        map,
        depth: run.depth,
        batch: run.batch,
        submitter: submitterOf(run, plan.workload),
        machine: run.machine,
        salt: run.seed,
        ...(plan.engine === "native" ? { engine: engineOf(run) } : {}),
      } satisfies ContenderSetup,
    ]),
  );
}

/** The engine in C, as a worker is told of it. */
function engineOf({ cc, nativeCache }: LabRunOptions): EngineSetup {
  return {
    name: "native",
    ...(cc === undefined ? {} : { cc }),
    ...(nativeCache === undefined ? {} : { cacheDir: nativeCache }),
  };
}
