/**
 * A controller from plain options: SGL support, mask, IOMMU, bounce pool, and
 * its place in a topology.
 */
import type { DirectOptions } from "../dma/direct.ts";
import { failingBounces, type FaultPlan } from "./mapping_faults.ts";
import { IommuDomain } from "../dma/iommu.ts";
import {
  directPieces,
  identityPieces,
  iommuPieces,
  type PieceMapping,
} from "../dma/piece_mapping.ts";
import { Swiotlb } from "../dma/swiotlb.ts";
import { SWIOTLB_SLOT_BYTES } from "../dma/swiotlb_limits.ts";
import type { PathProfile } from "../kernel/profile.ts";
import type { MemoryMap } from "../memory/memory_map.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import type { DataPlace, PhysicalMemory } from "../memory/physical_memory.ts";
import { BusDecoder } from "../pci/bus_decoder.ts";
import { switchRoutes, topologyRoutes } from "../pci/p2p_routes.ts";
import type { Topology } from "../pci/topology.ts";
import { createDeviceMemory, type DeviceMemory } from "./device_memory.ts";
import type { NvmeController } from "./driver.ts";
import type { IntegrityCounts } from "./integrity.ts";

/** What a controller is, as plain data except for the topology. */
export interface ControllerOptions {
  /** Whether it takes SGLs; default: false. */
  readonly sgl?: boolean | undefined;
  /** Whether it takes SGLs for metadata, too; default: false. */
  readonly metadataSgl?: boolean | undefined;
  /** sgl_threshold; default: 32768, 0 for never. */
  readonly sglThresholdBytes?: number | undefined;
  /** Whether a translating IOMMU is in front of it; default: false. */
  readonly iommu?: boolean | undefined;
  /** Bits of its DMA mask; default: 64. */
  readonly maskBits?: number | undefined;
  /** Whether everything is bounced (`swiotlb=force`); default: false. */
  readonly forceBounce?: boolean | undefined;
  /** Bytes of the bounce pool, which is at `BOUNCE_POOL_PHYS`; 0 for none. */
  readonly bouncePoolBytes?: number | undefined;
  /** The PCI tree; default: all BARs behind one switch. */
  readonly topology?: Topology | undefined;
  /** Name of the controller's function in the tree; default: not PCI. */
  readonly client?: string | undefined;
  /** Whether blocks carry 8 bytes of protection, type 1; default: false. */
  readonly integrity?: boolean | undefined;
  /** Where the integrity stage counts; default: nowhere. */
  readonly integrityCounts?: IntegrityCounts | undefined;
  /** What is to fail; for tests. */
  readonly faults?: FaultPlan | undefined;
}

/** Where a bounce pool is: below 4 GiB, beside the memory of any map. */
export const BOUNCE_POOL_PHYS = 0x2000_0000;
/** NVME_CTRL_PAGE_SIZE - 1, dma_set_min_align_mask(). */
export const MIN_ALIGN_MASK = 4095;

/**
 * Returns the memory map for the data memory of a machine with a bounce pool:
 * the pool is host memory that no I/O's buffer is in.
 */
export function dataMemoryMap(
  map: MemoryMap,
  options: ControllerOptions = {},
): MemoryMap {
  const sizeBytes = options.bouncePoolBytes ?? 0;
  if (sizeBytes === 0) return map;
  const pool = { startPhys: BigInt(BOUNCE_POOL_PHYS), sizeBytes };
  return { ...map, dram: [...map.dram, pool] };
}

/** Returns the kernel memory that a controller needs for itself. */
export function controllerBytes(
  options: ControllerOptions,
  providers: number,
): number {
  const slots = (options.bouncePoolBytes ?? 0) / SWIOTLB_SLOT_BYTES;
  return slots * 24 + 64 + (options.topology ? providers * 16384 : 0);
}

export interface CreateControllerOptions {
  /** The kernel's rules. */
  readonly profile: Pick<PathProfile, "hostBridges">;
  readonly memory: KernelMemory;
  readonly map: MemoryMap;
  /** Data memory, while bytes are moved; bouncing copies in it. */
  readonly data: () => PhysicalMemory | undefined;
}

