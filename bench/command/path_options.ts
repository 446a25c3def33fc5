/**
 * The options of commands that send I/Os of one workload through one path:
 * the layout, what it runs on, and whose I/Os they are.
 */
import type { Command } from "commander";
import { type Abi, findAbi } from "../../layouts/abi.ts";
import type { Layout } from "../../layouts/layout.ts";
import { layoutOfData } from "../../layouts/layout_data.ts";
import { findLayout } from "../../layouts/registry.ts";
import type { Recognition } from "../../sim/recognition/recognition_registry.ts";
import type { Submitter } from "../../sim/setup/submitter.ts";
import { DEFAULT_API, type SubmitApi } from "../../sim/block/direct_io.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import type { Workload } from "../../sim/workload/workload.ts";
import {
  workloadPoolBytes,
  workloadSubmitter,
} from "../../sim/workload/workload_facts.ts";
import type { MachineSetup } from "../../sim/setup/machine_setup.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import { submitterWith } from "../../sim/setup/submit_api.ts";
import { checkSetup } from "../setup/setup_rules.ts";
import { checkMachine, checkReach } from "../setup/machine_check.ts";
import { workloadPath } from "../run/options.ts";
import { choiceName } from "../setup/run_layouts.ts";
import { completedMachine } from "../setup/machine.ts";
import { limitsOnMachine } from "../setup/machine_limits.ts";
import {
  addFields,
  type GivenSetup,
  type OptionChoice,
  readSetup,
  typedFiles,
} from "../setup/options.ts";
import type { CommonOptions } from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { measureShape } from "../setup/measure_fields.ts";
import {
  addKernelOptions,
  kernelFiles,
  type KernelOptions,
  withOwnKernel,
} from "./kernel_option.ts";
import { checkOutputs, workloadFiles } from "../shell/output_names.ts";
import { standardInput } from "../shell/reader_options.ts";
import {
  addStructOptions,
  ownLayout,
  structFiles,
  type StructOptions,
} from "./struct_option.ts";

/** The fields that such a command has options for, beside its own. */
function choiceOf(
  defaults: { layout: string; workload: string },
): OptionChoice {
  return {
    one: true,
    defaults: {
      layouts: defaults.layout,
      workloads: defaults.workload,
    },
    except: [
      // Nothing is measured.
      ...Object.keys(measureShape) as (keyof typeof measureShape)[],
      ...[
        "ios",
        "depth",
        "batch",
        "workers",
        "devices",
        "hwQueues",
        "poll",
      ] as const,
      ...["completeOn", "simulation", "cpu", "seed", "baseline"] as const,
    ],
  };
}

/** What a path is put together from, and the I/Os for it. */
export interface OpenedPath {
  readonly layout: Layout;
  readonly abi: Abi;
  readonly kernel: string;
  /** How P2P memory is recognised. */
  readonly recognition: Recognition;
  readonly limits: QueueLimits;
  readonly machine: MachineSetup;
  readonly map: MemoryMap;
  /** Whose memory I/O is on. */
  readonly submitter: Submitter;
  readonly api: SubmitApi;
  readonly workload: Workload;
}

/** The layout and the workload of a command where none is named. */
export interface PathDefaults {
  readonly layout: string;
  readonly workload: string;
}

/**
 * Adds the options to a command.
 *
 * @param defaults The layout and the workload where none is named.
 */
export function addPathOptions(
  command: Command,
  defaults: PathDefaults,
): Command {
  addFields(command, choiceOf(defaults));
  return addKernelOptions(addStructOptions(command));
}

/** The setup of a path that was asked for, with its one layout. */
export type PathRequest = GivenSetup & Required<Pick<GivenSetup, "machine">> & {
  readonly layout: string;
  readonly abi: string;
  readonly workload: string;
  readonly recognition: Recognition;
  readonly kernel: string;
};

/**
 * Reads what was asked for, and refuses an output that cannot be written, or
 * is one of the inputs.
 *
 * @param defaults The layout and the workload where none is named.
 * @param own What the command's own options say.
 * @throws {RangeError} If a name is not known; or see `checkOutputs()`.
 */
export async function readPathRequest(
  command: Command,
  defaults: PathDefaults,
  own: GivenSetup = {},
): Promise<PathRequest> {
  const options = command.opts<
    CommonOptions & StructOptions & KernelOptions & { workload?: string }
  >();
  const { json, force, seed, workload: typed } = options;
  // Before a file is read, so that none is replaced by what it says.
  await checkOutputs({ "--json": json }, {
    force,
    inputs: {
      "--workload": await workloadFiles([typed ?? defaults.workload]),
      ...typedFiles(command),
      "--struct": await structFiles(options),
      ...kernelFiles(options),
    },
  });
  const setup = {
    ...await readSetup(command, choiceOf(defaults)),
    ...{ ...own, seed },
  };
  const [abi = "lp64"] = setup.abis ?? [];
  const [recognition = "page" as const] = setup.recognitions ?? [];
  const [workload = defaults.workload] = setup.workloads ?? [];
  const [layout = defaults.layout] = (setup.layouts ?? []).map(choiceName);
  const { kernel = DEFAULT_KERNEL } = setup;
  const machine = completedMachine(setup);
  return { ...setup, layout, abi, recognition, workload, kernel, machine };
}

/**
 * Opens what was asked for.
 *
 * @param context The outside world, whose standard input may be the workload;
 *   it is read once, as it comes.
 * @throws {RangeError} If options contradict each other.
 * @throws {SyntaxError} If a file is malformed.
 */
export async function openGiven(
  command: Command,
  request: PathRequest,
  context: CommandContext,
): Promise<OpenedPath> {
  const { placement, seed = 1, recognition, layout, workload } = request;
  const { api = DEFAULT_API, depth = 1 } = request;
  const { kernel = request.kernel, machine = request.machine, abis = [] } =
    await withOwnKernel(command, { ...request, abis: [request.abi] }, context);
  const own = await ownLayout(
    { ...command.opts<StructOptions & CommonOptions>(), workload },
    context,
  );
  const input = standardInput([request.workload], context);
  const abi = findAbi(abis[0] ?? request.abi);
  const path = workloadPath(request.workload);
  const leastDramBytes = workloadPoolBytes(path, placement);
  checkMachine(machine);
  const submitter = request.submitter ??
    submitterWith(api, workloadSubmitter(path, placement));
  checkSetup({
    ...{ kernel, machine, submitter, abis: [abi.name] },
    layouts: [own ?? layout],
    ...{ workloads: [workload], recognitions: [recognition], api, depth },
    ...(placement === undefined ? {} : { placement }),
  });
  const { device } = command.opts<{ device: string }>();
  const limits = limitsOnMachine(device, { ...request, kernel, machine }, {
    abis: [abi],
    leastDramBytes,
  });
  const { map, open } = openCell({
    ...request,
    ...{ abi, machine, seed },
    inputs: input && new Map([[STANDARD_INPUT, () => input]]),
  }, path);
  checkReach(machine, { map, abi, limits });
  return {
    layout: own === undefined ? findLayout(layout) : layoutOfData(own),
    ...{ abi, kernel, recognition, limits, machine, map, submitter, api },
    workload: await open(),
  };
}
