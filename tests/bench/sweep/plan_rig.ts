/** Plans from objects, as if they had been read from a file. */
import { join } from "@std/path";
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

/** The files of all jobs in a folder, by name. */
export async function filesOf(
  folder: string,
): Promise<Record<string, string>> {
  const files: [string, string][] = [];
  for (const job of ["exact", "timed"]) {
    for await (const { name } of Deno.readDir(join(folder, job))) {
      if (!name.endsWith(".json")) continue;
      files.push([name, await Deno.readTextFile(join(folder, job, name))]);
    }
  }
  return Object.fromEntries(files.sort());
}
