/** The way in to a path: from a setup, for whoever watches it. */
import type { Assembly, AssemblyOptions } from "./assembly.ts";
import type { IntegrityCounts } from "../nvme/integrity.ts";
import { pathParts, type PathSetup } from "./path_setup.ts";
import type { Probe } from "../path/probe.ts";
import { putTogether } from "./put_together.ts";

/** What a caller puts in the place of a path's own parts. */
export interface Ports extends
  Pick<
    AssemblyOptions,
    | "arena"
    | "kept"
    | "placeArena"
    | "scatterSeed"
    | "sparsePages"
    | "sparsePieces"
    | "linksAtOnce"
    | "sharing"
    | "queue"
    | "device"
    | "data"
    | "budget"
    | "commandDigest"
    | "hooks"
  > {
  /** Whether the device decodes commands; default: it only completes them. */
  readonly decode?: boolean | undefined;
  /** Where guards of blocks are counted, if blocks are guarded. */
  readonly integrityCounts?: IntegrityCounts | undefined;
}

/**
 * Opens a path: kernel memory, codec, struct pages, P2P detection, controller,
 * device and the stages between them.
 *
 * @param probe What of it is watched; default: nothing, which costs nothing.
 * @param ports What is put in the place of its own parts; default: nothing.
 * @throws {RangeError} If a name is not known, or the layout does not exist on
 *   the ABI or cannot serve the P2P detection.
 *
 * @example Commands of one 4 KiB read
 * ```ts
 * import { defaultMemoryMap, QUEUE_LIMIT_PRESETS } from "@bvec/lab";
 * import { createWindow } from "../workload/window.ts";
 * import { PLAIN_MACHINE } from "./machine_setup.ts";
 * import { openPath } from "./open_path.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const window = createWindow({ ios: 1, pieces: 1 });
 * window.counts.set([1, 1]);
 * window.lengthBytes[0] = 4096;
 * window.physHi[0] = 1; // at 4 GiB
 * window.pieceBytes[0] = 4096;
 * window.firstPiece[1] = 1;
 * let commands = 0;
 * const { path } = openPath(
 *   {
 *     layout: "phys_flags",
 *     abi: "lp64",
 *     kernel: "7.2",
 *     recognition: "segment",
 *     limits: QUEUE_LIMIT_PRESETS.nvme_prp,
 *     map: defaultMemoryMap(true),
 *     depth: 1,
 *     machine: PLAIN_MACHINE,
 *   },
 *   { command: () => commands++ },
 *   { decode: true },
 * );
 * path.open(window);
 * path.submit(window, 0);
 * path.drain();
 * assertEquals(commands, 1);
 * ```
 */
export function openPath(
  setup: PathSetup,
  probe: Partial<Probe> = {},
  ports: Ports = {},
): Assembly {
  const { decode = false, integrityCounts, ...replaced } = ports;
  const parts = pathParts(setup);
  return putTogether({
    ...parts,
    ...replaced,
    decode,
    probe,
    controller: { ...parts.controller, integrityCounts },
  });
}
