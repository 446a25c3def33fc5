/**
 * `lab cache`: runs any address trace through a cache hierarchy.
 */
import { plural } from "../../sim/text/plural.ts";
import type { Command } from "commander";
import { offerOptionNames } from "../setup/offered_names.ts";
import {
  ADDRESS_TRACE_FORMATS,
  type AddressTraceFormat,
  emptyTrace,
} from "../../sim/cache/address_formats.ts";
import {
  BATCH_CAPACITY,
  readAddressTrace,
} from "../../sim/cache/address_trace.ts";
import { BinaryTraceWriter } from "../../sim/cache/binary_trace.ts";
import type {
  CacheLevelConfig,
  ReplacementPolicy,
} from "../../sim/cache/config.ts";
import type { Cpu } from "../../sim/cache/cpu.ts";
import type { ReferenceBatch } from "../../sim/cache/reference.ts";
import { createHierarchy } from "../../sim/cache/hierarchy.ts";
import { LEVEL_OPTIONS, parseLevelSpec } from "../../sim/cache/level_spec.ts";
import { policyNames } from "../../sim/cache/policies.ts";
import { cpuPresetNames } from "../../sim/cache/presets.ts";
import { openChunks } from "../../sim/workload/trace_files.ts";
import { cacheJson, type CacheResult, cacheTable } from "./cache_report.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
  oneOf,
} from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { readCpu } from "../setup/cpu_option.ts";
import { GROUPS } from "../shell/help.ts";
import { HOST_CPU } from "../setup/host_cpu.ts";
import { writeFound } from "../shell/output.ts";
import { OutputFile } from "../shell/output_file.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { SUMMARIES } from "./summaries.ts";

interface CacheOptions extends CommonOptions {
  readonly level: readonly string[];
  readonly policy?: string;
  readonly mode: string;
  readonly cpu?: string;
  readonly format?: string;
  readonly missClasses: boolean;
  readonly save?: string;
}

const MODES = ["dinero", "cachegrind"] as const;

export function cacheCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand("cache", SUMMARIES.cache)
    .argument("<trace>", "the trace, gzip or not; - for stdin")
    .optionsGroup("Caches:")
    .option(
      "--level <spec>",
      "a cache, first level first: NAME:SIZE:WAYS:LINE[:OPTION...], as in " +
        `L1:32KiB:8:64; options: ${LEVEL_OPTIONS.join(", ")}`,
      (spec: string, before: readonly string[]) => [...before, spec],
      [],
    )
    .option(
      "--policy <name>",
      "replacement policy of levels that name none: " +
        `${policyNames.join(", ")} (default: lru)`,
    )
    .option(
      "--cpu <name|file>",
      `use the caches of ${cpuPresetNames.join(", ")}, ${HOST_CPU}, a CPU ` +
        "file or the output of lscpu -C --json",
    )
    .optionsGroup("Trace and counting:")
    .option(
      "--format <name>",
      `${ADDRESS_TRACE_FORMATS.join(", ")} (default: detected from content)`,
    )
    .option("--mode <name>", `count as ${MODES.join(" or ")} does`, "dinero")
    .option(
      "--miss-classes",
      "count compulsory, capacity and conflict misses",
      false,
    )
    .optionsGroup(GROUPS.output)
    .option("--save <file>", "also write the trace in the binary form");
  offerOptionNames(command, {
    "--policy": policyNames,
    "--cpu": [...cpuPresetNames, HOST_CPU],
    "--format": ADDRESS_TRACE_FORMATS,
    "--mode": MODES,
  });
  return addCommonOptions(command)
    .addHelpText(
      "after",
      "\nCounts are those before the final copy-back of dirty lines; what that " +
        "changes\nis printed below them, and in JSON under afterCopyBack. The binary " +
        "form is a\nfifth of the size of the text, and takes twice as long to read.",
    )
    .action(async (trace: string, options: CacheOptions) => {
      report(await runCache(trace, options, context));
    });
}

