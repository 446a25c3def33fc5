/** A topology as the content of a topology file, which the lab reads again. */
import type { TopologyDescription } from "./topology_description.ts";

/** A topology file as data that JSON can hold. */
export type TopologyJson = Record<string, unknown>;

const MIB = 2 ** 20;

/**
 * Returns a topology in the form of a topology file.
 *
 * @returns Data for `JSON.stringify()`; `readTopologyFile()` reads it.
 *
 * @example A file that is read again
 * ```ts
 * import { readTopologyFile } from "@bvec/lab";
 * import { topologyJson } from "./topology_json.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = JSON.stringify(topologyJson({
 *   name: "one",
 *   cpu: { vendor: "intel", family: 6 },
 *   dram: [{ startPhys: 0x1_0000_0000n, sizeBytes: 2 ** 28 }],
 *   hostBridges: [{ domain: 0, rootBus: 0 }],
 *   functions: [{ address: "00:01.0", kind: "endpoint", id: "1b36:0010" }],
 * }));
 * assertEquals(readTopologyFile(text, "one.json").functions.length, 1);
 * ```
 */
export function topologyJson(description: TopologyDescription): TopologyJson {
  return {
    schemaVersion: 1,
    name: description.name,
    cpu: description.cpu,
    dram: description.dram.map(({ startPhys, sizeBytes }) => ({
      startPhys: hex(startPhys),
      size: size(sizeBytes),
    })),
    hostBridges: description.hostBridges,
    functions: description.functions.map(({ bars, providerBars, ...told }) => ({
      ...told,
      ...(bars !== undefined && {
        bars: bars.map(({ index, startPhys, sizeBytes, busAddress }) => ({
          index,
          startPhys: hex(startPhys),
          size: size(sizeBytes),
          ...(busAddress !== undefined && { busAddress: hex(busAddress) }),
        })),
      }),
      providerBars,
    })),
  };
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function size(bytes: number): string | number {
  if (bytes % MIB === 0) return `${bytes / MIB}MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024}KiB` : bytes;
}
