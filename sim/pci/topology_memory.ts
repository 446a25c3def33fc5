/**
 * The memory map of a topology, for the path: DRAM, and its provider BARs in
 * the order of their numbers.
 */
import { checkValue } from "../../layouts/option_check.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import type { Topology } from "./topology.ts";
import { topologySchema } from "./topology_form.ts";

/**
 * Gives the memory map of a topology.
 *
 * @param topology The tree.
 * @returns DRAM and providers; provider n is number n of `P2pdma.providers`.
 *
 * @example The preset's providers
 * ```ts
 * import { loadTopology } from "@bvec/lab";
 * import { topologyMemoryMap } from "./topology_memory.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const map = topologyMemoryMap(loadTopology("one_switch"));
 * assertEquals(map.providers.map((bar) => bar.name), ["nvme0", "nvme1"]);
 * ```
 */
export function topologyMemoryMap(topology: Topology): MemoryMap {
  checkValue(
    "map the memory of a topology",
    topologySchema,
    topology,
    "topology",
  );
  return {
    dram: topology.dram,
    providers: topology.functions.flatMap((node) => {
      const bars = node.bars.filter((bar) => bar.provider);
      return bars.map(({ index, startPhys, sizeBytes, busAddress }) => ({
        name: bars.length === 1 ? node.name : `${node.name}-bar${index}`,
        startPhys,
        sizeBytes,
        busAddress,
      }));
    }),
  };
}
