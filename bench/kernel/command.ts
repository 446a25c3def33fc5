/**
 * `deno task lab:kernel`: a real kernel, patched or not, measured in QEMU.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { countOption, quantity } from "../shell/command.ts";
import {
  type CommandContext,
  printableContext,
  processContext,
} from "../shell/context.ts";
import { GROUPS } from "../shell/option_text.ts";
import { toJson, writeJson, writeText } from "../shell/output.ts";
import { checkOutputs, type NamedPaths } from "../shell/output_names.ts";
import { checkPages, writePages } from "../shell/page_output.ts";
import { runToStatus } from "../shell/run_command.ts";
import { VERIFY_DISKS } from "./boot.ts";
import { compareKernels } from "./compare.ts";
import { pictureFiles } from "../report/html.ts";
import { comparisonHtml, kernelComparisonPage } from "./comparison_html.ts";
import { comparisonMail } from "./comparison_mail.ts";
import { comparisonText } from "./comparison_text.ts";
import { readKernelResult } from "./read_result.ts";
import { resultText } from "./result_text.ts";
import { type KernelRun, runKernel } from "./run_kernel.ts";
import {
  DEFAULT_GUEST_WORKLOADS,
  type GuestWorkload,
  WORKLOADS,
} from "./workloads.ts";

interface RunOptions
  extends
    Pick<KernelRun, "kernel" | "controller" | "verifyDisk" | "warmup">,
    Pick<KernelRun, "append" | "vmlinux" | "btf" | "symbols" | "modules"> {
  readonly workload?: readonly string[];
  readonly latency: number;
  readonly timeout: number;
  readonly name?: string;
  readonly out?: string;
  readonly force: boolean;
  readonly quiet: boolean;
}

interface CompareOptions {
  readonly control?: string;
  readonly json?: string;
  readonly mail?: string;
  readonly html?: string;
  readonly svg?: string;
  readonly force: boolean;
}

/**
 * @returns 0 if all went well, 1 if the kernel lost data, 2 on wrong use or a
 * kernel that cannot be measured.
 */
export async function kernelMain(
  args: readonly string[],
  outside: CommandContext,
): Promise<number> {
  const context = printableContext(outside);
  const command = new Command("lab:kernel")
    .description("measure a real kernel, patched or not, in QEMU");
  command.command("run")
    .description("boot a kernel and count what one I/O executes and touches")
    .optionsGroup("Kernel:")
    .requiredOption("--kernel <bzImage>", "the kernel, for x86-64")
    .option(
      "--vmlinux <file>",
      "its ELF file, for functions that are inlined, and for BTF and symbols " +
        "if it has none at run time",
    )
    .addOption(
      new Option(
        "--btf <file>",
        "raw BTF (default: what the kernel itself has)",
      )
        .conflicts("vmlinux"),
    )
    .option(
      "--symbols <System.map>",
      "its symbols (default: its own /proc/kallsyms)",
    )
    .option("--modules <folder>", "its modules, if nvme is not built in")
    .option("--append <words>", "more words for the kernel's command line", "")
    .optionsGroup(GROUPS.workload)
    .option(
      "--workload <name...>",
      `workloads, or all: ${WORKLOADS.map(({ name }) => name).join(", ")} ` +
        `(default: ${DEFAULT_GUEST_WORKLOADS.join(", ")})`,
    )
    .optionsGroup(GROUPS.machine)
    .addOption(
      new Option(
        "--controller <kind>",
        "lists of PRPs alone, or what the driver chooses",
      )
        .choices(["prp", "sgl"]).default("prp"),
    )
    .option(
      "--latency <us>",
      "time of a command on the disk: long, so that the task always sleeps",
      quantity({ kind: "time", unit: "us", least: 0, most: 1_000_000 }),
      20_000,
    )
    .optionsGroup(GROUPS.measure)
    .option(
      "--warmup <n>",
      "I/Os before those that are measured",
      countOption(0, 10_000),
      40,
    )
    .option(
      "--timeout <s>",
      "most time for the guest",
      quantity({ kind: "time", least: 1, most: 86_400 }),
      600,
    )
    .addOption(
      new Option(
        "--verify-disk <kind>",
        "disk that is written and read back first: one that keeps data, " +
          "forgets it, or fails a read; the others show that a run then ends " +
          "with status 1",
      ).choices(VERIFY_DISKS).default("file"),
    )
    .optionsGroup(GROUPS.output)
    .option(
      "--name <text>",
      "name of the run in a comparison (default: base or patched)",
      runName,
    )
    .option("--out <file>", "write the result as JSON, - for stdout")
    .option("--force", "replace an existing output file", false)
    .option("--quiet", "no progress", false)
    .action((options: RunOptions) => run(options, context));
  command.command("compare")
    .description("show what a patch changed, by two results of run")
    .argument("<base>", "result of the kernel without the patch")
    .argument("<patched>", "result of the kernel with it")
    .optionsGroup(GROUPS.compared)
    .option("--control <file>", "the base measured again, for its noise")
    .optionsGroup(GROUPS.output)
    .option("--json <file>", "write the comparison as JSON, - for stdout")
    .option("--mail <file>", "write it as 25 lines for a mail, - for stdout")
    .option("--html <file>", "write it as a page, - for stdout")
    .option("--svg <folder>", "write each chart to a folder")
    .option("--force", "replace existing output files", false)
    .action((base: string, patched: string, options: CompareOptions) =>
      compare({ base, patched }, options, context)
    );
  return await runToStatus(command, { args, context });
}

