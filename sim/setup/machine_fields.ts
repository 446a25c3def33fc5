/**
 * The machine of a run: what is around the path. Each of its fields is declared
 * once, here or, if a path takes it unchanged, in `path_machine_fields.ts`;
 * `machine_setup.ts` makes parts of it.
 */
import { z } from "zod";
import { someText, wholeNumber } from "../../layouts/option_check.ts";
import { topologyNames } from "../pci/presets.ts";
import { readTopologyFile } from "../pci/topology_file.ts";
import { field } from "../text/field.ts";
import {
  anyText,
  countText,
  nameText,
  pageAddressText,
  sizeText,
  textOf,
} from "../text/field_text.ts";
import { formatSize } from "../text/size_text.ts";
import { bouncePoolOf } from "./bounce_pool.ts";
import { type PathMachine, pathMachineShape } from "./path_machine_fields.ts";

/** A PCI tree: the name of a preset, or a file with its text. */
export interface TopologySource {
  /** Name of the preset, or path of the file. */
  readonly name: string;
  /** Text of the file; absent for a preset. */
  readonly text?: string;
}

/** What blocks carry beside their data: T10 PI of type 1. */
export type IntegrityKind = "t10";

/**
 * What surrounds the path: the controller, the buses, and how the kernel was
 * built and booted.
 */
export interface MachineSetup extends PathMachine {
  /** Whether the controller takes SGLs. */
  readonly sgl: boolean;
  /** sgl_threshold in bytes, 0 for never; 32 KiB if absent. */
  readonly sglThresholdBytes?: number;
  /** Whether a translating IOMMU is in front of it. */
  readonly iommu: boolean;
  /** Bits of its DMA mask, 24 to 64; 64 if absent. */
  readonly dmaMaskBits?: number;
  /** Whether all I/O is bounced (`swiotlb=force`); not if absent. */
  readonly forceBounce?: boolean;
  /**
   * Bytes of the bounce pool, 0 for none; if absent 64 MiB where bouncing is
   * forced or the mask has 32 bits or less, else none.
   */
  readonly bouncePoolBytes?: number;
  /**
   * Whether the controller supports SGLs for metadata as well; not if absent.
   */
  readonly metadataSgl?: boolean;
  /** What protects blocks; nothing if absent. */
  readonly integrity?: IntegrityKind;
  /** Bytes of a struct page, 32 to 64; the ABI's own if absent. */
  readonly structPageBytes?: number;
  /** Physical address at which host memory begins; the ABI's own if absent. */
  readonly memoryStart?: number;
  /** The PCI tree; all BARs behind one switch with the controller if absent. */
  readonly topology?: TopologySource;
  /** Name of the controller's function in that tree. */
  readonly client?: string;
}

const INTEGRITY_KINDS: readonly IntegrityKind[] = ["t10"];

const NO_POOL = {
  found: "a bounce pool",
  expected: "none (swiotlb is not in C)",
} as const;

const { vmemmap, initOnAlloc, ranges, settings, p2pProducer, ownKernel } =
  pathMachineShape;

