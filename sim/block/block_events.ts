/** Reads bios and requests for an observer of the block layer's events. */
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { BioPool } from "./bio.ts";
import type { BlockEvent, BlockEventData, BlockObserver } from "./observe.ts";
import type { RequestTable } from "./request.ts";

export interface BlockEvents {
  /** Of one about a bio; for `X`, `other` is the remainder. */
  readonly bio: (event: BlockEvent, bio: number, other: number) => void;
  /** Of one about a request. */
  readonly request: (event: BlockEvent, request: number, extra: number) => void;
  /** Of one about the plug. */
  readonly plug: (event: BlockEvent, depth: number) => void;
}

/**
 * Makes the teller.
 *
 * @returns The function to call per event; undefined without an observer, so
 * that such a path tests one constant.
 */
export function createBlockEvents(
  from: { memory: KernelMemory; bios: BioPool; requests: RequestTable },
  observer: BlockObserver | undefined,
): BlockEvents | undefined {
  if (observer === undefined) return undefined;
  const { memory, bios, requests } = from;
  const { get16, get32, get64Lo, get64Hi } = memory;
  const { field: bioField } = bios;
  const { field } = requests;
  const data: BlockEventData = {
    sectorLo: 0,
    sectorHi: 0,
    sizeBytes: 0,
    opf: 0,
    segments: 0,
    at: 0,
    extra: 0,
  };
  return {
    bio: (event, bio, other) => {
      data.sectorLo = get64Lo(bio + bioField.sector);
      data.sectorHi = get64Hi(bio + bioField.sector);
      data.sizeBytes = get32(bio + bioField.size) >>> 0;
      data.opf = get32(bio + bioField.opf);
      data.segments = get16(bio + bioField.vcnt);
      data.at = bio;
      data.extra = other === 0
        ? 0
        : (get64Hi(other + bioField.sector) >>> 0) * 0x1_0000_0000 +
          (get64Lo(other + bioField.sector) >>> 0);
      observer(event, data);
    },
    request: (event, request, extra) => {
      data.sectorLo = get64Lo(request + field.sector);
      data.sectorHi = get64Hi(request + field.sector);
      data.sizeBytes = get32(request + field.dataLen) >>> 0;
      data.opf = get32(request + field.opf);
      data.segments = get16(request + field.segments);
      data.at = request;
      data.extra = extra;
      observer(event, data);
    },
    plug: (event, depth) => {
      data.sectorLo = 0;
      data.sectorHi = 0;
      data.sizeBytes = 0;
      data.opf = 0;
      data.segments = 0;
      data.at = 0;
      data.extra = depth;
      observer(event, data);
    },
  };
}