export function createController(
  options: ControllerOptions,
  made: CreateControllerOptions,
): { readonly controller: NvmeController; readonly memory: DeviceMemory } {
  const { memory, map, data, profile } = made;
  const { client, bouncePoolBytes = 0 } = options;
  const topology = options.topology?.withHostBridges(profile.hostBridges);
  const pciFunction = topology === undefined || client === undefined
    ? null
    : topology.find(client);
  const routes = topology === undefined
    ? switchRoutes(map)
    : topologyRoutes(memory, { map, topology, client: pciFunction });
  const slots = bouncePoolBytes / SWIOTLB_SLOT_BYTES;
  const swiotlb = bouncePoolBytes === 0 ? null : new Swiotlb({
    startPhys: BOUNCE_POOL_PHYS,
    poolBytes: bouncePoolBytes,
    minAlignMask: MIN_ALIGN_MASK,
    view: memory.view,
    at: memory.reserve("io_tlb_slot", slots * 24, { strideBytes: 24 }),
    copier: {
      copyIn: (fromLo, fromHi, toLo, toHi, bytes) =>
        copy(data(), { fromLo, fromHi, toLo, toHi, bytes }),
      copyOut: (toLo, toHi, fromLo, fromHi, bytes) =>
        copy(data(), { fromLo, fromHi, toLo, toHi, bytes }),
    },
  });
  if (swiotlb !== null && options.faults !== undefined) {
    failingBounces(swiotlb, options.faults);
  }
  const pieces = makePieces(options, swiotlb);
  const bars = map.providers.map(({ busAddress, sizeBytes }) => ({
    first: Number(busAddress),
    end: Number(busAddress) + sizeBytes,
  }));
  return {
    controller: {
      sgl: options.sgl ?? false,
      metadataSgl: options.metadataSgl,
      sglThresholdBytes: options.sglThresholdBytes,
      pieces,
      routes,
      integrity: options.integrity === true
        ? { data, counts: options.integrityCounts }
        : undefined,
      faults: options.faults,
    },
    memory: createDeviceMemory({
      domain: pieces.domain,
      decoder: topology === undefined || pciFunction === null
        ? null
        : new BusDecoder(topology, pciFunction),
      isBar: (lo, hi) => {
        const address = (hi >>> 0) * 0x1_0000_0000 + (lo >>> 0);
        return bars.some(({ first, end }) => address >= first && address < end);
      },
    }),
  };
}

function makePieces(
  options: ControllerOptions,
  swiotlb: Swiotlb | null,
): PieceMapping {
  const { iommu = false, maskBits = 64, forceBounce = false } = options;
  if (iommu) return iommuPieces(new IommuDomain({ maskBits }));
  if (maskBits === 64 && !forceBounce && swiotlb === null) {
    return identityPieces();
  }
  const direct: DirectOptions = {
    maskBits,
    forceBounce,
    ...(swiotlb === null ? {} : { swiotlb }),
  };
  return directPieces(direct);
}

/** Copies bytes of data memory, where there is any. */
function copy(
  data: PhysicalMemory | undefined,
  from: {
    fromLo: number;
    fromHi: number;
    toLo: number;
    toHi: number;
    bytes: number;
  },
): void {
  if (data === undefined) return;
  const source: DataPlace = { words: new Uint32Array(0), index: 0 };
  const target: DataPlace = { words: new Uint32Array(0), index: 0 };
  data.atPhysical(from.fromLo, from.fromHi, from.bytes, source);
  data.atPhysical(from.toLo, from.toHi, from.bytes, target);
  if (source.words.length === 0 || target.words.length === 0) {
    throw new RangeError(
      `Cannot bounce ${from.bytes} bytes: the data memory lacks the buffer or ` +
        `the pool, expected one made from dataMemoryMap()`,
    );
  }
  target.words.set(
    source.words.subarray(source.index, source.index + from.bytes / 4),
    target.index,
  );
}
