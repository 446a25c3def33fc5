/**
 * How the workers of a cell are set up, by layout.
 */
import { defined } from "../../layouts/defined.ts";
import type { LayoutData } from "../../layouts/layout_data.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import type {
  ContenderSetup,
  EngineSetup,
} from "../contender/contender_protocol.ts";
import { type LabRunOptions, type RunOptions, submitterOf } from "./options.ts";
import type { CellPlan } from "./cell_plan.ts";

/**
 * Gives the setup of each contender of a cell.
 *
 * @param plan The cell.
 * @param options The options of the whole run, and the machine's memory.
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
        ...layoutKey(own.get(layout.name)),
        abi: plan.abi.name,
        kernel: run.kernel,
        recognition,
        limits: run.limits,
        map,
        depth: run.depth,
        batch: run.batch,
        submitter: submitterOf(run, plan.workload),
        ...defined({ api: run.api }),
        machine: run.machine,
        salt: run.seed,
        ...(plan.engine === "native" ? { engine: engineOf(run) } : {}),
      } satisfies ContenderSetup,
    ]),
  );
}

function layoutKey(
  layoutData: LayoutData | undefined,
): Pick<ContenderSetup, "layoutData"> {
  return layoutData === undefined ? {} : { layoutData };
}

/** The engine in C, as a worker is told of it. */
function engineOf({ cc, nativeCache }: LabRunOptions): EngineSetup {
  return {
    name: "native",
    ...defined({ cc, cacheDir: nativeCache }),
  };
}
