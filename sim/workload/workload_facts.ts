/**
 * What is known of a workload by its name alone, before it is opened: where its
 * buffers will be, and whose memory they are.
 */
import { checkString } from "../../layouts/value_text.ts";
import {
  DEFAULT_PLACEMENT,
  type PlacementOptions,
  placementOptions,
} from "./placement_options.ts";
import { type PresetSubmitter, WORKLOAD_PRESETS } from "./synthetic.ts";

/**
 * Returns where the buffers of a workload will be, before it is opened.
 *
 * @param name Name of a preset, or a path.
 * @throws {RangeError} If the placement is not known or outside its limits.
 *
 * @example Whether P2P memory is needed
 * ```ts
 * import { workloadPlacement } from "./workload_facts.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(workloadPlacement("1m-p2p").p2pIoShare, 1);
 * ```
 */
export function workloadPlacement(
  name: string,
  placement?: string | Partial<PlacementOptions>,
): PlacementOptions {
  checkString("place a workload", "name", name);
  const own = WORKLOAD_PRESETS.get(name)?.placement;
  return placementOptions(
    placement === undefined ? own ?? DEFAULT_PLACEMENT : placement,
  );
}

/**
 * Returns how much host memory the buffers of a workload need, so that a
 * machine can be made large enough.
 *
 * @param name Name of a preset, or a path.
 * @throws {RangeError} If the placement is not known or outside its limits.
 *
 * @example The workload that outgrows the caches
 * ```ts
 * import { workloadPoolBytes } from "./workload_facts.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(workloadPoolBytes("4k-1g-pool"), 2 ** 30);
 * ```
 */
export function workloadPoolBytes(
  name: string,
  placement?: string | Partial<PlacementOptions>,
): number {
  return workloadPlacement(name, placement).poolBytes;
}

/**
 * Returns whose memory a workload is on where nobody asks for a submitter: a
 * preset of registered buffers registers them.
 *
 * @param name Name of a preset, or a path.
 * @returns `registered` for such a preset, unless its buffers are P2P memory by
 *   the placement, which no kernel registers; `user` otherwise.
 * @throws {RangeError} If the placement is not known or outside its limits.
 *
 * @example A hot set of registered buffers
 * ```ts
 * import { workloadSubmitter } from "./workload_facts.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(workloadSubmitter("4k-hot"), "registered");
 * assertEquals(workloadSubmitter("4k-hot", "some-p2p"), "user");
 * assertEquals(workloadSubmitter("128k-scattered"), "user");
 * ```
 */
export function workloadSubmitter(
  name: string,
  placement?: string | Partial<PlacementOptions>,
): PresetSubmitter {
  const own = WORKLOAD_PRESETS.get(name)?.submitter ?? "user";
  const { p2pIoShare, mixedIoShare } = workloadPlacement(name, placement);
  return p2pIoShare + mixedIoShare > 0 ? "user" : own;
}
