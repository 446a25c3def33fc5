/**
 * What a kernel oracle holds: devices, buffers and rows, with addresses as
 * safe integers.
 */

/** What a file of rows is about, the first word of its name. */
export type OracleKind =
  | "split"
  | "merge"
  | "nvme"
  | "nvme-iommu"
  | "nvme-pi"
  | "p2p";

/** A user buffer: its pages in virtual order. */
export interface OracleBuffer {
  /** `contig`, `alt`, `huge`, ... or `p2p:/dev/...` for provider memory. */
  readonly kind: string;
  /** Physical address of every 4 KiB page, in virtual order. */
  readonly pages: readonly number[];
}

/** One stretch of one I/O, as the program gave it. */
export interface OracleVector {
  readonly buffer: string;
  /** First byte within the buffer. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** One I/O of a row and what the system call returned. */
export interface OracleIo {
  /** Read, write, discard, zeroout or sync. */
  readonly operation: "r" | "w" | "d" | "z" | "f";
  /** First byte on the device. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** Bytes done, or a negative errno. */
  readonly returned: number;
  readonly vectors: readonly OracleVector[];
  /** `RWF_*` flags: 2 is dsync, 8 is nowait. */
  readonly flags: number;
  /** I/O priority, class in the upper three bits. */
  readonly priority: number;
}

export interface OracleBio {
  readonly sector: number;
  readonly sizeBytes: number;
  readonly segments: number;
  /** `bi_opf`. */
  readonly flags: number;
  /** The first segments (at most 6; 1 in merge rows): page, offset, length. */
  readonly first: readonly (readonly [number, number, number])[];
}

/** A request as the driver got it: rwbs letters, sector, sectors, segments. */
export type OracleRequest = readonly [string, number, number, number];

/** An NVMe command as the device saw it. */
export interface OracleCommand {
  readonly operation: string;
  readonly firstBlock: number;
  readonly blocks: number;
  /** Which kind of descriptors it carries. */
  readonly kind: "prp" | "sgl";
  /** PRP1, where read back. */
  readonly prp1?: number | undefined;
  /** PRP2, where read back. */
  readonly prp2?: number | undefined;
  /** Data pages in order, PRP lists resolved. */
  readonly pages: readonly number[];
  /** Length of the data in the last page. */
  readonly lastPageBytes?: number | undefined;
  /** PRP list pages: address, entries with the chain pointer. */
  readonly listPages: readonly (readonly [number, number])[];
  /** SGL data descriptors: address, length. */
  readonly descriptors: readonly (readonly [number, number])[];
  /** The descriptor in the command, where read back. */
  readonly dataPointer?:
    | { addr: number; sizeBytes: number; type: number }
    | undefined;
  /** Upper half of command word 12, where read back. */
  readonly control?: number | undefined;
  readonly metadataPointer?: number | undefined;
  /** Metadata that the device mapped, with this or a neighbouring command. */
  readonly metadata: readonly (readonly [number, number])[];
  /** Reference tag of the first block. */
  readonly referenceTag?: number | undefined;
  /** Transfer type bits of the command, where read back. */
  readonly transferType?: number | undefined;
  /** True if the emulated device refused the command. */
  readonly failed: boolean;
}

/** One row: some I/O and all that the kernel made of it. */
export interface OracleRow {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Name of the run, a key of {@linkcode OracleFile.runs}. */
  readonly run: string;
  /** Name of the row; equal ids are equal inputs. */
  readonly id: string;
  readonly api: "sync" | "aio" | "aio1" | "uring";
  /** The I/Os, in the order given. */
  readonly ios: readonly OracleIo[];
  /** Bios, in the order submitted. */
  readonly bios: readonly OracleBio[];
  /** Requests, in the order issued. */
  readonly requests: readonly OracleRequest[];
  /** NVMe commands, in the order issued. */
  readonly commands: readonly OracleCommand[];
  /** False if two boots of the same kernel gave different requests. */
  readonly repeatable: boolean;
}

/** A device as it was set up for a run. */
export interface OracleRun {
  readonly name: string;
  /** Block device. */
  readonly disk: string;
  /** Queue limits as sysfs gave them. */
  readonly limits: Readonly<Record<string, string>>;
  /** `max_sectors` where sysfs rounds it. */
  readonly maxSectors?: number;
  /** How the device was set up, command by command; absent if not recorded. */
  readonly config?: readonly string[];
  /** All that was set up, one command a line; empty if not recorded. */
  readonly setup: string;
}

export interface OracleFile {
  /** Name without ending, for example `split.7.2`. */
  readonly name: string;
  /** What its rows are about. */
  readonly kind: OracleKind;
  /** Kernel version, two numbers. */
  readonly kernel: string;
  /** The words of the name after the version, for example `iommu`, `amd`. */
  readonly labels: readonly string[];
  /** Devices. */
  readonly runs: ReadonlyMap<string, OracleRun>;
  readonly buffers: ReadonlyMap<string, OracleBuffer>;
  /** PCI tree, BARs and kernel log of P2P rows; empty for others. */
  readonly topology: string;
  readonly rows: readonly OracleRow[];
}
