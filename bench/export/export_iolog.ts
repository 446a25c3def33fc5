/** `lab run --iolog OUT`: the I/Os of a workload as a log that fio replays. */
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import type { EventSelection } from "../../sim/workload/event_choice.ts";
import { openIoSource } from "../../sim/workload/open_io_source.ts";
import { iologText } from "../../sim/workload/write_iolog.ts";
import type { OutputFile } from "../shell/output_file.ts";
import { workloadPath } from "../run/options.ts";

export interface ExportIologOptions {
  /** Name of a shipped iolog or preset, or a path. */
  readonly workload: string;
  readonly seed: number;
  /** The first reads and writes; all of them if absent. */
  readonly ios?: number;
  /** Format of a trace, if it is not to be detected from the content. */
  readonly format?: string;
  /** Events of a block trace that are its I/Os. */
  readonly events?: EventSelection;
  /** Workloads that are streams, such as standard input (`-`). */
  readonly inputs?: WorkloadInputs;
  /** Ends the export early. */
  readonly signal?: AbortSignal;
}

/**
 * @returns I/Os in it, before long ones are cut.
 * @throws {RangeError} If the workload holds no I/O.
 * @throws {SyntaxError} If it is malformed.
 */
export async function exportIolog(
  file: OutputFile,
  options: ExportIologOptions,
): Promise<number> {
  const { workload, signal: _signal, ...reading } = options;
  const source = await openIoSource(workloadPath(workload), reading);
  const { tally } = source.rows;
  const encoder = new TextEncoder();
  const parts = iologText(source.batches, {
    // Only traces say when; of them, only traces do not say how deep.
    hasTimes: source.depth === null,
  });
  for await (const part of parts) {
    options.signal?.throwIfAborted();
    file.write(encoder.encode(part));
  }
  if (tally.ios === 0) {
    throw new RangeError(
      `Cannot write an iolog of "${options.workload}": it holds no I/O, ` +
        "expected at least one",
    );
  }
  return tally.ios;
}
