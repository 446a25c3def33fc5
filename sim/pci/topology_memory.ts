/**
 * The memory map of a topology, for the path: DRAM, and its provider BARs in
 * the order of their numbers.
 */
import { checkMade } from "../../layouts/value_text.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import { Topology } from "./topology.ts";

/**
 * Returns the memory map of a topology.
 *
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
  checkMade("map the memory of a topology", "topology", topology, {
    expected: "a Topology, as loadTopology() gives it",
    isOne: (value) => value instanceof Topology,
  });
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
