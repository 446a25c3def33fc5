/**
 * The way in to a cell: a workload on a machine whose memory is made for it.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import { type MachineSetup, memoryMapOf } from "./machine_setup.ts";
import type { PlacementOptions } from "../workload/placement_options.ts";
import {
  openWorkload,
  type Workload,
  type WorkloadOptions,
} from "../workload/workload.ts";
import { workloadPlacement } from "../workload/workload_facts.ts";

/** What a cell depends on, beside its workload. */
export interface CellSetup extends Omit<WorkloadOptions, "memoryMap"> {
  /** The ABI, which decides where memory is. */
  readonly abi: Abi;
  readonly machine: MachineSetup;
}

/** A workload, on the memory of its machine. */
export interface Cell {
  /** The machine's memory: large enough, and in the workload's folios. */
  readonly map: MemoryMap;
  /** Where the workload's buffers are. */
  readonly placement: PlacementOptions;
  /**
   * Opens the workload from its start.
   *
   * @throws {SyntaxError} If its file is malformed.
   * @throws {RangeError} If its name is not known, or its buffers do not fit.
   */
  readonly open: () => Promise<Workload>;
}

/**
 * Opens a cell: its memory is laid out at once, its workload read when asked.
 *
 * @param setup ABI, machine, seed, placement, and how files are read; what else
 *   it holds is left out.
 * @param workload Name of a preset, or a file; or `-` for standard input.
 * @throws {RangeError} If the placement is not known or outside its limits.
 *
 * @example A workload that needs 1 GiB
 * ```ts
 * import { findAbi } from "@bvec/lab";
 * import { PLAIN_MACHINE } from "./machine_setup.ts";
 * import { openCell } from "./open_cell.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { map, open } = openCell({
 *   abi: findAbi("lp64"),
 *   machine: PLAIN_MACHINE,
 *   seed: 1,
 *   ios: 10,
 * }, "4k-1g-pool");
 * assertEquals(map.dram[0]?.sizeBytes, 2 ** 30);
 * const workload = await open();
 * for await (const window of workload.windows({ ios: 10, pieces: 10 })) {
 *   assertEquals(window.counts[0], 10);
 * }
 * ```
 */
export function openCell(setup: CellSetup, workload: string): Cell {
  const { abi, machine } = setup;
  const placement = workloadPlacement(workload, setup.placement);
  const map = memoryMapOf(machine, {
    is64Bit: abi.pointerBytes === 8,
    leastDramBytes: placement.poolBytes,
    folioOrder: placement.folioOrder,
  });
  return {
    map,
    placement,
    open: () =>
      openWorkload(workload, {
        seed: setup.seed,
        ios: setup.ios,
        placement: setup.placement,
        format: setup.format,
        events: setup.events,
        inputs: setup.inputs,
        memoryMap: map,
      }),
  };
}
