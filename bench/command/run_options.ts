/**
 * The options of `lab run`: what is typed, the names that can be, and how they
 * become the setup of a run.
 */
import type { Command } from "commander";
import { findAbi } from "../../layouts/abi.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import { workloadPoolBytes } from "../../sim/workload/workload_facts.ts";
import { checkMachine } from "../setup/machine_check.ts";
import { type Breakdown, BREAKDOWNS } from "../report/breakdown_text.ts";
import { completedMachine } from "../setup/machine.ts";
import { limitsOnMachine } from "../setup/machine_limits.ts";
import {
  type GivenSetup,
  type OptionChoice,
  readSetup,
} from "../setup/options.ts";
import { readSetupFile } from "./setup_file.ts";
import {
  DEFAULT_WORKLOADS,
  SHIPPED_WORKLOADS,
} from "../setup/default_workloads.ts";
import { checkSetup } from "../setup/setup_rules.ts";
import { type CommonOptions, oneOf, unknownName } from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { type KernelOptions, withOwnKernel } from "./kernel_option.ts";
import { ownLayouts, type StructOptions } from "./struct_option.ts";

/** The options of `lab run` that are not part of its setup. */
export interface RunCommandOptions
  extends CommonOptions, StructOptions, KernelOptions {
  readonly device: string;
  readonly setup?: string;
  readonly by?: Breakdown;
  readonly details: boolean;
  readonly samples: boolean;
  readonly resume?: string | boolean;
  readonly repeat?: string;
  readonly watchdog: number;
  readonly iolog?: string;
  readonly blktrace?: string;
  readonly placementLog?: string;
  readonly html?: string;
  readonly svg?: string;
}

/** Fields whose options are added; --seed is one of every command. */
export const RUN_OPTIONS: OptionChoice = { except: ["seed"] };

/**
 * Reads the setup of a run, from the command line and from the file that it
 * names.
 *
 * @param context The outside world, whose standard input may be a file.
 * @throws {RangeError} If a name is unknown or options contradict each other.
 */
export async function runOptions(
  command: Command,
  context: CommandContext,
): Promise<GivenSetup> {
  const options = command.opts<RunCommandOptions>();
  const base = await setupFromFile(command, options);
  const given = await withOwnStructs(
    command,
    await readSetup(command, { except: [] }, base),
    context,
  );
  const { workloads = DEFAULT_WORKLOADS } = given;
  for (const name of workloads) {
    await requireWorkload(name, workloads.length > 1);
  }
  if (options.by !== undefined) oneOf("breakdown", options.by, BREAKDOWNS);
  const machine = completedMachine(given);
  checkMachine(machine);
  checkSetup({ ...given, workloads, machine });
  if (options.by !== undefined && options.json === "-") {
    throw new RangeError(
      `Cannot use --by ${options.by} with --json -: found no tables that are ` +
        "printed, expected --json FILE",
    );
  }
  const pools = workloads.map((name) =>
    workloadPoolBytes(name, given.placement)
  );
  const limits = limitsOnMachine(options.device, { ...given, machine }, {
    abis: (given.abis ?? ["lp64"]).map((name) => findAbi(name)),
    leastDramBytes: Math.max(...pools),
  });
  return { ...given, machine, limits };
}

/**
 * Says whose options a run takes where nothing else is typed.
 *
 * @returns The file of `--setup`, or the result that is repeated.
 */
export function setupPath(
  { setup, repeat }: Pick<RunCommandOptions, "setup" | "repeat">,
): string | undefined {
  return setup ?? repeat;
}

async function setupFromFile(
  command: Command,
  options: RunCommandOptions,
): Promise<GivenSetup> {
  const path = setupPath(options);
  if (path === undefined) return {};
  const setup = await readSetupFile(path, {
    // Another device has other limits.
    hasDevice: command.getOptionValueSource("device") === "cli",
    hasPlacement: command.getOptionValueSource("placement") === "cli",
  });
  if (options.repeat === undefined) return setup;
  // Its builds are there; how many are added is this run's matter.
  const { builds: _, ...others } = setup;
  return others;
}

/** The kernel and the layouts of the user's own; they replace a file's. */
async function withOwnStructs(
  command: Command,
  typed: GivenSetup,
  context: CommandContext,
): Promise<GivenSetup> {
  const setup = await withOwnKernel(command, typed, context);
  const { workloads = [] } = setup;
  const own = await ownLayouts({
    ...command.opts<RunCommandOptions>(),
    workload: workloads,
  }, context);
  if (own.length === 0) return setup;
  const isNamed = command.getOptionValueSource("layout") === "cli";
  const named = isNamed ? setup.layouts ?? [] : [];
  return { ...setup, layouts: [...named, ...own] };
}

/** Refuses a workload that is neither a name nor anything on the disk. */
async function requireWorkload(name: string, isPart: boolean): Promise<void> {
  const names = [...SHIPPED_WORKLOADS, ...WORKLOAD_PRESETS.keys()];
  if (names.includes(name) || name === STANDARD_INPUT) return;
  try {
    await Deno.stat(name);
  } catch (error) {
    // No system has a file of such a name; Deno calls it invalid.
    const isMissing = error instanceof Deno.errors.NotFound ||
      name.includes("\0");
    if (!isMissing) return; // the reader says
    const unknown = unknownName("workload file or name", name, names);
    if (isPart) unknown.message += "; \\, is a comma that belongs to a path";
    throw unknown;
  }
}
