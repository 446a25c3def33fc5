/** Plans from objects, as if they had been read from a file. */
import { type ExpandedPlan, expandPlan } from "../../../bench/sweep/expand.ts";
import { readPlan, type SweepPlan } from "../../../bench/sweep/plan.ts";

/** Reads a plan from an object. */
export async function planOf(plan: object): Promise<SweepPlan> {
  return await readPlan(JSON.stringify(plan), "plan.json");
}

/** Expands a plan from an object. */
export async function expanded(plan: object): Promise<ExpandedPlan> {
  return expandPlan(await planOf(plan));
}

/** A plan of few cells, each of few I/Os. */
export const SMALL = {
  axes: {
    layout: ["phys_flags"],
    abi: ["lp64", "ilp32_pae"],
    workload: ["4k-hot", "1m-p2p"],
    cpu: ["zen4", "pentium3"],
  },
  ios: 8,
  rounds: 0,
};
