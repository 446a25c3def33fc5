/**
 * What an I/O touches in a kernel beside the path that is timed: state of the
 * device that dma_map_phys() and the driver read, the second page of a folio,
 * aio's request. It is the same for every layout, and warm; a recording
 * includes it, so the trace that is compared with one does, too.
 *
 * As in sim/kernel/touched_fields.ts, which fields are touched is data, with
 * the kernel function beside it, as recorded of Debian's kernels on amd64.
 */
import type { PageArray } from "../../sim/kernel/page_array.ts";
import type { KernelMemory } from "../../sim/memory/kernel_memory.ts";

/** When a site is touched. */
type BesideWhen =
  /** Once for each piece that is mapped for the device. */
  | "map"
  /** Once a request. */
  | "request"
  /** Once a request whose data is mapped by a list or an iterator. */
  | "list"
  /** Once a request of P2P memory. */
  | "provider";

/** Fields that a kernel function reads. */
interface BesideSite {
  readonly structure: "pci_dev" | "nvme_dev";
  readonly when: BesideWhen;
  /** The function, an inlined one after the one that it is in. */
  readonly name: string;
  /** Byte offsets of what it reads, by field. */
  readonly reads: Readonly<Record<string, number>>;
}

/** 7.2: kernel/dma/mapping.c, direct.h, drivers/nvme/host/pci.c. */
const SITES_7_2: readonly BesideSite[] = [
  {
    structure: "pci_dev",
    when: "map",
    name: "dma_map_phys/dma_direct_map_phys",
    reads: {
      "dma_mask": 136,
      "dev.dma_ops": 808,
      "dev.dma_mask": 816,
      "dev.bus_dma_limit": 832,
      "dev.dma_range_map": 840,
      "dev.dma_io_tlb_mem": 880,
      "dev.flags": 992,
    },
  },
  {
    structure: "pci_dev",
    when: "list",
    name: "dma_need_unmap",
    reads: { "dev.dma_ops": 808, "dev.flags": 992 },
  },
  {
    structure: "pci_dev",
    when: "provider",
    name: "pci_p2pdma_map_type",
    reads: { "bus": 16, "devfn": 56, "dev.bus": 304, "p2pdma": 2360 },
  },
  {
    structure: "nvme_dev",
    when: "request",
    name: "nvme_queue_rq, nvme_prep_rq, nvme_poll_cq",
    reads: {
      "dev": 464,
      "db_stride": 504,
      "ctrl.state": 588,
      "ctrl.sgls": 1880,
      "ctrl.quirks": 1920,
    },
  },
];

/** 6.12: the same files, and direct.c dma_direct_map_sg(). */
const SITES_6_12: readonly BesideSite[] = [
  {
    structure: "pci_dev",
    when: "map",
    name: "dma_map_page_attrs, dma_direct_map_sg",
    reads: {
      "dma_mask": 136,
      "dev.dma_ops": 784,
      "dev.dma_mask": 792,
      "dev.bus_dma_limit": 808,
      "dev.dma_range_map": 816,
      "dev.dma_io_tlb_mem": 848,
      "dev.dma_skip_sync": 956,
    },
  },
  {
    structure: "nvme_dev",
    when: "request",
    name: "nvme_queue_rqs, nvme_prep_rq, nvme_poll_cq",
    reads: {
      "tagset.tags": 104,
      "dev": 352,
      "db_stride": 408,
      "ctrl.state": 500,
      "ctrl.ops": 544,
      "ctrl.sgls": 1768,
      "ctrl.quirks": 1808,
    },
  },
  {
    structure: "nvme_dev",
    when: "list",
    name: "nvme_map_data, nvme_unmap_data",
    reads: { "prp_page_pool": 360, "prp_small_pool": 368, "iod_mempool": 3544 },
  },
];

/** 6.1: the same files. */
const SITES_6_1: readonly BesideSite[] = [
  {
    structure: "pci_dev",
    when: "map",
    name: "dma_map_page_attrs, dma_direct_map_sg",
    reads: {
      "dma_mask": 136,
      "dev.dma_ops": 776,
      "dev.dma_mask": 784,
      "dev.bus_dma_limit": 800,
      "dev.dma_range_map": 808,
      "dev.dma_io_tlb_mem": 840,
    },
  },
  {
    structure: "nvme_dev",
    when: "request",
    name: "nvme_queue_rq, nvme_prep_rq, nvme_poll_cq",
    reads: {
      "tagset.tags": 112,
      "dev": 352,
      "db_stride": 408,
      "ctrl.state": 532,
      "ctrl.quirks": 1824,
    },
  },
  {
    structure: "nvme_dev",
    when: "list",
    name: "nvme_map_data, nvme_unmap_data",
    reads: {
      "prp_page_pool": 360,
      "prp_small_pool": 368,
      "ctrl.sgls": 1788,
      "iod_mempool": 3464,
    },
  },
];

const SITES: Readonly<Record<string, readonly BesideSite[]>> = {
  "6.1": SITES_6_1,
  "6.12": SITES_6_12,
  "7.2": SITES_7_2,
};

/** Structures that the path which is timed does not touch. */
export const BESIDE_PATH: ReadonlySet<string> = new Set([
  "pci_dev",
  "nvme_dev",
]);

/** folio->_pincount of a large folio, in its second struct page. */
const PINCOUNT_AT = 28;

const OBJECT_BYTES = 4096;

/** Touches the state of the device at one of the times. */
export type TouchDevice = (when: BesideWhen) => void;

export function createDeviceState(
  memory: KernelMemory,
  kernel: string,
): TouchDevice {
  const at = new Map(
    [...BESIDE_PATH].map((structure) => [
      structure,
      memory.reserve(structure, OBJECT_BYTES, { alignBytes: OBJECT_BYTES }),
    ]),
  );
  const sites = SITES[kernel] ?? [];
  return (when) => {
    for (const site of sites) {
      if (site.when !== when) continue;
      for (const offset of Object.values(site.reads)) {
        memory.get32((at.get(site.structure) ?? 0) + offset);
      }
    }
  };
}

/**
 * Has pins of a large folio counted in its second struct page as well (mm/gup.c
 * try_grab_folio_fast, gup_put_folio).
 */
export function countingPins(
  made: PageArray,
  memory: () => KernelMemory,
): PageArray {
  const touchPins = (folio: number): void => {
    const { get32, set32, abi } = memory();
    const at = folio + abi.pageStructBytes + PINCOUNT_AT;
    set32(at, get32(at));
  };
  return {
    ...made,
    getReference: (page, count) => {
      made.getReference(page, count);
      touchPins(made.folioOf(page));
    },
    putReference: (folio, count) => {
      made.putReference(folio, count);
      touchPins(folio);
    },
  };
}
