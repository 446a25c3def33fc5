/**
 * Recognition by a flag and the provider on the bio (blockspec 3.5, strategy
 * S3): set once by the submitter; memory of another kind opens a new bio. The
 * mapping asks once per request.
 *
 * struct bio grows by a pointer for it, after its last field, and bi_flags gets
 * a bit; both go along when a bio is cloned. In memory the provider is its
 * index + 1, of a pointer's size.
 */
import type { Abi } from "../../layouts/abi.ts";
import { fieldOffset, type StructFields } from "../kernel/path_structs.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { PageArray } from "../kernel/page_array.ts";
import type { RecognitionStrategy } from "./recognition.ts";

/** Bit of bi_flags behind those of enum bio_flag: the bio's memory is P2P. */
export const BIO_P2P: number = 1 << 14;

// Constants of its own: bench/HOT_PATH.md.
const P2P = BIO_P2P;

/**
 * Returns the place of the provider in a bio.
 *
 * @returns Offset after the struct, on a multiple of the pointer size.
 */
export function bioProviderOffset(bio: StructFields, abi: Abi): number {
  return Math.ceil(bio.sizeBytes / abi.pointerBytes) * abi.pointerBytes;
}

export function recogniseBio(
  memory: KernelMemory,
  bioStruct: StructFields,
  pages: PageArray,
): RecognitionStrategy {
  const { askedFolioOf, isZoneDevice, pagemapOf } = pages;
  const { providerOf: providerOfPagemap } = pages;
  const { get16, set16, getLong, setLong } = memory;
  const flagsAt = fieldOffset(bioStruct, "bi_flags");
  const providerAt = bioProviderOffset(bioStruct, memory.abi);
  const providerOf = (bio: number): number =>
    (get16(bio + flagsAt) & P2P) === 0 ? 0 : getLong(bio + providerAt);
  return {
    name: "bio",
    constant: ["sameSegment"],
    asksEverySegment: false,
    keepsProvider: true,
    looksAtPrevious: false,
    segmentFlag: (provider, bio) => {
      const flags = get16(bio + flagsAt);
      if (provider !== 0 && (flags & P2P) === 0) {
        set16(bio + flagsAt, flags | P2P);
        setLong(bio + providerAt, provider);
      }
      return 0;
    },
    pinnedProvider: (page) => {
      const folio = askedFolioOf(page);
      return isZoneDevice(folio) ? providerOfPagemap(pagemapOf(folio)) : 0;
    },
    sameBio: (_lastLo, _lastHi, _lo, _hi, provider, bio) =>
      providerOf(bio) === provider,
    // Both are already of the bio's provider: adjacency alone decides.
    sameSegment: () => true,
    barsMerging: (_lo, _hi, provider) => provider !== 0,
    providerOf: (_lo, _hi, _flag, bio) => providerOf(bio),
  };
}
