/**
 * The options of commands that send I/Os of one workload through one path:
 * the layout, what it runs on, and whose I/Os they are.
 */
import type { Command } from "commander";
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import type { Layout, Recognition } from "../../layouts/layout.ts";
import { findLayout, layouts } from "../../layouts/registry.ts";
import {
  PATH_RECOGNITIONS,
  type Submitter,
  SUBMITTERS,
} from "../../sim/setup/assembly.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import { kernelProfiles } from "../../sim/kernel/struct_offsets.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import { PLACEMENT_PRESETS } from "../../sim/workload/placement_options.ts";
import {
  STANDARD_INPUT,
  type Workload,
  workloadPoolBytes,
  workloadSubmitter,
} from "../../sim/workload/workload.ts";
import type { MachineSetup } from "../../sim/setup/machine_setup.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import { checkSetup } from "../setup_rules.ts";
import { checkMachine, checkReach } from "../machine_check.ts";
import { SHIPPED_WORKLOADS, workloadPath } from "../run/options.ts";
import { type CommonOptions, oneOf } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { GROUPS, namesText } from "./help.ts";
import { checkOutputs, workloadFiles } from "./output_names.ts";
import {
  addMachineOptions,
  machineLimits,
  machineNames,
  type MachineOptions,
  readMachine,
} from "./machine_options.ts";
import {
  addReaderOptions,
  FORMAT_NAMES,
  type ReaderOptions,
  readingOf,
  standardInput,
} from "./reader_options.ts";

/** Help of `--submitter`. */
export const SUBMITTER_HELP = `whose memory I/O is on: ${
  SUBMITTERS.join(", ")
} (default: the workload's)`;

/** What commander makes of these options. */
export interface PathOptions
  extends CommonOptions, MachineOptions, ReaderOptions {
  readonly layout: string;
  readonly abi: string;
  readonly workload: string;
  readonly recognise: string;
  readonly kernel: string;
  readonly placement?: string;
  readonly submitter?: string;
  /** The first reads and writes of the workload; all of them if absent. */
  readonly ios?: number;
}

/** What a path is put together from, and the I/Os for it. */
export interface OpenedPath {
  /** The layout. */
  readonly layout: Layout;
  /** The ABI. */
  readonly abi: Abi;
  /** Kernel version. */
  readonly kernel: string;
  /** How P2P memory is recognised. */
  readonly recognition: Recognition;
  /** Limits of the queue. */
  readonly limits: QueueLimits;
  /** The machine. */
  readonly machine: MachineSetup;
  /** Its memory. */
  readonly map: MemoryMap;
  /** Whose memory I/O is on. */
  readonly submitter: Submitter;
  /** The I/Os. */
  readonly workload: Workload;
}

/**
 * Adds the options to a command.
 *
 * @param command The command.
 * @param defaults The layout and the workload where none is named.
 * @returns The same command.
 */
export function addPathOptions(
  command: Command,
  defaults: { layout: string; workload: string },
): Command {
  command.optionsGroup(GROUPS.compared)
    .option("--layout <name>", "layout of bio_vec", defaults.layout)
    .option("--abi <name>", "ABI", "lp64")
    .option(
      "--recognise <name>",
      "P2P detection: how the path finds out that an address is P2P memory",
      "page",
    )
    .option(
      "--kernel <version>",
      `kernel whose rules and structures are used: ${
        kernelProfiles.join(", ")
      }`,
      DEFAULT_KERNEL,
    )
    .optionsGroup(GROUPS.workload)
    .option(
      "--workload <name>",
      "a trace file, or a name that lab run takes, - for stdin",
      defaults.workload,
    );
  addReaderOptions(command)
    .option(
      "--placement <name>",
      "where buffers lie in memory (default: the workload's)",
    )
    .optionsGroup(GROUPS.submit)
    .option(
      "--submitter <name>",
      SUBMITTER_HELP,
    );
  return addMachineOptions(command);
}

/**
 * Lists the names that the options take, for the end of the help.
 *
 * @returns Lines of at most 80 columns.
 */
export function pathNamesHelp(): string {
  return namesText([
    ["workloads", [...SHIPPED_WORKLOADS, ...WORKLOAD_PRESETS.keys()]],
    ["trace formats", FORMAT_NAMES],
    ["layouts (see lab layouts)", layouts.map(({ name }) => name)],
    ["ABIs", abis.map(({ name }) => name)],
    ["P2P detections (--recognise)", PATH_RECOGNITIONS],
    ["placements", Object.keys(PLACEMENT_PRESETS)],
    ...machineNames(),
  ]);
}

/**
 * Refuses names that are not known.
 *
 * @param options What commander made of the options.
 * @throws {RangeError} Naming the nearest one that is.
 */
export function checkPathNames(options: PathOptions): void {
  oneOf("layout", options.layout, layouts.map(({ name }) => name));
  oneOf("ABI", options.abi, abis.map(({ name }) => name));
  oneOf("P2P detection", options.recognise, PATH_RECOGNITIONS);
  oneOf("kernel", options.kernel, kernelProfiles);
  if (options.submitter !== undefined) {
    oneOf("submitter", options.submitter, SUBMITTERS);
  }
  if (options.placement !== undefined) {
    oneOf("placement", options.placement, Object.keys(PLACEMENT_PRESETS));
  }
}

/**
 * Refuses an output that cannot be written, or is one of the inputs.
 *
 * @param options What commander made of the options.
 * @throws {Error} See `checkOutputs()`.
 */
export async function checkPathOutput(options: PathOptions): Promise<void> {
  const { json, force, workload, topology } = options;
  await checkOutputs({ "--json": json }, {
    force,
    inputs: {
      "--workload": await workloadFiles([workload]),
      "--topology": topology,
    },
  });
}

/**
 * Opens what the options describe.
 *
 * @param options What commander made of the options, with known names.
 * @param context The outside world, whose standard input may be the workload;
 *   it is read once, as it comes.
 * @returns The parts of the path, and the workload.
 * @throws {RangeError} If options contradict each other.
 * @throws {SyntaxError} If a file is malformed.
 */
export async function openGiven(
  options: PathOptions,
  context: CommandContext,
): Promise<OpenedPath> {
  const { placement, seed, kernel } = options;
  const input = standardInput([options.workload], context);
  const abi = findAbi(options.abi);
  const recognition = options.recognise as Recognition;
  const path = workloadPath(options.workload);
  const leastDramBytes = workloadPoolBytes(path, placement);
  const machine = await readMachine(options);
  checkMachine(machine);
  const submitter = options.submitter as Submitter | undefined ??
    workloadSubmitter(path, placement);
  checkSetup({
    layouts: [options.layout],
    abis: [options.abi],
    workloads: [options.workload],
    recognitions: [recognition],
    kernel,
    machine,
    submitter,
    ...(placement === undefined ? {} : { placement }),
  });
  const limits = machineLimits(options, machine, {
    abis: [abi],
    leastDramBytes,
  });
  const { map, open } = openCell({
    abi,
    machine,
    seed,
    ...(options.ios === undefined ? {} : { ios: options.ios }),
    ...(placement === undefined ? {} : { placement }),
    ...readingOf(options),
    ...(input === undefined
      ? {}
      : { inputs: new Map([[STANDARD_INPUT, () => input]]) }),
  }, path);
  checkReach(machine, { map, abi, limits });
  return {
    layout: findLayout(options.layout),
    abi,
    kernel,
    recognition,
    limits,
    machine,
    map,
    submitter,
    workload: await open(),
  };
}
