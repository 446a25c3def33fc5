/**
 * The path's NVMe driver above a controller that records each command in the
 * ring.
 */
import type { DriverParts } from "../../sim/block/block_layer.ts";
import type { BlockDriver } from "../../sim/block/queue_parts.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import { IommuDomain, type IovaState } from "../../sim/dma/iommu.ts";
import { identityPieces, iommuPieces } from "../../sim/dma/piece_mapping.ts";
import type { KernelStructs } from "../../sim/kernel/path_structs.ts";
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";
import { SQE } from "../../sim/nvme/command.ts";
import { describeCommand } from "../../sim/nvme/describe_command.ts";
import { createNvmeDriver } from "../../sim/nvme/driver.ts";
import { iodFields } from "../../sim/nvme/iod.ts";
import { createNvmeQueue } from "../../sim/nvme/queue.ts";
import type { P2pRoutes } from "../../sim/pci/p2p_routes.ts";
import type { ReplayAddress, ReplayCommand } from "./replay.ts";

const PAGE_BYTES = 4096;
/** Bytes of metadata of a block, of the namespaces that have any. */
export const METADATA_BYTES = 8;
const RING_ENTRIES = 1024;

/** What the driver is made with. */
export interface RecordedNvmeOptions {
  /** What 8 bytes of metadata a block are; default: none. */
  readonly metadata?: "t10" | "plain" | undefined;
  readonly memory: KernelMemory;
  readonly structs: KernelStructs;
  readonly limits: QueueLimits;
  readonly routes: P2pRoutes;
  /** Whether an IOMMU is in front of the controller. */
  readonly iommu: boolean;
  readonly sglThresholdBytes: number;
  /** Called for each request before it is mapped. */
  readonly onRequest: (request: number) => void;
  /** Called when the request was refused after all. */
  readonly onRefused: () => void;
  readonly onCommand: (command: ReplayCommand) => void;
  /** Called with an empty flush. */
  readonly onFlush: () => void;
}

/** A domain that remembers which allocation an IOVA belongs to. */
class NotingDomain extends IommuDomain {
  readonly #first: number[] = [];
  readonly #end: number[] = [];

  override allocate(
    state: IovaState,
    physLo: number,
    sizeBytes: number,
  ): boolean {
    const done = super.allocate(state, physLo, sizeBytes);
    if (done) this.#note(state.addressLo, state.addressHi, sizeBytes);
    return done;
  }

  override mapPhys(
    physLo: number,
    physHi: number,
    sizeBytes: number,
  ): boolean {
    const done = super.mapPhys(physLo, physHi, sizeBytes);
    if (done) this.#note(this.addressLo, this.addressHi, sizeBytes);
    return done;
  }

  #note(lo: number, hi: number, sizeBytes: number): void {
    const at = (hi >>> 0) * 2 ** 32 + (lo >>> 0);
    this.#first.push(at - at % PAGE_BYTES);
    this.#end.push(at + sizeBytes);
  }

  /** Forgets the allocations of the command before. */
  forget(): void {
    this.#first.length = 0;
    this.#end.length = 0;
  }

  /** An address as an offset into its allocation; a bus address itself. */
  place(address: number): ReplayAddress {
    const index = this.#first.findIndex((first, i) =>
      address >= first && address < (this.#end[i] ?? 0)
    );
    const first = this.#first[index];
    return first === undefined
      ? { base: 0, offset: address }
      : { base: index + 1, offset: address - first };
  }
}

/**
 * Makes the driver's place in a block layer.
 *
 * @returns Bytes after each request, and the driver.
 */
export function recordedNvme(options: RecordedNvmeOptions): {
  readonly driverBytes: number;
  readonly driver: (parts: DriverParts) => BlockDriver;
} {
  const { memory, structs, limits, iommu } = options;
  const iod = iodFields(structs.nvmeIod, memory.abi.pointerBytes);
  const ring = createNvmeQueue(memory, RING_ENTRIES, structs.nvmeQueue);
  const domain = new NotingDomain();
  let slot = 0;

  const note = (): void => {
    const entry = ring.submission + slot * SQE.sizeBytes;
    slot = slot + 1 === RING_ENTRIES ? 0 : slot + 1;
    const seen = describeCommand(memory, entry, limits.logicalBlockBytes);
    const place = (address: number) => domain.place(address);
    options.onCommand({
      operation: seen.operation,
      firstBlock: seen.firstBlock,
      blocks: seen.blocks,
      kind: seen.kind,
      pages: seen.pages.map(place),
      lastPageBytes: seen.lastPageBytes,
      listEntries: seen.listPages.map(([, entries]) => entries),
      descriptors: seen.descriptors.map(([address, bytes]) =>
        [place(address), bytes] as const
      ),
      pointerType: seen.dataPointer?.type ?? 0,
      pointerBytes: seen.dataPointer?.sizeBytes ?? 0,
      control: seen.control,
      metadataBytes: seen.metadataPointer === 0
        ? 0
        : seen.blocks * METADATA_BYTES,
      ...(options.metadata === "t10"
        ? { referenceTag: seen.referenceTag }
        : {}),
    });
  };

  const driver = (parts: DriverParts): BlockDriver => {
    const { requests, complete } = parts;
    const nvme = createNvmeDriver({
      ...parts,
      iod,
      entries: RING_ENTRIES,
      controller: {
        sgl: true,
        sglThresholdBytes: options.sglThresholdBytes,
        pieces: iommu ? iommuPieces(domain) : identityPieces(),
        routes: options.routes,
        // Rows have no data: guards are not computed, nor compared.
        integrity: options.metadata && {
          data: () => undefined,
          guards: options.metadata === "t10",
        },
      },
    });
    let inFlight: number[] = [];
    return {
      queue: (request) => {
        options.onRequest(request);
        domain.forget();
        nvme.prepare(request);
        const status = nvme.map(request);
        if (status !== 0) {
          options.onRefused();
          return status;
        }
        requests.start(request);
        ring.push(nvme.finish(request));
        note();
        inFlight.push(request);
        return 0;
      },
      commit: ring.ring,
      wait: () => {
        const done = inFlight;
        inFlight = [];
        for (const request of done) {
          nvme.unmap(request);
          complete(request, 0);
        }
      },
      flush: options.onFlush,
    };
  };
  return { driverBytes: iod.sizeBytes, driver };
}
