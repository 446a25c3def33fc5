/**
 * What the path in C knows about memory: where it has struct pages, and the bus
 * offset of each provider.
 */
import { regionNamed } from "../../sim/memory/region_named.ts";
import { switchRoutes } from "../../sim/pci/p2p_routes.ts";
import { MOST_RANGES } from "./constants_header.ts";
import { NativeEngineError } from "./error.ts";
import type { AssembledPath } from "./places.ts";

/**
 * Returns the memory that has struct pages, as `page_of()` searches it, and
 * after it the bus offset of each provider.
 *
 * @returns The words that `path_open()` takes.
 * @throws {NativeEngineError} If there are more ranges than it has room for.
 */
export function rangesOf({ assembly, options }: AssembledPath): BigUint64Array {
  const { map, recognition } = options;
  const { regions } = assembly.memory;
  const pages = [
    ...map.dram.map((_, index) => `page of dram ${index}`),
    ...map.providers.map((_, index) => `page of provider ${index}`),
  ].map((name) => regionNamed(regions, name));
  const isMapFirst = recognition === "map_first";
  const memory = [
    ...map.dram.map(({ startPhys }) => startPhys),
    // Pages are found by DMA address there (recognise_map_first.ts).
    ...map.providers.map(({ startPhys, busAddress }) =>
      isMapFirst ? busAddress : startPhys
    ),
  ];
  if (memory.length > MOST_RANGES) {
    throw new NativeEngineError(
      `Cannot run engine native with ${memory.length} ranges of memory, ` +
        `expected at most ${MOST_RANGES}`,
    );
  }
  const all = [...map.dram, ...map.providers];
  const ranges = memory.map((start, index) => [
    start,
    BigInt(all[index]?.sizeBytes ?? 0),
    BigInt(pages[index]?.offset ?? 0),
  ]);
  const { offsetLo, offsetHi } = switchRoutes(map);
  const offsets = Array.from(
    offsetLo,
    (lo, index) =>
      BigInt.asUintN(64, BigInt(offsetHi[index] ?? 0) << 32n) |
      BigInt.asUintN(32, BigInt(lo)),
  );
  return BigUint64Array.from([
    BigInt(memory.length),
    ...ranges.flat(),
    ...offsets,
  ]);
}
