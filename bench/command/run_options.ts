/**
 * The options of `lab run`: what the command line gives, the names that they
 * take, and how they become the options of a run.
 */
import { InvalidArgumentError } from "commander";
import { abis, findAbi } from "../../layouts/abi.ts";
import type { Recognition } from "../../layouts/layout.ts";
import { layouts } from "../../layouts/registry.ts";
import {
  PATH_RECOGNITIONS,
  type Submitter,
  SUBMITTERS,
} from "../../sim/assembly.ts";
import { parseDeviceModel } from "../../sim/device/device_model.ts";
import { parseSizeBytes } from "../../sim/cache/level_spec.ts";
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { kernelProfiles } from "../../sim/kernel/struct_offsets.ts";
import { topologyNames } from "../../sim/pci/presets.ts";
import { PLACEMENT_PRESETS } from "../../sim/workload/placement_options.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import {
  STANDARD_INPUT,
  workloadPoolBytes,
} from "../../sim/workload/workload.ts";
import { ENGINE_CHOICES, type EngineChoice } from "../run/engines.ts";
import { checkKernel } from "../kernel_check.ts";
import { checkMachine } from "../machine_check.ts";
import { type Breakdown, BREAKDOWNS } from "../report/breakdown_text.ts";
import { wrap } from "../report/wrap.ts";
import { type LabRunOptions, SHIPPED_WORKLOADS } from "../run/options.ts";
import { parseArrivals, readFaultFile } from "../simulate/setup.ts";
import { COMPLETE_ON, type CompleteOn } from "../workers/group_protocol.ts";
import { type CommonOptions, unknownName } from "./command.ts";
import { readCpu } from "./cpu_option.ts";
import { DEVICE_NAMES, LIMIT_NAMES } from "./device_option.ts";
import {
  machineLimits,
  type MachineOptions,
  readMachine,
  SETTINGS,
} from "./machine_options.ts";
import {
  FORMAT_NAMES,
  type ReaderOptions,
  readingOf,
} from "./reader_options.ts";

/** What `--cpu` takes for no cache model at all. */
const NO_CPU = "none";

/** What commander makes of the words after `lab run`. */
export interface RunCommandOptions
  extends CommonOptions, MachineOptions, ReaderOptions {
  readonly layout?: string[];
  readonly abi?: string[];
  readonly workload?: string[];
  readonly recognise?: string[];
  readonly kernel: string;
  readonly submitter: string;
  readonly batch: number;
  readonly placement?: string;
  readonly ios?: number;
  readonly depth: number;
  readonly workers: number;
  readonly devices: number;
  readonly poll: boolean;
  readonly completeOn: string;
  readonly engine: string;
  readonly cc?: string;
  readonly rounds: number;
  readonly births: number;
  readonly width?: number;
  readonly budget: number;
  readonly memory?: number;
  readonly cpu?: string;
  readonly by?: Breakdown;
  readonly deviceModel?: string;
  readonly arrivals?: string;
  readonly faults?: string;
  readonly resume?: string | boolean;
  readonly watchdog: number;
  readonly iolog?: string;
  readonly blktrace?: string;
}

/**
 * Reads the size of `--memory`, as other tools write it, too: 2G is 2 GiB.
 *
 * @param text What the user typed.
 * @returns Bytes.
 * @throws {InvalidArgumentError} If it is no size.
 */
export function memorySize(text: string): number {
  const bytes = parseSizeBytes(
    text.replace(
      /^(\d+)([kmg])(?:i|ib)?$/i,
      (_, count, unit) => `${count}${unit.toUpperCase()}iB`,
    ),
  );
  if (bytes === undefined || bytes === 0) {
    throw new InvalidArgumentError(
      `Found "${text}", expected a size such as 2G or 1536MiB.`,
    );
  }
  return bytes;
}

/**
 * Lists the names that the options take, for the end of the help.
 *
 * @returns Lines of at most 80 columns.
 */
