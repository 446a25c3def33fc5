/**
 * The workload and the layout that the speed of groups is measured with: 4 KiB
 * reads of registered buffers through the mainline layout.
 */
import type {
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import { plainCase } from "../contender/plain_case.ts";

const WORKLOAD = "4k-hot";

export interface TargetMachine {
  readonly setup: ContenderSetup;
  readonly window: WindowHandle;
}

/**
 * Makes it.
 *
 * @param ios I/Os of the window.
 * @param depth I/Os in flight of each submitter.
 */
export async function targetMachine(
  ios: number,
  depth = 32,
): Promise<TargetMachine> {
  const { setup, window: { buffer, capacity } } = await plainCase(
    WORKLOAD,
    { ios, pieces: ios },
    { depth },
  );
  return { setup, window: { buffer, capacity } };
}
