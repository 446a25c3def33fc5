/**
 * What `lab explain --json` writes: one I/O, from its buffer to the descriptors
 * that the device reads. Addresses are texts (`0x10a3c4000`), because they have
 * 64 bits; sizes are in bytes, sectors have 512; what is missing is `null`.
 */
import type { PagePointers } from "../../layouts/page_pointers.ts";

/** The version of the explanation that this lab writes. */
export const EXPLANATION_SCHEMA_VERSION = 1;

/** A physically contiguous piece of the I/O's buffer. */
export interface ExplainedPiece {
  /** Physical address. */
  readonly address: string;
  /** Length. */
  readonly lengthBytes: number;
  /** `host`, or the name of the BAR that it lies in. */
  readonly memory: string;
}

/** One field of a bio_vec. */
export interface ExplainedField {
  /** Name in the struct. */
  readonly name: string;
  /** Where it starts in the struct. */
  readonly offsetBytes: number;
  /** Bits of the field. */
  readonly sizeBits: number;
  /** What it holds. */
  readonly value: string;
}

/** One bio_vec, as its bytes lie in memory. */
export interface ExplainedVector {
  /** Index in the bio's array. */
  readonly index: number;
  /** Its bytes in hex, column by column where the layout has columns. */
  readonly bytes: readonly string[];
  /** Its fields. */
  readonly fields: readonly ExplainedField[];
  /** The physical address that it stands for; where that is mapped first, the
   * bus address. */
  readonly address: string;
  /** Its length. */
  readonly lengthBytes: number;
  /** Its P2P flag; null where the layout has none. */
  readonly flag: number | null;
}

/** Whether memory may follow the vector before it in the same bio. */
export interface ExplainedQuestion {
  /** Physical address of the vector before. */
  readonly previous: string;
  /** Physical address of the memory that was to follow. */
  readonly address: string;
  /** The answer of the recognition. */
  readonly same: boolean;
}

/** One bio. */
export interface ExplainedBio {
  /** First sector. */
  readonly sector: number;
  /** Length. */
  readonly lengthBytes: number;
  /** Vectors that there is room for. */
  readonly capacity: number;
  /**
   * `inline`, behind the bio; `stack`; the slab of the array; or `borrowed`.
   */
  readonly array: string;
  /** Memory of the array. */
  readonly arrayBytes: number;
  /** Whether it must not be merged (REQ_NOMERGE). */
  readonly nomerge: boolean;
  /** Why no more memory was added, to follow `it ends because`. */
  readonly endedBy: string;
  /** Its vectors. */
  readonly vectors: readonly ExplainedVector[];
  /** What was asked while it was built. */
  readonly questions: readonly ExplainedQuestion[];
}

/** A front part that was split off a bio. */
export interface ExplainedSplit {
  /** First sector of the front part. */
  readonly sector: number;
  /** Its length in sectors. */
  readonly sectors: number;
  /** First sector of the remainder. */
  readonly remainderSector: number;
  /** Vector in which, or before which, the cut lies. */
  readonly vector: number;
  /** Bytes of that vector that belong to the front part. */
  readonly vectorBytes: number;
  /** The limits that were reached, in the kernel's words. */
  readonly reasons: readonly string[];
}

/** Whose memory a segment was found to be while it was mapped. */
export interface ExplainedRecognition {
  /** Physical address that was asked about. */
  readonly address: string;
  /** The flag that its vector carries. */
  readonly flag: number;
  /** `host`, or the name of the BAR. */
  readonly memory: string;
}

/** An address with a length. */
export interface ExplainedRange {
  /** Bus address. */
  readonly address: string;
  /** Length. */
  readonly lengthBytes: number;
}

/** The NVMe command of a request. */
export interface ExplainedCommand {
  /** The 64 bytes of the submission queue entry in hex. */
  readonly bytes: string;
  /** First logical block. */
  readonly firstBlock: number;
  /** Logical blocks. */
  readonly blocks: number;
  /** Which descriptors it carries. */
  readonly kind: "prp" | "sgl";
  /** PRP1; null with an SGL. */
  readonly prp1: string | null;
  /** PRP2: 0, the second page, or a list; null with an SGL. */
  readonly prp2: string | null;
  /** Data pages in order, PRP1 first; empty with an SGL. */
  readonly pages: readonly string[];
  /** Pages that hold PRP lists. */
  readonly listPages: readonly {
    readonly address: string;
    readonly entries: number;
  }[];
  /** SGL data descriptors; empty with PRPs. */
  readonly descriptors: readonly ExplainedRange[];
  /** The SGL list that the command points to; null without. */
  readonly sglList: ExplainedRange | null;
}

