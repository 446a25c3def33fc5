/**
 * Gives the I/Os of a workload their buffers: lists of pieces in the
 * machine's memory, drawn from a seed, and valid for NVMe PRPs: only the
 * first piece may start inside a page and only the last may end inside one.
 */
import { placedMachineSchema } from "./workload_form.ts";
import { checkValue } from "../../layouts/option_check.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import { type RandomStream, randomStream } from "../random/random_stream.ts";
import { checkFolioTable, folioTable } from "./folio_table.ts";
import {
  type PlacementOptions,
  placementOptions,
  placementSummary,
} from "./placement_options.ts";
import type { RecordedPlacement, RecordedRuns } from "./recorded_placement.ts";
import type { IoWindow } from "./window.ts";

const PAGE_BYTES = 4096;
const WORD = 2 ** 32;

/**
 * A placement drawn for one machine and seed.
 *
 * @example A buffer of one huge page
 * ```ts
 * import { defaultMemoryMap } from "@bvec/lab";
 * import { Placement } from "./placement.ts";
 * import { createWindow } from "./window.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const memoryMap = defaultMemoryMap(true);
 * const placement = new Placement("huge", { seed: 1, memoryMap });
 * const window = createWindow({ ios: 1, pieces: 2 });
 * placement.addBuffer(window, 1 << 20);
 * assertEquals(window.counts[1], 1); // 1 MiB in one piece
 * ```
 */
export class Placement {
  readonly options: PlacementOptions;
  /** One line for a report. */
  readonly summary: string;
  readonly #random: RandomStream;
  /** Drawn with the first buffer: whoever only checks a placement needs none. */
  #table: Float64Array | undefined;
  readonly #seed: number;
  readonly #memoryMap: MemoryMap;
  readonly #poolPages: number;
  readonly #barStart: Float64Array;
  readonly #barPages: Int32Array;
  readonly #recorded: RecordedRuns | undefined;
  readonly #dramStart: number;