export function namesHelp(): string {
  const rows: [string, Iterable<string>][] = [
    ["workloads", [...SHIPPED_WORKLOADS, ...WORKLOAD_PRESETS.keys()]],
    ["formats of traces", FORMAT_NAMES],
    ["layouts", layouts.map(({ name }) => name)],
    ["ABIs", abis.map(({ name }) => name)],
    ["recognitions", PATH_RECOGNITIONS],
    ["kernels", kernelProfiles],
    ["devices", DEVICE_NAMES],
    ["limits", LIMIT_NAMES],
    ["settings", SETTINGS.keys()],
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
  const { workload = [] } = options;
  for (const name of workload) {
    await requireWorkload(name, workload.length > 1);
  }
  const checked = checkedOptions(options);
  const machine = await readMachine(options);
  checkKernel({
    kernel: options.kernel,
    workloads: options.workload ?? SHIPPED_WORKLOADS,
    machine,
    ...(options.placement === undefined
      ? {}
      : { placement: options.placement }),
  });
  const pools = (options.workload ?? SHIPPED_WORKLOADS).map((name) =>
    workloadPoolBytes(name, options.placement)
  );
  const limits = machineLimits(options, machine, {
    abis: (options.abi ?? ["lp64"]).map((name) => findAbi(name)),
    leastDramBytes: Math.max(...pools),
  });
  checkMachine(machine, checked.recognitions ?? ["page"]);
  return {
    ...checked,
    ...await cpuOption(options),
    ...await simulationOption(options),
    machine,
    limits,
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
  known("engine", [options.engine], [...ENGINE_CHOICES]);
  known("submitter", [options.submitter], [...SUBMITTERS]);
  known("place to complete on", [options.completeOn], [...COMPLETE_ON]);
  return {
    ...(layout ? { layouts: layout } : {}),
    ...(abi ? { abis: abi } : {}),
    ...(options.workload ? { workloads: options.workload } : {}),
    ...(recognise ? { recognitions: recognise as Recognition[] } : {}),
    ...(options.ios === undefined ? {} : { ios: options.ios }),
    ...readingOf(options),
    ...(options.placement ? { placement: options.placement } : {}),
    kernel: options.kernel,
    depth: options.depth,
    workers: options.workers,
    devices: options.devices,
    poll: options.poll,
    completeOn: options.completeOn as CompleteOn,
    batch: Math.min(options.batch, options.depth),
    submitter: options.submitter as Submitter,
    ...(options.engine === "js"
      ? {}
      : { engine: options.engine as EngineChoice }),
    ...(options.cc === undefined ? {} : { cc: options.cc }),
    rounds: options.rounds,
    births: options.births,
    ...(options.width === undefined ? {} : { widthPercent: options.width }),
    budgetSeconds: options.budget,
    ...(options.memory === undefined ? {} : { memoryBytes: options.memory }),
    seed: options.seed,
  };
}

/** Refuses a workload that is neither a name nor anything on the disk. */
async function requireWorkload(name: string, isPart: boolean): Promise<void> {
  const names = [...SHIPPED_WORKLOADS, ...WORKLOAD_PRESETS.keys()];
  if (names.includes(name) || name === STANDARD_INPUT) return;
  try {
    await Deno.stat(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return; // the reader says
    const unknown = unknownName("workload file or name", name, names);
    if (isPart) unknown.message += "; \\, is a comma that belongs to a path";
    throw unknown;
  }
}

/** What is simulated in time, if anything. */
async function simulationOption(
  { deviceModel, arrivals, faults }: RunCommandOptions,
): Promise<Pick<LabRunOptions, "simulation">> {
  if ([deviceModel, arrivals, faults].every((given) => given === undefined)) {
    return {};
  }
  return {
    simulation: {
      ...(deviceModel ? { model: parseDeviceModel(deviceModel) } : {}),
      ...(arrivals ? { arrivals: parseArrivals(arrivals) } : {}),
      ...(faults ? { plan: await readFaultFile(faults) } : {}),
    },
  };
}

/** The CPU whose caches are modelled, if the user named one or none. */
async function cpuOption(
  { cpu }: RunCommandOptions,
): Promise<Pick<LabRunOptions, "cpu">> {
  if (cpu === undefined) return {};
  return { cpu: cpu === NO_CPU ? NO_CPU : await readCpu(cpu, [NO_CPU]) };
}
