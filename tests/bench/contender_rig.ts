/**
 * A worker's setup and a window for it, as small as they can be.
 */
import type {
  ContenderSetup,
  WindowHandle,
} from "../../bench/contender/contender_protocol.ts";
import { PLAIN_MACHINE } from "../../sim/setup/machine_setup.ts";
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../sim/memory/memory_map.ts";
import { createWindow } from "../../sim/workload/window.ts";

/** The setup of a worker; of `phys_packed` unless told. */
export function setupOf(given: Partial<ContenderSetup> = {}): ContenderSetup {
  return {
    layout: "phys_packed",
    abi: "lp64",
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: defaultMemoryMap(true),
    depth: 4,
    batch: 1,
    submitter: "user",
    machine: PLAIN_MACHINE,
    salt: 1,
    ...given,
  };
}

/** So many 4 KiB reads of neighbouring pages. */
export function readsOf(count: number): WindowHandle {
  const window = createWindow({ ios: count, pieces: count });
  for (let i = 0; i < count; i++) {
    window.sectorLo[i] = i * 8;
    window.lengthBytes[i] = 4096;
    window.firstPiece[i] = i;
    window.physLo[i] = i * 4096;
    window.physHi[i] = 1;
    window.pieceBytes[i] = 4096;
  }
  window.firstPiece[count] = count;
  window.counts.set([count, count]);
  return { buffer: window.buffer, capacity: window.capacity };
}