  /**
   * Draws the placement.
   *
   * @param placement Name of a preset, or parameters.
   * @throws {RangeError} If a parameter is outside its limits, or the machine
   *   has too little memory or no provider for it.
   */
  constructor(
    placement: string | Partial<PlacementOptions>,
    machine: { seed: number; memoryMap: MemoryMap },
  ) {
    checkValue("place buffers", placedMachineSchema, machine, "machine");
    const { seed, memoryMap } = machine;
    const options = placementOptions(placement);
    this.options = options;
    this.summary = placementSummary(options);
    this.#random = randomStream(seed, "placement");
    this.#poolPages = options.poolBytes / PAGE_BYTES;
    const { recorded } = options;
    this.#seed = seed;
    this.#memoryMap = memoryMap;
    if (recorded === undefined) {
      checkFolioTable({ placement: options, memoryMap });
    }
    this.#recorded = recorded?.open();
    this.#dramStart = recorded === undefined ? 0 : roomFor(recorded, memoryMap);
    const bars = memoryMap.providers;
    if (options.p2pIoShare + options.mixedIoShare > 0 && bars.length === 0) {
      throw new RangeError(
        `Cannot place P2P memory: found no provider in the machine, expected ` +
          `one; 32-bit machines have none (CONFIG_PCI_P2PDMA needs 64BIT)`,
      );
    }
    this.#barStart = Float64Array.from(bars, (bar) => Number(bar.startPhys));
    this.#barPages = Int32Array.from(
      bars,
      (bar) => Math.min(options.poolBytes, bar.sizeBytes) / PAGE_BYTES,
    );
  }

  /**
   * Most pieces that the buffer of an I/O can have.
   *
   * @param window Where it goes; its operation and sector are there.
   */
  mostPieces(lengthBytes: number, window?: IoWindow): number {
    const { options } = this;
    if (this.#recorded !== undefined) {
      return window === undefined
        ? lengthBytes
        : this.#recorded.runs(nextIo(window, lengthBytes), false).length;
    }
    const inside = options.unalignedShare > 0 ? PAGE_BYTES - 4 : 0;
    const pages = Math.ceil((inside + lengthBytes) / PAGE_BYTES);
    if (options.mixedIoShare > 0) return pages;
    if (options.p2pIoShare > 0 && options.p2pPiece === "page") return pages;
    return Math.min(pages, Math.ceil(pages / 2 ** options.folioOrder) + 1);
  }

  /**
   * Draws the buffer of one I/O and appends its pieces.
   *
   * @param window Where they go; it must have room for `mostPieces`, and the
   *   operation and sector of its next I/O.
   * @param lengthBytes Length of the I/O, a multiple of 512.
   * @throws {RangeError} If the I/O is not in the recording.
   */
  addBuffer(window: IoWindow, lengthBytes: number): void {
    const { options } = this;
    if (this.#recorded !== undefined) {
      const io = nextIo(window, lengthBytes);
      for (const { at, bytes, isP2p } of this.#recorded.runs(io, true)) {
        const start = isP2p ? this.#barStart[0] ?? 0 : this.#dramStart;
        const provider = isP2p ? 1 : 0;
        addPiece(window, start + at, { size: bytes, provider });
      }
      return;
    }
    const random = this.#random;
    const kind = random.fraction();
    let inside = 0;
    if (random.fraction() < options.unalignedShare) {
      const choices = PAGE_BYTES / options.unalignedBytes - 1;
      inside = options.unalignedBytes * (1 + random.below(choices));
    }
    if (kind < options.p2pIoShare) {
      const bar = random.below(this.#barStart.length);
      const page = this.#slot(this.#barPages[bar] ?? 0, inside + lengthBytes);
      this.#addP2p(window, bar, { page, inside, lengthBytes });
      return;
    }
    const page = this.#slot(this.#poolPages, inside + lengthBytes);
    if (kind < options.p2pIoShare + options.mixedIoShare) {
      this.#addMixed(window, { page, inside, lengthBytes });
      return;
    }
    this.#addHost(window, { page, inside, lengthBytes });
  }

  /** First page of a random slot of a pool. */
  #slot(poolPages: number, bytes: number): number {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    if (pages > poolPages) {
      throw new RangeError(
        `Cannot place an I/O of ${bytes} bytes: found a pool of ` +
          `${poolPages * PAGE_BYTES} bytes, expected one that holds the I/O; ` +
          `raise poolBytes or choose a larger BAR`,
      );
    }
    // The next power of two keeps buffers of any size off each other's
    // pages; clz32 of a small integer is exact.
    const slotPages = 2 ** (32 - Math.clz32(pages - 1));
    const slots = Math.max(1, Math.floor(poolPages / slotPages));
    return this.#random.below(slots) * slotPages;
  }

  /** Physical address of each folio of the pool. */
  #folios(): Float64Array {
    return this.#table ??= folioTable(
      { placement: this.options, memoryMap: this.#memoryMap },
      this.#seed,
    );
  }

  #addHost(window: IoWindow, range: BufferRange): void {
    const table = this.#folios();
    const order = this.options.folioOrder;
    const folioPages = 2 ** order;
    let page = range.page;
    let inside = range.inside;
    let left = range.lengthBytes;
    while (left > 0) {
      const inFolio = (page & (folioPages - 1)) * PAGE_BYTES + inside;
      const size = Math.min(left, folioPages * PAGE_BYTES - inFolio);
      addPiece(window, (table[page >>> order] ?? 0) + inFolio, {
        size,
        provider: 0,
      });
      left -= size;
      page = ((page >>> order) + 1) << order;
      inside = 0;
    }
  }

  #addP2p(window: IoWindow, bar: number, range: BufferRange): void {
    const start = this.#barStart[bar] ?? 0;
    let phys = start + range.page * PAGE_BYTES + range.inside;
    let left = range.lengthBytes;
    const isWhole = this.options.p2pPiece === "whole";
    let room = isWhole ? left : PAGE_BYTES - range.inside;
    while (left > 0) {
      const size = Math.min(left, room);
      addPiece(window, phys, { size, provider: bar + 1 });
      phys += size;
      left -= size;
      room = PAGE_BYTES;
    }
  }

  /** Page by page, each on host or P2P memory. */
  #addMixed(window: IoWindow, range: BufferRange): void {
    const random = this.#random;
    const table = this.#folios();
    const bar = random.below(this.#barStart.length);
    const barStart = this.#barStart[bar] ?? 0;
    const barPage = this.#slot(
      this.#barPages[bar] ?? 0,
      range.inside + range.lengthBytes,
    );
    const order = this.options.folioOrder;
    const inFolio = 2 ** order - 1;
    let inside = range.inside;
    let left = range.lengthBytes;
    for (let i = 0; left > 0; i++) {
      const size = Math.min(left, PAGE_BYTES - inside);
      const page = range.page + i;
      if (random.fraction() < this.options.p2pSegmentShare) {
        const phys = barStart + (barPage + i) * PAGE_BYTES + inside;
        addPiece(window, phys, { size, provider: bar + 1 });
      } else {
        const phys = (table[page >>> order] ?? 0) +
          (page & inFolio) * PAGE_BYTES + inside;
        addPiece(window, phys, { size, provider: 0 });
      }
      left -= size;
      inside = 0;
    }
  }
}

/** The I/O of a window that is being filled in. */
function nextIo(
  window: IoWindow,
  lengthBytes: number,
): { op: number; sector: number; lengthBytes: number } {
  const io = window.counts[0] ?? 0;
  const low = (window.sectorLo[io] ?? 0) >>> 0;
  return {
    op: window.op[io] ?? 0,
    sector: (window.sectorHi[io] ?? 0) * WORD + low,
    lengthBytes,
  };
}

/** Where host memory of a recording begins. */
function roomFor(recorded: RecordedPlacement, memory: MemoryMap): number {
  const { poolBytes, barBytes, name } = recorded;
  const dram = memory.dram.find(({ sizeBytes }) => sizeBytes >= poolBytes);
  const bar = memory.providers[0]?.sizeBytes ?? 0;
  if (dram === undefined || barBytes > bar) {
    throw new RangeError(
      `Cannot place buffers as in ${name}: found ${poolBytes} bytes of ` +
        `host and ${barBytes} of P2P memory, expected no more than the ` +
        `machine has${
          bar === 0 ? "; it has no provider" : ` (a BAR of ${bar})`
        }`,
    );
  }
  return Number(dram.startPhys);
}

/** A buffer's place in a pool. */
interface BufferRange {
  readonly page: number;
  readonly inside: number;
  readonly lengthBytes: number;
}

function addPiece(
  window: IoWindow,
  phys: number,
  piece: { size: number; provider: number },
): void {
  const at = window.counts[1] ?? 0;
  window.physLo[at] = phys | 0; // the low 32 bits, also above 2^32
  window.physHi[at] = Math.floor(phys / WORD);
  window.pieceBytes[at] = piece.size;
  window.provider[at] = piece.provider;
  window.counts[1] = at + 1;
}
