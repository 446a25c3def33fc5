/**
 * Recognition by a flag in the segment, set by the submitter who knows what
 * memory it has (blockspec 3.5, strategy S2). Host memory costs one branch; a
 * flagged segment is looked up among the providers by its address, because one
 * bit says that memory is P2P but not whose.
 */
import type { MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { PageArray } from "../kernel/page_array.ts";
import type { RecognitionStrategy } from "./recognition.ts";

/** Bytes of a row of the provider table: first and last address. */
const ROW_BYTES = 16;

/**
 * Makes the segment strategy.
 *
 * @param memory The kernel memory, where the table of providers is kept.
 * @param pages Its struct pages, which say what was pinned.
 */
export function recogniseSegment(
  memory: KernelMemory,
  map: MemoryMap,
  pages: PageArray,
): RecognitionStrategy {
  const { askedFolioOf, isZoneDevice, isP2p, pagemapOf } = pages;
  const { get64Lo, get64Hi, set64 } = memory;
  const count = map.providers.length;
  const table = memory.reserve("provider table", Math.max(count, 1) * 16, {
    strideBytes: ROW_BYTES,
  });
  for (const [index, bar] of map.providers.entries()) {
    const store = (at: number, address: bigint) =>
      set64(
        at,
        Number(BigInt.asIntN(32, address)),
        Number(BigInt.asIntN(32, address >> 32n)),
      );
    const row = table + index * ROW_BYTES;
    store(row, bar.startPhys);
    store(row + 8, bar.startPhys + BigInt(bar.sizeBytes) - 1n);
  }
  const providerOf = (physLo: number, physHi: number, flag: number) => {
    if (flag === 0) return 0;
    for (let i = 0; i < count; i++) {
      const row = table + i * ROW_BYTES;
      if (
        !below(physLo, physHi, get64Lo(row), get64Hi(row)) &&
        !below(get64Lo(row + 8), get64Hi(row + 8), physLo, physHi)
      ) return i + 1;
    }
    return 0;
  };
  return {
    name: "segment",
    constant: ["sameBio"],
    asksEverySegment: true,
    flagsMatter: true,
    looksAtPrevious: false,
    segmentFlag: (provider) => provider === 0 ? 0 : 1,
    // is_pci_p2pdma_page()
    pinnedProvider: (page) => {
      const folio = askedFolioOf(page);
      return isZoneDevice(folio) && isP2p(pagemapOf(folio)) ? 1 : 0;
    },
    // Kinds may be mixed in a bio: each segment speaks for itself.
    sameBio: () => true,
    sameKind: (previousFlag, flag) => previousFlag === flag,
    sameSegment: (previousLo, previousHi, previousFlag, _lo, _hi, provider) =>
      previousFlag === (provider === 0 ? 0 : 1) &&
      providerOf(previousLo, previousHi, previousFlag) === provider,
    barsMerging: (_lo, _hi, provider) => provider !== 0,
    providerOf,
    // Two BARs may touch: the flag says P2P of both, but not of whom.
    mayJoin: (lastLo, lastHi, nextLo, nextHi, flag) =>
      flag === 0 ||
      providerOf(lastLo, lastHi, flag) === providerOf(nextLo, nextHi, flag),
  };
}

/** Whether one unsigned 64-bit number is below another. */
function below(aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return aHi === bHi ? (aLo >>> 0) < (bLo >>> 0) : (aHi >>> 0) < (bHi >>> 0);
}
