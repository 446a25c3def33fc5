/**
 * Recognition by address: nothing is kept with segments or bios, and each
 * segment is looked up among the ranges of P2P memory while it is mapped
 * (blockspec 3.5, strategy S4). Host memory pays for the look-up, too.
 */
import type { MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { MapleRanges } from "./maple_ranges.ts";
import type { RangeLookup } from "./range_lookup.ts";
import type { RecognitionStrategy } from "./recognition.ts";
import { SortedRanges } from "./sorted_ranges.ts";

/** Names of what the ranges are kept in; the first is the default. */
export const RANGE_STRUCTURES: readonly RangeStructure[] = ["sorted", "maple"];

/** What the ranges are kept in. */
export type RangeStructure = "sorted" | "maple";

/**
 * Makes the range strategy.
 *
 * @param memory The kernel memory, where the ranges are kept.
 * @param structure A sorted array, or a maple tree as in ublk.
 */
export function recogniseRange(
  memory: KernelMemory,
  map: MemoryMap,
  structure: RangeStructure = "sorted",
): RecognitionStrategy {
  const ranges = makeRanges(memory, map, structure);
  // A provider's number is its index, the path's is one more; none is -1.
  const providerOf = (physLo: number, physHi: number) =>
    ranges.lookup(physLo, physHi) + 1;
  const isSame = (aLo: number, aHi: number, bLo: number, bHi: number) =>
    providerOf(aLo, aHi) === providerOf(bLo, bHi);
  return {
    name: "range",
    constant: ["segmentFlag", "sameBio", "barsMerging"],
    asksEverySegment: true,
    looksAtPrevious: false,
    segmentFlag: () => 0,
    // Kinds may be mixed in a bio: each address speaks for itself.
    sameBio: () => true,
    // One BAR may begin where another ends: a segment crosses no range's end.
    sameSegment: (previousLo, previousHi, _flag, physLo, physHi) =>
      isSame(previousLo, previousHi, physLo, physHi),
    barsMerging: () => false,
    providerOf,
    mayJoin: isSame,
    forget: (provider) => ranges.unregister(provider - 1),
  };
}

function makeRanges(
  memory: KernelMemory,
  map: MemoryMap,
  structure: RangeStructure,
): RangeLookup {
  const ranges = map.providers.map(({ startPhys, sizeBytes }, provider) => ({
    startPhys,
    sizeBytes,
    provider,
  }));
  if (structure === "maple") {
    const at = memory.reserve(
      "maple_node",
      MapleRanges.sizeBytes(ranges.length) + 256,
      { alignBytes: 256, strideBytes: 256 },
    );
    return new MapleRanges(memory.view, at, ranges);
  }
  const at = memory.reserve("provider ranges", 64 + ranges.length * 20);
  return new SortedRanges(memory.view, at, ranges);
}