async function runCache(
  trace: string,
  options: CacheOptions,
  context: CommandContext,
): Promise<number> {
  const mode = oneOf("mode", options.mode, MODES);
  const format = options.format === undefined
    ? undefined
    : oneOf("trace format", options.format, ADDRESS_TRACE_FORMATS);
  const cpu = await chooseCpu(options);
  const caches = createHierarchy({
    levels: cpu?.levels ?? chooseLevels(options),
    mode,
    seed: options.seed,
    missClasses: options.missClasses,
  });
  const { json, save } = options;
  await checkOutputs({ "--json": json, "--save": save }, {
    force: options.force,
    inputs: { trace, "--cpu": options.cpu },
  });
  const reading = await openTrace(
    trace,
    { format, batch: caches.createBatch(BATCH_CAPACITY) },
    context,
  );
  const run = async (copy?: (batch: ReferenceBatch) => void) => {
    for await (const batch of reading.batches) {
      caches.run(batch);
      copy?.(batch);
      if (context.signal.aborted) break;
    }
  };
  if (options.save === undefined) await run();
  else await runAndSave(run, options.save, { options, context });
  const before = caches.counts();
  const { reads, writes, instructions } = before.references;
  const interrupted = context.signal.aborted;
  if (reads + writes + instructions === 0 && !interrupted) {
    throw emptyTrace(trace);
  }
  caches.flush();
  const result: CacheResult = {
    trace,
    format: reading.format,
    mode,
    cpu,
    seed: options.seed,
    interrupted,
    skippedLines: reading.skippedLines(),
    remarks: reading.remarks(),
    before,
    after: caches.counts(),
  };
  await tell(result, options, context);
  return interrupted ? EXIT.interrupted : EXIT.done;
}

/** An interrupted copy would look like a whole, shorter trace: none is kept. */
async function runAndSave(
  run: (copy: (batch: ReferenceBatch) => void) => Promise<void>,
  path: string,
  by: { options: CacheOptions; context: CommandContext },
): Promise<void> {
  const file = await OutputFile.create(path, by.options);
  try {
    const writer = new BinaryTraceWriter();
    await run((batch) => file.write(writer.encode(batch)));
    if (!by.context.signal.aborted) await file.finish();
  } finally {
    await file.discard();
  }
}

async function tell(
  result: CacheResult,
  options: CacheOptions,
  context: CommandContext,
): Promise<void> {
  if (result.skippedLines > 0 && !options.quiet) {
    context.writeError(
      `lab: ${
        plural(result.skippedLines, "line holds", "lines hold")
      } no reference in "${result.trace}": passed over\n`,
    );
  }
  for (const [what, count] of Object.entries(result.remarks)) {
    if (!options.quiet) {
      context.writeError(`lab: "${result.trace}": ${count} ${what}\n`);
    }
  }
  await writeFound(
    {
      json: () => cacheJson(result),
      text: () => cacheTable(result),
    },
    context,
    options,
  );
}

function chooseLevels(options: CacheOptions): CacheLevelConfig[] {
  const policy: ReplacementPolicy | undefined = options.policy === undefined
    ? undefined
    : oneOf("replacement policy", options.policy, policyNames);
  if (options.level.length === 0) {
    throw new RangeError(
      "Cannot run a trace: found no caches, expected --level " +
        "L1:32KiB:8:64 or --cpu NAME",
    );
  }
  return options.level.map((spec) =>
    parseLevelSpec(spec, policy === undefined ? {} : { policy })
  );
}

async function chooseCpu(options: CacheOptions): Promise<Cpu | undefined> {
  const { cpu } = options;
  if (cpu === undefined) return undefined;
  if (options.level.length > 0 || options.policy !== undefined) {
    throw new RangeError(
      `Cannot combine --cpu ${cpu} with --level or --policy: found both, ` +
        "expected one way to say the caches",
    );
  }
  return await readCpu(cpu);
}

async function openTrace(
  trace: string,
  { format, batch }: {
    format: AddressTraceFormat | undefined;
    batch: ReferenceBatch;
  },
  context: CommandContext,
) {
  const { signal } = context;
  const isStdin = trace === "-";
  const stream = isStdin
    ? (context.stdin ?? Deno.stdin).readable
    : await openChunks(trace);
  const name = isStdin ? "standard input" : trace;
  const known = format === undefined ? {} : { format };
  return await readAddressTrace(name, stream, { ...known, signal, batch });
}
