/**
 * The workload and the layout that the speed of groups is measured with: 4 KiB
 * reads of registered buffers through the mainline layout.
 */
import { findAbi } from "../../layouts/abi.ts";
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import { PLAIN_MACHINE } from "../../sim/setup/machine_setup.ts";
import { openCell } from "../../sim/setup/open_cell.ts";
import type {
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import { BASELINE } from "../setup/baseline.ts";

/** Preset of the workload. */
const WORKLOAD = "4k-hot";

/** What a group is measured with. */
export interface TargetMachine {
  /** The layout and its machine. */
  readonly setup: ContenderSetup;
  /** The window. */
  readonly window: WindowHandle;
}

/**
 * Makes it.
 *
 * @param ios I/Os of the window.
 * @param depth I/Os in flight of each submitter.
 * @returns Setup and window.
 */
export async function targetMachine(
  ios: number,
  depth = 32,
): Promise<TargetMachine> {
  const { map, open } = openCell({
    abi: findAbi("lp64"),
    machine: PLAIN_MACHINE,
    seed: 1,
    ios,
  }, WORKLOAD);
  const workload = await open();
  const setup: ContenderSetup = {
    layout: BASELINE,
    abi: "lp64",
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map,
    depth,
    batch: 1,
    submitter: "registered",
    machine: PLAIN_MACHINE,
    salt: 0,
  };
  for await (const window of workload.windows({ ios, pieces: ios })) {
    const { buffer, capacity } = window;
    return { setup, window: { buffer, capacity } };
  }
  throw new RangeError(`Cannot measure: ${WORKLOAD} has no I/O`);
}