async function run(
  options: RunOptions,
  context: CommandContext,
): Promise<void> {
  const { out, force, quiet } = options;
  await checkOutputs({ "--out": out }, { force, inputs: inputsOf(options) });
  const result = await runKernel({
    ...options,
    workloads: chosen(options.workload ?? DEFAULT_GUEST_WORKLOADS),
    // "all" is what the kernel can do; a name is what the user wants.
    required: (options.workload ?? []).filter((name) => name !== "all"),
    latencyNs: Math.round(options.latency * 1000),
    timeoutS: options.timeout,
    name: options.name ?? "unnamed",
    signal: context.signal,
    onProgress: (text) => {
      if (!quiet) context.writeError(`lab:kernel: ${text}\n`);
    },
  });
  // First, so that a disk that is full by now does not lose all of it.
  if (out !== "-") context.writeOut(resultText(result));
  if (out !== undefined) await writeJson(out, result, context, { force });
}

async function compare(
  paths: { readonly base: string; readonly patched: string },
  options: CompareOptions,
  context: CommandContext,
): Promise<void> {
  const { control, json, mail, html, svg, force } = options;
  const outputs = [json, mail, html];
  if (outputs.filter((path) => path === "-").length > 1) {
    throw new RangeError(
      "Cannot write more than one of --json, --mail and --html to standard " +
        "output, expected files for the others",
    );
  }
  await checkOutputs({ "--json": json, "--mail": mail, "--html": html }, {
    force,
    inputs: {
      "<base>": paths.base,
      "<patched>": paths.patched,
      "--control": control,
    },
  });
  const pages = svg === undefined ? {} : { svg };
  await checkPages(pages, { force });
  const comparison = compareKernels({
    base: await readKernelResult(paths.base),
    patched: await readKernelResult(paths.patched),
    control: control === undefined
      ? undefined
      : await readKernelResult(control),
  });
  if (!outputs.includes("-")) context.writeOut(comparisonText(comparison));
  if (json !== undefined) {
    await writeJson(json, comparison, context, { force });
  }
  const write = async (path: string | undefined, text: string) => {
    if (path !== undefined) await writeText(path, text, { context, force });
  };
  await write(mail, comparisonMail(comparison));
  if (html !== undefined) {
    await write(html, await comparisonHtml(comparison, toJson(comparison)));
  }
  await writePages(pages, {
    page: () => comparisonHtml(comparison, toJson(comparison)),
    pictures: () => pictureFiles(kernelComparisonPage(comparison)),
  }, { context, force });
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

function chosen(names: readonly string[]): GuestWorkload[] {
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

function runName(text: string): string {
  if (/^[^\p{C}]{1,64}$/u.test(text)) return text;
  throw new InvalidArgumentError("expected 1 to 64 printable characters");
}

if (import.meta.main) {
  Deno.exit(await kernelMain(Deno.args, processContext()));
}
