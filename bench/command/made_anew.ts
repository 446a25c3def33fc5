/**
 * What a page shows of a result that no result has: one I/O explained, and the
 * heat of its structures. Both are made again from the setup, which gives the
 * same whenever and wherever it is done.
 */
import { DEFAULT_API } from "../../sim/block/direct_io.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import type { WorkloadInputs } from "../../sim/workload/open_io_source.ts";
import { explainIo } from "../explain/explain_io.ts";
import { explanationSections } from "../explain/explanation_sections.ts";
import { findIo } from "../explain/find_io.ts";
import { openRunCell } from "../run/cell_machine.ts";
import {
  completeOptions,
  SHIPPED_WORKLOADS,
  submitterOf,
} from "../run/options.ts";
import type { Recognition } from "../../sim/recognition/recognition_registry.ts";
import type { LabResult, ResultCell } from "../result/result.ts";
import { prose, type Section } from "../report/blocks.ts";
import type { DocumentPart } from "../report/page_document.ts";
import { printableCell } from "../text/plain_table.ts";
import { pathSetup, pathWords } from "../setup/path_setup.ts";
import { abiOf, resultLayout } from "../report/result_layouts.ts";
import { heatOf } from "./heat.ts";
import { heatSection } from "./heat_sections.ts";
import type { OpenedPath } from "./path_options.ts";

/** Cells for which an I/O is explained: those that differ in the workload. */
const MOST_CELLS = 3;
/** I/Os whose heat is shown. */
const HEAT_IOS = 32;
export interface MakeAnewOptions {
  readonly signal: AbortSignal;
  /**
   * Whether files that the result names are read: those of a run that has just
   * read them, and never those that a stranger names.
   */
  readonly readsFiles: boolean;
  readonly inputs?: WorkloadInputs;
}

/**
 * Makes the parts.
 *
 * @returns One I/O of each workload, explained, and the heat of structures; where
 *   that cannot be, the reason.
 */
export async function madeAnew(
  result: LabResult,
  options: MakeAnewOptions,
): Promise<DocumentPart[]> {
  // Whoever ends a run waits for no more than what is finished.
  if (options.signal.aborted) return [];
  const cells = result.cells.filter((cell, i) =>
    result.cells.findIndex(({ workload }) => workload === cell.workload) === i
  ).slice(0, MOST_CELLS);
  const explained: Section[] = [];
  const hot: Section[] = [];
  for (const cell of cells) {
    const why = unreadable(cell, options);
    if (why !== undefined) {
      explained.push(prose("explained", why));
      continue;
    }
    try {
      explained.push(...await explainedIn(result, cell, options));
      hot.push(...await hotIn(result, cell, options));
    } catch (error) {
      if (options.signal.aborted) throw error;
      explained.push(
        prose(
          "explained",
          `Not made anew for ${printableCell(cell.workload)}: ${
            error instanceof Error ? error.message : "unknown"
          }.`,
        ),
      );
    }
  }
  return [
    { heading: "One I/O, step by step", sections: explained },
    { heading: "Heat of the structures", sections: hot },
  ];
}

function unreadable(
  { workload }: ResultCell,
  { readsFiles, inputs }: MakeAnewOptions,
): string | undefined {
  if (WORKLOAD_PRESETS.has(workload) || SHIPPED_WORKLOADS.includes(workload)) {
    return undefined;
  }
  if (readsFiles && (workload !== "-" || inputs?.has(workload))) {
    return undefined;
  }
  return `${
    printableCell(workload)
  } is a file of the run, which a report does ` +
    "not read: lab explain --workload FILE shows any of its I/Os.";
}

/** The layouts that are shown: the baseline, and the one of fewest lines. */
function shownLayouts(cell: ResultCell): ResultCell["layouts"] {
  const lines = ({ counts }: ResultCell["layouts"][number]) =>
    counts.linesPerIo ?? Infinity;
  const base = cell.layouts.find(({ name }) => name === cell.baseline) ??
    cell.layouts[0];
  if (base === undefined) return [];
  const [best] = cell.layouts.toSorted((a, b) => lines(a) - lines(b));
  return best !== undefined && lines(best) < lines(base)
    ? [base, best]
    : [base];
}

/** The path of a layout of a cell, with its workload from the start. */
async function opened(
  result: LabResult,
  cell: ResultCell,
  { name, recognition, options }: {
    name: string;
    recognition: string | undefined;
    options: MakeAnewOptions;
  },
): Promise<OpenedPath> {
  const [layout, abi] = [resultLayout(result, name), abiOf(cell.abi)];
  if (layout === undefined || abi === undefined) {
    throw new RangeError(
      `Cannot find ${
        printableCell(layout === undefined ? name : cell.abi)
      } in ` +
        "this lab",
    );
  }
  const { config, seed } = result;
  const way = (recognition ?? cell.recognition) as Recognition;
  const run = completeOptions({
    ...pathSetup({ ...config, seed }),
    layouts: [layout],
    abis: [abi.name],
    workloads: [cell.workload],
    recognitions: [way],
  });
  const { map, open } = openRunCell(
    { workload: cell.workload, abi } as Parameters<typeof openRunCell>[0],
    run,
    options.inputs,
  );
  return {
    layout,
    abi,
    kernel: run.kernel,
    recognition: way,
    limits: run.limits,
    machine: run.machine,
    map,
    submitter: submitterOf(run, cell.workload),
    api: run.api ?? DEFAULT_API,
    workload: await open(),
  };
}

async function explainedIn(
  result: LabResult,
  cell: ResultCell,
  options: MakeAnewOptions,
): Promise<Section[]> {
  const [first] = shownLayouts(cell);
  if (first === undefined) return [];
  const { name, recognition } = first;
  const { workload, ...path } = await opened(result, cell, {
    ...{ name, recognition, options },
  });
  const explanation = explainIo({
    ...path,
    device: "with the limits of the run",
    window: await findIo(workload, 0, options.signal),
    index: 0,
    workload: cell.workload,
    description: workload.description,
    seed: result.seed,
  });
  return explanationSections(explanation, [
    ...["deno", "task", "lab", "explain", "--workload", cell.workload],
    ...["--layout", name, "--abi", cell.abi],
    ...["--recognise", path.recognition],
    ...pathWords({
      ...{ ...result.config, kernel: path.kernel, seed: result.seed },
    }),
    ...["--io", "0"],
  ]);
}

async function hotIn(
  result: LabResult,
  cell: ResultCell,
  options: MakeAnewOptions,
): Promise<Section[]> {
  const sections: Section[] = [];
  for (const { name, recognition } of shownLayouts(cell)) {
    const path = await opened(result, cell, { name, recognition, options });
    sections.push(heatSection(
      await heatOf(path, {
        structure: "bio_vec",
        ios: HEAT_IOS,
        depth: 1,
        seed: result.seed,
        workload: cell.workload,
        signal: options.signal,
      }),
    ));
  }
  return sections;
}
