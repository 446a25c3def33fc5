/**
 * What is measured where nobody chose anything: the mainline layout on a plain
 * 64-bit machine, and the first window of a workload.
 */
import { findAbi } from "../../layouts/abi.ts";
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { PLAIN_MACHINE } from "../../sim/setup/machine_setup.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import type { IoWindow } from "../../sim/workload/window.ts";
import { BASELINE } from "../setup/baseline.ts";
import type { ContenderSetup } from "./contender_protocol.ts";

/** A setup, and the window that it is measured over. */
export interface PlainCase {
  readonly setup: ContenderSetup;
  readonly window: IoWindow;
}

/**
 * Returns the setup.
 *
 * @param chosen What is otherwise, such as the submitter.
 */
export function plainSetup(
  map: MemoryMap,
  chosen: Partial<ContenderSetup>,
): ContenderSetup {
  return {
    layout: BASELINE,
    abi: "lp64",
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map,
    depth: 32,
    batch: 1,
    submitter: "registered",
    machine: PLAIN_MACHINE,
    salt: 0,
    ...chosen,
  };
}

/**
 * Opens a workload for it.
 *
 * @param size I/Os of the window at most, and pieces of all of them.
 * @throws {RangeError} If the workload has no I/O.
 */
export async function plainCase(
  workload: string,
  size: { readonly ios: number; readonly pieces: number },
  chosen: Partial<ContenderSetup>,
): Promise<PlainCase> {
  const { map, open } = openCell({
    abi: findAbi("lp64"),
    machine: PLAIN_MACHINE,
    seed: 1,
    ios: size.ios,
  }, workload);
  const opened = await open();
  for await (const window of opened.windows(size)) {
    return { setup: plainSetup(map, chosen), window };
  }
  throw new RangeError(`Cannot time "${workload}": it has no I/Os`);
}
