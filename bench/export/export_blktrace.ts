/**
 * `lab run --blktrace OUT`: the events of a simulated run as a binary blktrace,
 * for blkparse and btt.
 */
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import { findAbi } from "../../layouts/abi.ts";
import type { BlockObserver } from "../../sim/block/observe.ts";
import { statusErrno } from "../../sim/kernel/operation.ts";
import type { PathCounts } from "../../sim/path/path_counts.ts";
import { dataIos, replay } from "../../sim/replay/replay.ts";
import {
  type BlktraceLetter,
  BlktraceWriter,
} from "../../sim/workload/write_blktrace.ts";
import { WrongAnswerError } from "../shell/context.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import { openPath } from "../../sim/setup/open_path.ts";
import { checkReach } from "../setup/machine_check.ts";
import type { OutputFile } from "../shell/output_file.ts";
import { WINDOW_CAPACITY } from "../run/audit_cell.ts";
import {
  type LabRunOptions,
  submitterOf,
  workloadPath,
} from "../run/options.ts";
import { BASELINE } from "../setup/baseline.ts";

export interface ExportBlktraceOptions {
  /** Name of a shipped iolog or preset, or a path. */
  readonly workload: string;
  /** The options of the run; its first ABI is taken. */
  readonly run: LabRunOptions;
  /** Workloads that are streams, such as standard input (`-`). */
  readonly inputs?: WorkloadInputs;
  /** Ends the export early. */
  readonly signal?: AbortSignal;
}

/** Events of each kind, by blktrace's letter. */
export type BlktraceCounts = Readonly<Record<BlktraceLetter, number>>;

/**
 * Replays a workload on the baseline layout and writes its events.
 *
 * @param file Where to: one file of one CPU, PREFIX.blktrace.0.
 * @throws {WrongAnswerError} If the events do not add up (blockspec 2.11).
 * @throws {RangeError} If the workload has no reads and writes.
 */
export async function exportBlktrace(
  file: OutputFile,
  options: ExportBlktraceOptions,
): Promise<BlktraceCounts> {
  const { run, signal } = options;
  const abi = findAbi(run.abis[0] ?? "lp64");
  const { inputs } = options;
  const { map, open } = openCell({
    ...run,
    abi,
    inputs,
  }, workloadPath(options.workload));
  checkReach(run.machine, { map, abi, limits: run.limits });
  const workload = await open();
  const writer = new BlktraceWriter((part) => file.write(part));
  const assembly = openPath({
    ...run,
    layout: BASELINE,
    abi,
    recognition: "page",
    map,
    submitter: submitterOf(run, options.workload),
  }, { event: blktraceObserver(writer) });
  for await (const window of workload.windows(WINDOW_CAPACITY)) {
    signal?.throwIfAborted();
    // It is one window that is filled again.
    assembly.path.open(window);
    replay(assembly, window, dataIos(window));
  }
  writer.finish();
  const { counts } = writer;
  if (counts.Q === 0) {
    throw new RangeError(
      `Cannot write a blktrace of "${options.workload}": it has no reads and ` +
        "writes, expected at least one",
    );
  }
  checkIdentities(counts, assembly.path.counts);
  return counts;
}

/** Makes the observer of a block layer that writes what it gets. */
export function blktraceObserver(writer: BlktraceWriter): BlockObserver {
  const { event } = writer;
  const ended = { sectorLo: 0, sectorHi: 0, sizeBytes: 0, opf: 0, extra: 0 };
  return (letter, data) => {
    // A trace has no record of a whole I/O, only of its bios.
    if (letter === "submit") return;
    if (letter === "RM") event("M", data);
    else if (letter !== "C") event(letter, data);
    else {
      // The block layer has a status, a trace an errno.
      ended.sectorLo = data.sectorLo;
      ended.sectorHi = data.sectorHi;
      ended.sizeBytes = data.sizeBytes;
      ended.opf = data.opf;
      ended.extra = statusErrno(data.extra);
      event(letter, ended);
    }
  };
}

/**
 * The laws that every drained trace obeys (blockspec 2.11, T61). An `M` may be
 * of a bio or of a request, which then has had its `G` and gets no `D`.
 */
function checkIdentities(counts: BlktraceCounts, path: PathCounts): void {
  const { Q, X, G, F, D, C } = counts;
  const { errors, requestMerges } = path;
  const M = counts.M - requestMerges;
  const failedEarly = Q + X - (G + M + F);
  const issued = G - requestMerges;
  if (failedEarly < 0 || failedEarly > errors || D !== issued || C !== D) {
    throw new WrongAnswerError(
      `Cannot trust the trace: ${Q} Q + ${X} X, ${G} G + ${M} M + ${F} F, ` +
        `${requestMerges} merges of requests, ${D} D, ${C} C, expected ` +
        "Q + X = G + M + F and G less those merges = D = C",
    );
  }
}
