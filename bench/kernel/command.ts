/**
 * `deno task lab:kernel`: a real kernel, patched or not, measured in QEMU.
 *
 * @module
 */
import { Command } from "commander";
import { count, quantity } from "../command/command.ts";
import {
  type CommandContext,
  EXIT,
  printableContext,
  processContext,
} from "../command/context.ts";
import { writeJson } from "../command/output.ts";
import { checkOutputs, type NamedPaths } from "../command/output_names.ts";
import { runCommand } from "../command/run_command.ts";
import { compareKernels } from "./compare.ts";
import { comparisonText } from "./comparison_text.ts";
import { readKernelResult } from "./read_result.ts";
import { resultText } from "./result_text.ts";
import { runKernel } from "./run_kernel.ts";
import { DEFAULT_WORKLOADS, type Workload, WORKLOADS } from "./workloads.ts";

interface RunOptions {
  readonly kernel: string;
  readonly vmlinux?: string;
  readonly btf?: string;
  readonly symbols?: string;
  readonly modules?: string;
  readonly workload?: readonly string[];
  readonly controller: string;
  readonly latency: number;
  readonly warmup: number;
  readonly timeout: number;
  readonly append: string;
  readonly name?: string;
  readonly out?: string;
  readonly force: boolean;
  readonly quiet: boolean;
}

interface CompareOptions {
  readonly control?: string;
  readonly json?: string;
  readonly force: boolean;
}

/**
 * Runs the command.
 *
 * @param args The words of the command line.
 * @param outside The outside world.
 * @returns 0 if all went well, 1 if the kernel lost data, 2 on wrong use or a
 * kernel that cannot be measured.
 */
export async function kernelMain(
  args: readonly string[],
  outside: CommandContext,
): Promise<number> {
  const context = printableContext(outside);
  const command = new Command("lab:kernel")
    .description("A real kernel, patched or not, measured in QEMU");
  command.command("run")
    .description("Boot a kernel and count what one I/O executes and touches")
    .requiredOption("--kernel <bzImage>", "the kernel, for x86-64")
    .option("--vmlinux <file>", "ELF file with its BTF; default: its own")
    .option("--btf <file>", "raw BTF; default: what the kernel itself has")
    .option("--symbols <System.map>", "default: its own /proc/kallsyms")
    .option("--modules <folder>", "its modules, if nvme is not built in")
    .option(
      "--workload <name...>",
      `of: ${WORKLOADS.map(({ name }) => name).join(", ")}; default: ` +
        DEFAULT_WORKLOADS.join(", ") + '; "all" for all',
    )
    .option("--controller <kind>", "prp or sgl (the driver's choice)", "prp")
    .option(
      "--latency <us>",
      "time of a command on the disk: long, so that the task always sleeps",
      quantity({ kind: "time", unit: "us", least: 0, most: 1_000_000 }),
      20_000,
    )
    .option("--warmup <n>", "I/Os before the nine", count(0, 10_000), 40)
    .option(
      "--timeout <s>",
      "longest time for the guest",
      quantity({ kind: "time", least: 1, most: 86_400 }),
      600,
    )
    .option("--append <words>", "more words for the kernel's command line", "")
    .option("--name <text>", "name of the run; default: the kernel's release")
    .option("--out <file>", "write the result as JSON, - for stdout")
    .option("--force", "replace an existing output file", false)
    .option("--quiet", "no progress", false)
    .action((options: RunOptions) => run(options, context));
  command.command("compare")
    .description("What a patch changed: two results of run")
    .argument("<base>", "result of the kernel without the patch")
    .argument("<patched>", "result of the kernel with it")
    .option("--control <file>", "the base measured again: its noise")
    .option("--json <file>", "write the comparison as JSON, - for stdout")
    .option("--force", "replace an existing output file", false)
    .action(async (base: string, patched: string, options: CompareOptions) => {
      const { control, json, force } = options;
      await checkOutputs({ "--json": json }, {
        force,
        inputs: { base, patched, "--control": control },
      });
      const comparison = compareKernels({
        base: await readKernelResult(base),
        patched: await readKernelResult(patched),
        control: control === undefined
          ? undefined
          : await readKernelResult(control),
      });
      if (json !== undefined) {
        await writeJson(json, comparison, context, { force });
      }
      if (json !== "-") context.writeOut(comparisonText(comparison));
    });
  return await runCommand(command, { args, context });
}

async function run(
  options: RunOptions,
  context: CommandContext,
): Promise<void> {
  const { out, force, quiet, controller } = options;
  await checkOutputs({ "--out": out }, { force, inputs: inputsOf(options) });
  if (controller !== "prp" && controller !== "sgl") {
    throw new RangeError(
      `Cannot use controller "${controller}", expected prp or sgl`,
    );
  }
  const btf = options.btf ?? options.vmlinux;
  const result = await runKernel({
    kernel: options.kernel,
    ...(btf === undefined ? {} : { btf }),
    ...(options.symbols === undefined ? {} : { symbols: options.symbols }),
    ...(options.modules === undefined ? {} : { modules: options.modules }),
    workloads: chosen(options.workload ?? DEFAULT_WORKLOADS),
    controller,
    latencyNs: options.latency * 1000,
    warmup: options.warmup,
    timeoutS: options.timeout,
    append: options.append,
    name: options.name ?? "",
    signal: context.signal,
    onProgress: (text) => {
      if (!quiet) context.writeError(`lab:kernel: ${text}\n`);
    },
  });
  if (out !== undefined) await writeJson(out, result, context, { force });
  if (out !== "-") context.writeOut(resultText(result));
}

/** Files that are read, and must not be replaced by what is written. */
function inputsOf(options: RunOptions): NamedPaths {
  const { kernel, vmlinux, btf, symbols } = options;
  return {
    "--kernel": kernel,
    "--vmlinux": vmlinux,
    "--btf": btf,
    "--symbols": symbols,
  };
}

function chosen(names: readonly string[]): Workload[] {
  if (names.includes("all")) return [...WORKLOADS];
  return [...new Set(names)].map((name) => {
    const found = WORKLOADS.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new RangeError(
      `Cannot find workload "${name}", expected all or one of: ` +
        WORKLOADS.map((one) => one.name).join(", "),
    );
  });
}

if (import.meta.main) {
  const status = await kernelMain(Deno.args, processContext());
  Deno.exit(status === EXIT.done ? EXIT.done : status);
}
