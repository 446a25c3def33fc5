/**
 * The options of `lab run`: what the command line gives, the names that they
 * take, and how they become the options of a run.
 */
import { abis, findAbi } from "../../layouts/abi.ts";
import { layoutFamilies, layouts } from "../../layouts/registry.ts";
import { PATH_RECOGNITIONS, SUBMITTERS } from "../../sim/setup/assembly.ts";
import { parseDeviceModel } from "../../sim/time/device_model.ts";
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { kernelProfiles } from "../../sim/kernel/struct_offsets.ts";
import { PLACEMENT_PRESETS } from "../../sim/workload/placement_options.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import {
  STANDARD_INPUT,
  workloadPoolBytes,
} from "../../sim/workload/workload.ts";
import { COUNT_CHOICES } from "../native/count/machine_code.ts";
import { ENGINE_CHOICES } from "../run/engines.ts";
import { checkSetup } from "../setup_rules.ts";
import { checkMachine } from "../machine_check.ts";
import { type Breakdown, BREAKDOWNS } from "../report/breakdown_text.ts";
import { type LabRunOptions, SHIPPED_WORKLOADS } from "../run/options.ts";
import { parseArrivals, readFaultFile } from "../simulate/setup.ts";
import { COMPLETE_ON } from "../workers/group_protocol.ts";
import { type CommonOptions, eachOf, oneOf, unknownName } from "./command.ts";
import { readCpu } from "./cpu_option.ts";
import { namesText } from "./help.ts";
import { chooseLayouts } from "./layout_option.ts";
import {
  machineLimits,
  machineNames,
  type MachineOptions,
  readMachine,
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
  readonly submitter?: string;
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
  readonly counts?: string;
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
 * Lists the names that the options take, for the end of the help.
 *
 * @returns Lines of at most 80 columns.
 */
export function namesHelp(): string {
  return namesText([
    ["workloads", [...SHIPPED_WORKLOADS, ...WORKLOAD_PRESETS.keys()]],
    ["trace formats", FORMAT_NAMES],
    ["layouts (see lab layouts)", layouts.map(({ name }) => name)],
    ["families", layoutFamilies()],
    ["ABIs", abis.map(({ name }) => name)],
    ["P2P detections (--recognise)", PATH_RECOGNITIONS],
    ["placements", Object.keys(PLACEMENT_PRESETS)],
    ...machineNames(),
    ["CPUs", [...cpuPresetNames, NO_CPU]],
  ]);
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
  const workloads = options.workload ?? SHIPPED_WORKLOADS;
  checkMachine(machine);
  checkSetup({ ...checked, workloads, machine });
  if (options.by !== undefined && options.json === "-") {
    throw new RangeError(
      `Cannot use --by ${options.by} with --json -: found no tables that are ` +
        "printed, expected --json FILE",
    );
  }
  const pools = workloads.map((name) =>
    workloadPoolBytes(name, options.placement)
  );
  const limits = machineLimits(options, machine, {
    abis: (options.abi ?? ["lp64"]).map((name) => findAbi(name)),
    leastDramBytes: Math.max(...pools),
  });
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
  const each = <Name extends string>(
    kind: string,
    given: readonly string[] | undefined,
    all: readonly Name[],
  ) => given === undefined ? undefined : eachOf(kind, given, all);
  const layout = options.layout === undefined
    ? undefined
    : chooseLayouts(options.layout).map(({ name }) => name);
  const abi = each("ABI", options.abi, abis.map(({ name }) => name));
  const recognise = each(
    "P2P detection",
    options.recognise,
    PATH_RECOGNITIONS,
  );
  oneOf("kernel", options.kernel, kernelProfiles);
  if (options.by !== undefined) oneOf("breakdown", options.by, BREAKDOWNS);
  if (options.placement !== undefined) {
    oneOf("placement", options.placement, Object.keys(PLACEMENT_PRESETS));
  }
  const engine = oneOf("engine", options.engine, ENGINE_CHOICES);
  const counts = options.counts === undefined
    ? undefined
    : oneOf("tool that counts", options.counts, COUNT_CHOICES);
  const submitter = options.submitter === undefined
    ? undefined
    : oneOf("submitter", options.submitter, SUBMITTERS);
  const completeOn = oneOf(
    "place to complete on",
    options.completeOn,
    COMPLETE_ON,
  );
  return {
    ...(layout ? { layouts: layout } : {}),
    ...(abi ? { abis: abi } : {}),
    ...(options.workload ? { workloads: options.workload } : {}),
    ...(recognise ? { recognitions: recognise } : {}),
    ...(options.ios === undefined ? {} : { ios: options.ios }),
    ...readingOf(options),
    ...(options.placement ? { placement: options.placement } : {}),
    kernel: options.kernel,
    depth: options.depth,
    workers: options.workers,
    devices: options.devices,
    poll: options.poll,
    completeOn,
    batch: options.batch,
    ...(submitter === undefined ? {} : { submitter }),
    ...(engine === "js" ? {} : { engine }),
    ...(options.cc === undefined ? {} : { cc: options.cc }),
    ...(counts === undefined ? {} : { counts }),
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