/** One request. */
export interface ExplainedRequest {
  /** First sector. */
  readonly sector: number;
  /** Length. */
  readonly lengthBytes: number;
  /** Its tag, which is the command's id. */
  readonly tag: number;
  /** nr_phys_segments. */
  readonly physicalSegments: number;
  /** phys_gap_bit, from 1, 0 for no gaps; null on kernels without it. */
  readonly gapBit: number | null;
  /** What was asked while it was mapped. */
  readonly recognitions: readonly ExplainedRecognition[];
  /** DMA ranges; null where mapping failed. */
  readonly dmaRanges: number | null;
  /** Its command; null where none was issued. */
  readonly command: ExplainedCommand | null;
  /** How it ended: `ok` or an errno. */
  readonly status: string;
}

/** What a stage touched of a structure. */
export interface ExplainedTouch {
  /** The stage. */
  readonly stage: string;
  /** The structure. */
  readonly structure: string;
  /** Distinct cache lines of 64 bytes. */
  readonly lines: number;
  /** Distinct bytes. */
  readonly bytes: number;
  /** Accesses that read. */
  readonly reads: number;
  /** Accesses that wrote. */
  readonly writes: number;
}

/** Limits that matter for a split. */
export interface ExplainedLimits {
  /** Largest request in sectors. */
  readonly maxSectors: number;
  /** Boundary that no request crosses, in sectors; 0 for none. */
  readonly chunkSectors: number;
  /** Most segments of a request. */
  readonly maxSegments: number;
  /** Largest segment. */
  readonly maxSegmentBytes: number;
  /** Where gaps between segments may lie: mask + 1; 0 for anywhere. */
  readonly virtBoundaryMask: number;
}

/** One I/O, explained. */
export interface Explanation {
  /** {@linkcode EXPLANATION_SCHEMA_VERSION}. */
  readonly schemaVersion: number;
  /** Name and version of the lab. */
  readonly tool: { readonly name: string; readonly version: string };
  /** What the path was put together from. */
  readonly config: {
    readonly workload: string;
    readonly description: string;
    readonly layout: string;
    readonly title: string;
    readonly segmentBytes: number;
    /**
     * Where extraction stages page pointers, and why there; null where there
     * is none, as memory is not a user's.
     */
    readonly pagePointers: PagePointers | null;
    readonly abi: string;
    readonly kernel: string;
    readonly recognition: string;
    readonly device: string;
    readonly sgl: boolean;
    readonly iommu: boolean;
    /** Whether the submitter's buffers are registered. */
    readonly registered: boolean;
    /** Whose memory I/O is on. */
    readonly submitter: string;
    /** How a program submits. */
    readonly api: string;
    /** The machine, in short phrases. */
    readonly setting: readonly string[];
    readonly limits: ExplainedLimits;
    readonly seed: number;
  };
  /** The I/O. */
  readonly io: {
    /** Its number in the workload, from 0. */
    readonly index: number;
    readonly operation: "read" | "write";
    readonly sector: number;
    readonly lengthBytes: number;
    /**
     * Which part of a longer I/O of the workload it is; null for a whole one.
     */
    readonly part: {
      /** Bytes of the longer one. */
      readonly wholeBytes: number;
      /** Bytes of that in front of this part. */
      readonly doneBytes: number;
    } | null;
    /** Whether it ended well. */
    readonly status: "ok" | "error";
    readonly pieces: readonly ExplainedPiece[];
  };
  /** The bios that carried it. */
  readonly bios: readonly ExplainedBio[];
  /** Where bios were split. */
  readonly splits: readonly ExplainedSplit[];
  /** The requests, in the order of issue. */
  readonly requests: readonly ExplainedRequest[];
  /** Block layer events in order, by blktrace's letters. */
  readonly events: string;
  /** What each stage touched. */
  readonly touched: readonly ExplainedTouch[];
  /** Distinct lines of each structure over all stages. */
  readonly lines: Readonly<Record<string, number>>;
}
