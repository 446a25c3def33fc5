/**
 * Recognition by mapping first: the segment holds a DMA address of one device,
 * made before there is a bio, and the path asks nothing (blockspec 3.5,
 * strategy S5; Gunthorpe's dma_vec of 2019).
 *
 * The submitter maps the buffers of a window when it opens it and unmaps them
 * when it opens another, as premapped buffers are (blockspec 1.10): mapping is
 * not part of an I/O. It knows itself which pages it pinned; finding them from
 * a DMA address costs nothing here.
 */
import type { SegmentCodec } from "../../layouts/codec.ts";
import { makeCodec } from "../../layouts/segment_codec.ts";
import type { Layout } from "../../layouts/layout.ts";
import type { PlacedStruct } from "../../layouts/struct.ts";
import { BLK_STS } from "../kernel/operation.ts";
import { DMA_ATTRIBUTE, DMA_DIRECTION } from "../dma/dma_attributes.ts";
import type { PieceMapping } from "../dma/piece_mapping.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { PageArray } from "../kernel/page_array.ts";
import { copyWindow, type IoWindow } from "../workload/window.ts";
import { MAP_TYPE } from "../pci/map_type.ts";
import type { P2pRoutes } from "../pci/p2p_routes.ts";
import type { RecognitionStrategy } from "./recognition.ts";

// Constants of its own: bench/HOT_PATH.md.
const NONE = MAP_TYPE.none;
const BUS_ADDR = MAP_TYPE.busAddr;
const MMIO = DMA_ATTRIBUTE.mmio;
const NOT_SUPPORTED = MAP_TYPE.notSupported;
const OK = BLK_STS.ok;
const BIDIRECTIONAL = DMA_DIRECTION.bidirectional;

/**
 * Makes the strategy: no question has to be asked. A bio of mapped memory is
 * never merged (REQ_DMA_DIRECT is one of REQ_NOMERGE_FLAGS).
 */
export function recogniseMapFirst(): RecognitionStrategy {
  return {
    name: "map_first",
    constant: [
      "segmentFlag",
      "sameBio",
      "sameSegment",
      "barsMerging",
      "providerOf",
    ],
    asksEverySegment: false,
    looksAtPrevious: false,
    segmentFlag: () => 0,
    sameBio: () => true,
    sameSegment: () => true,
    barsMerging: () => true,
    providerOf: () => 0,
  };
}

/**
 * Makes the codec that writes the DMA fields of a layout.
 *
 * @returns The codec itself if the layout holds nothing but a DMA address;
 *   else one over its fields for DMA address and DMA length.
 */
export function dmaCodec(
  codec: SegmentCodec,
  memory: KernelMemory,
): SegmentCodec {
  const { layout, abi, placed } = codec;
  if (layout.roles.address.kind === "dma") return codec;
  const roles: Layout["roles"] = {
    address: { kind: "dma", field: fieldLike(placed, /dma_addr/) },
    length: {
      field: fieldLike(placed, /dma_len/, layout.roles.length.field),
    },
  };
  return makeCodec({ ...layout, roles }, abi, memory.view);
}

function fieldLike(
  placed: PlacedStruct,
  pattern: RegExp,
  otherwise?: string,
): string {
  const found = placed.fields.find(({ name }) => pattern.test(name))?.name ??
    otherwise;
  if (found === undefined) {
    throw new RangeError(
      `Cannot map first with struct ${placed.struct.name}: it has no field ` +
        `like ${pattern.source}, expected one for a DMA address`,
    );
  }
  return found;
}

export interface PremapOptions {
  readonly pieces: PieceMapping;
  readonly routes: P2pRoutes;
  readonly map: MemoryMap;
}

/** The submitter's mappings of one window. */
export interface Premap {
  /** Unmaps the window before and maps this one: it with DMA addresses. */
  readonly window: (window: IoWindow) => IoWindow;
  /** Pieces that were mapped so far. */
  readonly mapped: () => number;
  /** Struct pages, found by DMA address. */
  readonly pages: (pages: PageArray) => PageArray;
}

/** Makes the submitter's side of mapping first. */
export function createPremap(options: PremapOptions): Premap {
  const { pieces, routes, map } = options;
  const { bus, domain } = pieces;
  const { offsetLo, offsetHi } = routes;
  let mapped = 0;
  let live: { lo: number; hi: number; bytes: number }[] = [];

  const mapPiece = (window: IoWindow, piece: number): void => {
    const lo = window.physLo[piece] as number;
    const hi = window.physHi[piece] as number;
    const bytes = window.pieceBytes[piece] as number;
    const provider = window.provider[piece] as number;
    const type = provider === 0 ? NONE : routes.mapType(provider);
    if (type === BUS_ADDR) {
      const busLo = (lo + (offsetLo[provider] as number)) | 0;
      const carry = (busLo >>> 0) < (lo >>> 0) ? 1 : 0;
      bus.lo = busLo;
      bus.hi = (hi + (offsetHi[provider] as number) + carry) | 0;
      return;
    }
    const attributes = type === NONE ? 0 : MMIO;
    if (
      type === NOT_SUPPORTED ||
      pieces.map(lo, hi, bytes, attributes) !== OK
    ) {
      throw new RangeError(
        `Cannot map piece ${piece} of a window: the device cannot reach ` +
          `its memory, expected buffers that can be mapped before their I/O`,
      );
    }
    if (pieces.needsUnmap) live.push({ lo: bus.lo, hi: bus.hi, bytes });
  };

  const unmapAll = (): void => {
    for (const { lo, hi, bytes } of live) {
      pieces.unmap(lo, hi, bytes, BIDIRECTIONAL);
    }
    live = [];
  };

  const window = (next: IoWindow): IoWindow => {
    unmapAll();
    const made = copyWindow(next);
    // A buffer is mapped once, however many I/Os are on it.
    const pieceOf = new Map<string, number>();
    for (let piece = 0; piece < (next.counts[1] ?? 0); piece++) {
      const key = `${next.physHi[piece]} ${next.physLo[piece]} ` +
        `${next.pieceBytes[piece]}`;
      const same = pieceOf.get(key);
      if (same === undefined) {
        mapPiece(next, piece);
        mapped++;
        made.physLo[piece] = bus.lo;
        made.physHi[piece] = bus.hi;
        pieceOf.set(key, piece);
      } else {
        made.physLo[piece] = made.physLo[same] as number;
        made.physHi[piece] = made.physHi[same] as number;
      }
    }
    return made;
  };

  const bars = map.providers.map(({ busAddress, sizeBytes }) => ({
    first: Number(busAddress),
    sizeBytes,
  }));
  const pagesByDma = (pages: PageArray): PageArray => {
    const { pageOf } = pages;
    return {
      ...pages,
      pageOf: (lo, hi) => {
        const address = (hi >>> 0) * 0x1_0000_0000 + (lo >>> 0);
        for (let i = 0; i < bars.length; i++) {
          const { first, sizeBytes } = bars[i] as typeof bars[number];
          if (address < first || address >= first + sizeBytes) continue;
          const physLo = (lo - (offsetLo[i + 1] as number)) | 0;
          const borrow = (physLo >>> 0) > (lo >>> 0) ? 1 : 0;
          return pageOf(
            physLo,
            (hi - (offsetHi[i + 1] as number) - borrow) | 0,
          );
        }
        if (domain !== null && domain.translate(lo, hi)) {
          return pageOf(domain.physLo, domain.physHi);
        }
        return pageOf(lo, hi);
      },
    };
  };
  return { window, mapped: () => mapped, pages: pagesByDma };
}
