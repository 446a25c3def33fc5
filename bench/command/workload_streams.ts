/**
 * Workloads of a run that are streams: standard input and pipes. Each cell
 * reads its workload, so that they are kept; and every workload is looked at
 * before anything is run.
 */
import { format as formatBytes } from "@std/fmt/bytes";
import { findAbi } from "../../layouts/abi.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import { openFile } from "../../sim/workload/trace_files.ts";
import {
  openIoSource,
  STANDARD_INPUT,
  type WorkloadInputs,
} from "../../sim/workload/open_io_source.ts";
import {
  completeOptions,
  DEFAULT_WORKLOADS,
  type LabRunOptions,
  workloadPath,
} from "../run/options.ts";
import type { CommandContext } from "../shell/context.ts";
import { standardInput } from "../shell/reader_options.ts";
import { StreamSpool } from "../shell/stream_spool.ts";

/**
 * Finds the streams among the workloads of a run.
 *
 * @returns Streams by name: standard input, and what is a pipe, as a shell's
 *   `<(zcat x.gz)` is.
 * @throws {RangeError} If standard input is named twice or is a terminal.
 */
export async function workloadStreams(
  names: readonly string[],
  context: CommandContext,
): Promise<Map<string, () => Promise<ReadableStream<Uint8Array>>>> {
  const streams = new Map<string, () => Promise<ReadableStream<Uint8Array>>>();
  const input = standardInput(names, context);
  if (input !== undefined) {
    streams.set(STANDARD_INPUT, () => Promise.resolve(input));
  }
  for (const name of names) {
    if (name !== STANDARD_INPUT && await isPipe(name)) {
      streams.set(name, () => openFile(name));
    }
  }
  return streams;
}

/**
 * Reads streams to their ends.
 *
 * @returns What they held, to be closed.
 */
export async function keepStreams(
  streams: ReadonlyMap<string, () => Promise<ReadableStream<Uint8Array>>>,
  options: { quiet: boolean },
  context: CommandContext,
): Promise<Map<string, StreamSpool>> {
  const { signal } = context;
  const kept = new Map<string, StreamSpool>();
  try {
    for (const [name, open] of streams) {
      const what = name === STANDARD_INPUT ? "standard input" : `"${name}"`;
      const spool = await StreamSpool.fill(what, await open(), { signal });
      kept.set(name, spool);
      if (options.quiet) continue;
      context.writeError(
        `lab: kept ${formatBytes(spool.sizeBytes)} of ${what} in a temporary ` +
          "file, for each cell reads it\n",
      );
    }
    return kept;
  } catch (error) {
    for (const spool of kept.values()) spool.close();
    throw error;
  }
}

/**
 * Looks at the beginning of every workload, so that one that cannot be read
 * does not end a run after others have taken their time.
 *
 * @throws {RangeError} If a name is not known, or events are chosen of what
 *   has none.
 * @throws {SyntaxError} If one is of no known format.
 */
export async function checkWorkloads(
  run: Partial<LabRunOptions>,
  inputs: WorkloadInputs,
): Promise<void> {
  const { seed = 1, format, events } = run;
  for (const name of run.workloads ?? DEFAULT_WORKLOADS) {
    const source = await openIoSource(workloadPath(name), {
      ...{ seed, inputs },
      format,
      events,
    });
    await source.close();
  }
}

/**
 * Looks up every I/O of a run in its recording, so that one that is not there
 * does not end a run after others have taken their time.
 *
 * @throws {RangeError} If an I/O was not recorded.
 */
export async function checkRecording(
  given: Partial<LabRunOptions>,
  inputs: WorkloadInputs,
): Promise<void> {
  const { placement } = given;
  if (typeof placement !== "object" || placement.recorded === undefined) return;
  const run = completeOptions(given);
  const abi = findAbi(run.abis[0] ?? "lp64");
  for (const name of run.workloads) {
    const { open } = openCell({ ...run, abi, inputs }, workloadPath(name));
    const workload = await open();
    const windows = workload.windows({ ios: 4096, pieces: 1 << 18 });
    while ((await windows.next()).done !== true);
  }
}

async function isPipe(name: string): Promise<boolean> {
  try {
    return (await Deno.stat(name)).isFifo ?? false;
  } catch {
    return false; // whoever opens it says why
  }
}
