/**
 * The options of `lab run`: what the command line gives, the names that they
 * take, and how they become the options of a run.
 */
import { abis } from "../../layouts/abi.ts";
import type { Recognition } from "../../layouts/layout.ts";
import { layouts } from "../../layouts/registry.ts";
import { PATH_RECOGNITIONS, type Submitter } from "../../sim/assembly.ts";
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { kernelProfiles } from "../../sim/kernel/struct_offsets.ts";
import { topologyNames } from "../../sim/pci/presets.ts";
import { PLACEMENT_PRESETS } from "../../sim/workload/placement_options.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import {
  controllerOf,
  type MachineSetup,
  readTopologySource,
} from "../contender_machine.ts";
import { type Breakdown, BREAKDOWNS } from "../report/breakdown_text.ts";
import { wrap } from "../report/wrap.ts";
import { type LabRunOptions, SHIPPED_WORKLOADS } from "../run/options.ts";
import { type CommonOptions, unknownName } from "./command.ts";
import { readCpu } from "./cpu_option.ts";
import { DEVICE_NAMES, deviceLimits, LIMIT_NAMES } from "./device_option.ts";

/** What `--cpu` takes for no cache model at all. */
const NO_CPU = "none";

/** What commander makes of the words after `lab run`. */
export interface RunCommandOptions extends CommonOptions {
  readonly layout?: string[];
  readonly abi?: string[];
  readonly workload?: string[];
  readonly recognise?: string[];
  readonly kernel: string;
  readonly device: string;
  readonly limit?: string[];
  readonly sgl: boolean;
  readonly iommu: boolean;
  readonly topology?: string;
  readonly client?: string;
  readonly submitter: string;
  readonly batch: number;
  readonly placement?: string;
  readonly depth: number;
  readonly rounds: number;
  readonly births: number;
  readonly budget: number;
  readonly cpu?: string;
  readonly by?: Breakdown;
  readonly resume?: string | boolean;
  readonly watchdog: number;
  readonly iolog?: string;
  readonly blktrace?: string;
}

/**
 * Lists the names that the options take, for the end of the help.
 *
 * @returns Lines of at most 80 columns.
 */
export function namesHelp(): string {
  const rows: [string, Iterable<string>][] = [
    ["workloads", [...SHIPPED_WORKLOADS, ...WORKLOAD_PRESETS.keys()]],
    ["layouts", layouts.map(({ name }) => name)],
    ["ABIs", abis.map(({ name }) => name)],
    ["recognitions", PATH_RECOGNITIONS],
    ["kernels", kernelProfiles],
    ["devices", DEVICE_NAMES],
    ["limits", LIMIT_NAMES],
    ["topologies", topologyNames],
    ["CPUs", [...cpuPresetNames, NO_CPU]],
    ["placements", Object.keys(PLACEMENT_PRESETS)],
  ];
  return "\n" +
    rows.flatMap(([kind, names]) =>
      wrap(`${kind}: ${[...names].join(", ")}`, { width: 80, indent: "  " })
    ).join("\n");
}

/**
 * Turns the words of the command line into the options of a run.
 *
 * @param options What commander made of them.
 * @returns The options, with files read.
 * @throws {RangeError} If a name is unknown or options contradict each other.
 */
export async function runOptions(
  options: RunCommandOptions,
): Promise<Partial<LabRunOptions>> {
  for (const name of options.workload ?? []) await requireWorkload(name);
  return {
    ...checkedOptions(options),
    ...await cpuOption(options),
    machine: await machineOption(options),
  };
}

/** Refuses unknown names before anything runs. */
function checkedOptions(options: RunCommandOptions): Partial<LabRunOptions> {
  const layoutNames = layouts.flatMap(({ name, family }) => [name, family]);
  const known = (kind: string, given: string[] | undefined, all: string[]) => {
    for (const name of given ?? []) {
      if (!all.includes(name)) throw unknownName(kind, name, all);
    }
    return given;
  };
  const layout = known("layout", options.layout, [...new Set(layoutNames)]);
  const abi = known("ABI", options.abi, abis.map(({ name }) => name));
  const recognise = known("recognition", options.recognise, [
    ...PATH_RECOGNITIONS,
  ]);
  known("kernel", [options.kernel], [...kernelProfiles]);
  if (options.by !== undefined) {
    known("breakdown", [options.by], [...BREAKDOWNS]);
  }
  if (options.placement !== undefined) {
    known("placement", [options.placement], Object.keys(PLACEMENT_PRESETS));
  }
  known("submitter", [options.submitter], ["user", "registered"]);
  const { sgl, iommu, client } = options;
  if (client !== undefined && options.topology === undefined) {
    throw new RangeError(
      `Cannot use client "${client}": found no --topology, expected the tree ` +
        `that it is in`,
    );
  }
  const limits = deviceLimits(options.device, {
    limits: options.limit ?? [],
    sgl,
    iommu,
  });
  return {
    ...(layout ? { layouts: layout } : {}),
    ...(abi ? { abis: abi } : {}),
    ...(options.workload ? { workloads: options.workload } : {}),
    ...(recognise ? { recognitions: recognise as Recognition[] } : {}),
    ...(options.placement ? { placement: options.placement } : {}),
    kernel: options.kernel,
    limits,
    depth: options.depth,
    batch: Math.min(options.batch, options.depth),
    submitter: options.submitter as Submitter,
    rounds: options.rounds,
    births: options.births,
    budgetSeconds: options.budget,
    seed: options.seed,
  };
}

/** Refuses a workload that is neither a name nor anything on the disk. */
async function requireWorkload(name: string): Promise<void> {
  const names = [...SHIPPED_WORKLOADS, ...WORKLOAD_PRESETS.keys()];
  if (names.includes(name)) return;
  try {
    await Deno.stat(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return; // the reader says
    throw unknownName("workload file or name", name, names);
  }
}

/** The controller and the buses, with the tree read and the client in it. */
async function machineOption(
  options: RunCommandOptions,
): Promise<MachineSetup> {
  const { sgl, iommu, topology, client } = options;
  const machine = {
    sgl,
    iommu,
    ...(topology ? { topology: await readTopologySource(topology) } : {}),
    ...(client ? { client } : {}),
  };
  controllerOf(machine);
  return machine;
}

/** The CPU whose caches are modelled, if the user named one or none. */
async function cpuOption(
  { cpu }: RunCommandOptions,
): Promise<Pick<LabRunOptions, "cpu">> {
  if (cpu === undefined) return {};
  return { cpu: cpu === NO_CPU ? NO_CPU : await readCpu(cpu, [NO_CPU]) };
}
