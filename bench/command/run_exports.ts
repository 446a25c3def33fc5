/**
 * What `lab run` writes for other tools before it compares anything: the
 * workload as a fio iolog, its events as a blktrace, where its buffers are.
 */
import { findAbi } from "../../layouts/abi.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import { plural } from "../../sim/text/plural.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import { exportIolog } from "../export/export_iolog.ts";
import { exportPlacement } from "../export/export_placement.ts";
import {
  completeOptions,
  DEFAULT_WORKLOADS,
  type LabRunOptions,
  workloadPath,
} from "../run/options.ts";
import type { GivenSetup } from "../setup/options.ts";
import type { CommandContext } from "../shell/context.ts";
import { type OutputFile, writeFileInParts } from "../shell/output_file.ts";
import type { RunCommandOptions } from "./run_options.ts";

/** Returns the files that other tools read, by format. */
export function exportFiles(options: RunCommandOptions): Record<
  "iolog" | "blktrace" | "placementLog",
  string | undefined
> {
  const { iolog, blktrace, placementLog } = options;
  return {
    placementLog,
    iolog,
    // One file for each CPU; the simulated machine submits on one.
    blktrace: blktrace === undefined ? blktrace : `${blktrace}.blktrace.0`,
  };
}

/**
 * Returns the workload that is written for other tools.
 *
 * @returns The workload, or `undefined` where no such file is asked for.
 * @throws {RangeError} If there is more than one, or a file is standard output.
 */
export function exportedWorkload(
  options: RunCommandOptions,
  { workloads: names = DEFAULT_WORKLOADS }: GivenSetup,
): string | undefined {
  const { iolog, blktrace, placementLog } = exportFiles(options);
  const target = iolog ?? blktrace ?? placementLog;
  if (target === undefined) return undefined;
  if ([iolog, options.blktrace, placementLog].includes("-")) {
    throw new RangeError(
      `Cannot write an iolog, blktrace or placement to "-", expected a file ` +
        "path",
    );
  }
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new RangeError(
      `Cannot write "${target}": ${names.length} workloads are run ` +
        `(${names.join(", ")}), expected --workload with one`,
    );
  }
  return name;
}

/**
 * Writes what other tools read.
 *
 * @throws {Deno.errors} If a file cannot be written.
 */
export async function writeExports(
  workload: string,
  from: {
    run: Partial<LabRunOptions>;
    options: RunCommandOptions;
    context: CommandContext;
    inputs: WorkloadInputs;
  },
): Promise<void> {
  const { options, context, inputs } = from;
  const { signal } = context;
  const { iolog, blktrace, placementLog } = exportFiles(options);
  const run = completeOptions(from.run);
  const say = (text: string) => {
    if (!options.quiet) context.writeError(`${text}\n`);
  };
  if (iolog !== undefined) {
    const ios = await writeFileInParts(
      iolog,
      options,
      (file) =>
        exportIolog(file, {
          ...{ workload, seed: run.seed, signal, inputs },
          ...Object.fromEntries(
            Object.entries(run).filter(([key]) =>
              ["ios", "events", "format"].includes(key)
            ),
          ),
        }),
    );
    say(`${iolog}: ${plural(ios, "I/O")}, replay with fio --read_iolog`);
  }
  if (blktrace !== undefined) {
    // Its events are those of a path, which no other part of a run puts together.
    const { exportBlktrace } = await import("../export/export_blktrace.ts");
    const counts = await writeFileInParts(
      blktrace,
      options,
      (file) => exportBlktrace(file, { workload, run, signal, inputs }),
    );
    const text = Object.entries(counts).filter(([, count]) => count > 0)
      .map(([letter, count]) => `${count} ${letter}`).join(", ");
    say(`${blktrace}: ${text}; read with blkparse -i ${options.blktrace}`);
  }
  if (placementLog !== undefined) {
    const ios = await writeFileInParts(
      placementLog,
      options,
      (file) => writePlacement(file, { ...from, run, workload }),
    );
    say(`${placementLog}: ${plural(ios, "I/O")}; --placement reads it`);
  }
}

async function writePlacement(
  file: OutputFile,
  from: {
    run: LabRunOptions;
    workload: string;
    context: CommandContext;
    inputs: WorkloadInputs;
  },
): Promise<number> {
  const { run, inputs, workload, context } = from;
  const abi = findAbi(run.abis[0] ?? "lp64");
  const { open } = openCell({ ...run, abi, inputs }, workloadPath(workload));
  return await exportPlacement(file, await open(), context.signal);
}