/** In the order of help and of a report's header. */
const machineShape = {
  sgl: field(z.boolean().default(false), {
    flag: "--sgl",
    help: "the controller supports SGLs",
    group: "machine",
    header: (sgl, { sglThresholdBytes: bytes }) =>
      !sgl
        ? "PRP only"
        : typeof bytes === "number"
        ? `PRP or SGL (threshold ${formatSize(bytes)})`
        : "PRP or SGL",
    example: true,
    native: true,
  }),
  sglThresholdBytes: field(wholeNumber(0, 2 ** 31).optional(), {
    flag: "--sgl-threshold",
    value: "<size>",
    help: "mean segment size from which SGLs are used; 0: never " +
      "(default: 32KiB)",
    group: "machine",
    text: sizeText(0, 2 ** 31),
    example: 4096,
    native: true,
  }),
  iommu: field(z.boolean().default(false), {
    flag: "--iommu",
    help: "a translating IOMMU is in front of the controller",
    group: "machine",
    header: (iommu) => iommu ? "IOMMU" : undefined,
    example: true,
    native: {
      covers: (iommu) => !iommu,
      found: "--iommu: no IOMMU is in C",
      expected: "a direct mapping",
    },
  }),
  dmaMaskBits: field(wholeNumber(24, 64).optional(), {
    flag: "--dma-mask",
    value: "<bits>",
    help: "address bits that the controller can reach (default: 64)",
    group: "machine",
    text: countText(24, 64),
    header: (bits) =>
      bits === undefined ? undefined : `DMA mask of ${bits} bits`,
    example: 48,
    native: {
      covers: (bits) => bits === 64,
      found: (bits) => `a DMA mask of ${bits} bits`,
      expected: "64 bits, so that nothing is bounced",
    },
  }),
  forceBounce: field(z.boolean().optional(), {
    flag: "--force-bounce",
    help: "bounce all I/O, as swiotlb=force does",
    group: "machine",
    header: (force) => force ? "all bounced" : undefined,
    example: true,
    native: { ...NO_POOL, covers: (force) => force !== true },
  }),
  bouncePoolBytes: field(wholeNumber(0, 2 ** 32).optional(), {
    flag: "--bounce-pool",
    value: "<size>",
    help: "size of the swiotlb pool; 0: none (default: 64MiB where one is " +
      "needed)",
    group: "machine",
    text: sizeText(0),
    header: (_, machine) => {
      const poolBytes = bouncePoolOf(machine);
      return poolBytes === 0
        ? undefined
        : `bounce pool of ${formatSize(poolBytes)}`;
    },
    example: 1 << 20,
    native: { ...NO_POOL, covers: (bytes) => bytes === 0 },
  }),
  integrity: field(z.enum(INTEGRITY_KINDS).optional(), {
    flag: "--integrity",
    value: "<kind>",
    help: `protection information: ${INTEGRITY_KINDS.join(", ")} ` +
      "(T10 PI, type 1)",
    group: "machine",
    text: nameText("integrity", INTEGRITY_KINDS),
    header: (kind) => kind === undefined ? undefined : "T10 PI guards",
    example: "t10",
    native: {
      found: "--integrity: no protection information is in C",
      expected: "plain blocks",
    },
  }),
  metadataSgl: field(z.boolean().optional(), {
    flag: "--metadata-sgl",
    help: "the controller supports SGLs for metadata as well",
    group: "machine",
    header: (sgl) => sgl ? "SGLs for metadata" : undefined,
    example: true,
    native: true,
  }),
  vmemmap,
  structPageBytes: field(wholeNumber(32, 64).optional(), {
    flag: "--struct-page-bytes",
    value: "<n>",
    help:
      "size of struct page in the kernel's configuration: 32, 36 or 40 on " +
      "32-bit, 64 on 64-bit; page_to_phys() costs more with some of them " +
      "(default: the ABI's)",
    group: "compared",
    text: countText(32, 64),
    header: (bytes) =>
      bytes === undefined ? undefined : `struct page of ${bytes} bytes`,
    example: 36,
    native: true,
  }),
  initOnAlloc,
  ranges,
  p2pProducer,
  memoryStart: field(wholeNumber(0).optional(), {
    flag: "--memory-start",
    value: "<address>",
    help: "where host memory begins, such as 4G or 0x100000000",
    group: "machine",
    text: pageAddressText,
    header: (address) =>
      address === undefined
        ? undefined
        : `memory from 0x${address.toString(16)}`,
    example: 0x4000_0000,
    native: true,
  }),
  ownKernel,
  settings,
  topology: field(
    z.strictObject({
      name: someText().describe("name of a preset, or of the file"),
      text: z.string().optional().describe("text of the file"),
    })
      .optional(),
    {
      flag: "--topology",
      value: "<name|file>",
      help: "PCI tree, as for lab topology (default: all behind one switch)",
      group: "machine",
      text: textOf<TopologySource | undefined>(
        (name) => topologyNames.includes(name) ? { name } : undefined,
        (topology) => topology?.name ?? "",
      ),
      names: topologyNames,
      file: {
        what: "topology",
        expected: `a file or one of: ${topologyNames.join(", ")}`,
        parse: (text, name) => {
          readTopologyFile(text, name);
          return { name, text };
        },
      },
      header: (topology) => topology && `topology ${topology.name}`,
      example: { name: "one_switch" },
      native: {
        found: "--topology: its map types are looked up in an xarray",
        expected: "all BARs behind one switch",
      },
    },
  ),
  client: field(someText().optional(), {
    flag: "--client",
    value: "<name>",
    help: "the controller's function in the tree of --topology, such as nvme0",
    group: "machine",
    text: anyText,
    header: (client) => client && `client ${client}`,
    example: "nvme0",
    native: true,
  }),
} satisfies Record<keyof MachineSetup, z.ZodType>;

/** A machine: each key, and nothing beside them. */
export const machineSchema: z.ZodType<MachineSetup> = z.strictObject(
  machineShape,
) as unknown as z.ZodType<MachineSetup>;
