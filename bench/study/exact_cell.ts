/**
 * The exact figures of one cell of the study: every layout runs the first I/Os
 * of a workload, its commands are decoded and compared, its accesses traced.
 *
 * All layouts run in one isolate here. That is fine for what is counted, and
 * forbidden for what is timed (design.md, rule 1).
 */
import type { Abi } from "../../layouts/abi.ts";
import { createCodec } from "../../layouts/codec.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import { layouts } from "../../layouts/registry.ts";
import type { Submitter } from "../../sim/setup/submitter.ts";
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import { branchProbe } from "../../sim/recognition/count_branches.ts";
import { dataIos, replay } from "../../sim/replay/replay.ts";
import { traceWindow } from "../../sim/replay/trace_window.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { copyWindow, type IoWindow } from "../../sim/workload/window.ts";
import { WrongAnswerError } from "../shell/context.ts";
import { PLAIN_MACHINE } from "../../sim/setup/machine_setup.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import { openPath } from "../../sim/setup/open_path.ts";
import { pathParts, type PathSetup } from "../../sim/setup/path_setup.ts";
import type { ResultCounts } from "../result/exact_types.ts";
import { countDataIos, WINDOW_CAPACITY } from "../run/audit_cell.ts";
import { exactFigures } from "../run/exact_figures.ts";
import { unfitReason } from "../../sim/setup/window_fit.ts";
import { workloadPath } from "../run/options.ts";
import { BASELINE } from "../setup/baseline.ts";
import {
  type Recognition,
  servesRecognition,
} from "../../sim/recognition/recognition_registry.ts";

/** Reads and writes of each workload that are counted. */
export const STUDY_IOS = 256;
/** I/Os in flight, as `lab run` has them. */
const DEPTH = 32;

export interface ExactTask {
  readonly workload: string;
  /** Its preset, or its file; default: of that name. */
  readonly preset?: string | undefined;
  readonly abi: Abi;
  /** How P2P memory is recognised. */
  readonly recognition: Recognition;
  /** Whose memory I/O is on. */
  readonly submitter: Submitter;
}

export interface ExactLayout {
  readonly name: string;
  /** The recognition that it used; the baseline has its own. */
  readonly recognition: Recognition;
  /** Bytes that one segment takes in a table of 256. */
  readonly bytesPerSegment: number;
  /** Exact figures per I/O. */
  readonly counts: ResultCounts;
}

export interface ExactCell {
  /** Digest of the commands, of all layouts of the cell's recognition. */
  readonly digest: string;
  /** I/Os that were counted. */
  readonly ios: number;
  /** The layouts that can take part, the baseline first. */
  readonly layouts: readonly ExactLayout[];
  /** Why the others cannot. */
  readonly leftOut: readonly { name: string; reason: string }[];
}

/**
 * @returns The figures of every layout of the registry.
 * @throws {WrongAnswerError} If two layouts that recognise alike built
 *   different commands.
 * @throws {RangeError} If the workload does not exist on the machine.
 */
export async function exactCell(
  task: ExactTask,
  seed: number,
): Promise<ExactCell> {
  const { abi, submitter } = task;
  const { window, map } = await firstWindow(task, seed);
  const ios = dataIos(window);
  const done: ExactLayout[] = [];
  const leftOut: { name: string; reason: string }[] = [];
  const digests = new Map<Recognition, { name: string; digest: string }>();
  for (const layout of layouts) {
    const recognition = layout.name === BASELINE ? "page" : task.recognition;
    const served = servesRecognition(layout, {
      abi,
      recognition,
    });
    const reason = isUnsupported(served)
      ? served.unsupported
      : unfitReason(window, { layout, abi, submitter });
    if (reason !== undefined) {
      leftOut.push({ name: layout.name, reason });
      continue;
    }
    const branches = { sameBio: 0, sameSegment: 0, submit: 0, map: 0 };
    const setup: PathSetup = {
      layout,
      abi,
      recognition,
      map,
      machine: PLAIN_MACHINE,
      kernel: DEFAULT_KERNEL,
      limits: QUEUE_LIMIT_PRESETS.nvme_prp,
      depth: DEPTH,
      submitter,
      // Room for what is counted and no more: cells are many.
      registered: {
        buffers: window.capacity.ios,
        segments: window.capacity.pieces,
      },
    };
    const assembly = openPath(setup, branchProbe(branches), { decode: true });
    replay(assembly, window, ios);
    const digest = assembly.digest?.hex() ?? "";
    const first = digests.get(recognition) ?? { name: layout.name, digest };
    digests.set(recognition, first);
    if (assembly.path.counts.errors > 0 || first.digest !== digest) {
      throw new WrongAnswerError(
        `Cannot count "${layout.name}" on ${task.workload}: its commands ` +
          `differ from those of "${first.name}", expected equal ones`,
      );
    }
    const trace = traceWindow(window, {
      ...pathParts(setup),
      singleIos: STUDY_IOS,
      warmUpIos: 0,
      countedIos: 0,
    });
    const { counts } = exactFigures({
      counts: assembly.path.counts,
      branches,
      prpEntries: assembly.decoded?.prpEntries ?? 0,
      verifiedBytes: 0,
      digest,
    }, trace);
    const codec = createCodec(layout, abi, new DataView(new ArrayBuffer(64)));
    done.push({
      name: layout.name,
      recognition,
      bytesPerSegment: codec.arrayBytes(256) / 256,
      counts,
    });
  }
  const own = digests.get(task.recognition) ?? digests.get("page");
  return { digest: own?.digest ?? "", ios: ios.length, layouts: done, leftOut };
}

/**
 * Returns the first I/Os of a workload as `lab run --ios` does: this many reads
 * and writes, and what comes between them.
 *
 * @returns A window of just their size, and the machine's memory.
 * @throws {RangeError} If the workload does not exist on the machine.
 */
export async function firstWindow(
  task: ExactTask,
  seed: number,
): Promise<{ window: IoWindow; map: MemoryMap }> {
  const { map, open } = openCell({
    abi: task.abi,
    machine: PLAIN_MACHINE,
    seed,
    ios: STUDY_IOS,
  }, workloadPath(task.preset ?? task.workload));
  const workload = await open();
  for await (const window of workload.windows(WINDOW_CAPACITY)) {
    if (countDataIos(window) > 0) return { window: copyWindow(window), map };
  }
  throw new RangeError(
    `Cannot count "${task.workload}": it has no reads and writes, expected ` +
      "at least one",
  );
}
