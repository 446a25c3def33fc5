/**
 * What `lab explain --json` writes: one I/O, from its buffer to the descriptors
 * that the device reads. Addresses are texts (`0x10a3c4000`), because they have
 * 64 bits; sizes are in bytes, sectors have 512; what is missing is `null`.
 */
import { z } from "zod";
import { SUBMIT_APIS } from "../../sim/block/direct_io.ts";

export const EXPLANATION_SCHEMA_VERSION = 1;

const address = z.string().regex(/^0x[0-9a-f]+$/);
const count = z.int().nonnegative();

const range = z.strictObject({
  address,
  lengthBytes: count,
});

const limits = z.strictObject({
  /** Largest request in sectors. */
  maxSectors: count,
  /** Boundary that no request crosses, in sectors; 0 for none. */
  chunkSectors: count,
  /** Most segments of a request. */
  maxSegments: count,
  maxSegmentBytes: count,
  /** Where gaps between segments may be: mask + 1; 0 for anywhere. */
  virtBoundaryMask: count,
});

const piece = z.strictObject({
  address,
  lengthBytes: count,
  /** `host`, or the name of the BAR that it is in. */
  memory: z.string(),
});

const field = z.strictObject({
  name: z.string(),
  /** Where it starts in the struct. */
  offsetBytes: count,
  sizeBits: count,
  value: address,
});

const vector = z.strictObject({
  /** Index in the bio's array. */
  index: count,
  /** Its bytes in hex, column by column where the layout has columns. */
  bytes: z.array(z.string().regex(/^([0-9a-f]{2})+$/)).readonly(),
  fields: z.array(field).readonly(),
  /** The physical address that it stands for; where that is mapped first, the
   * bus address. */
  address,
  lengthBytes: count,
  /** Its P2P flag; null where the layout has none. */
  flag: count.nullable(),
});

/** One bio_vec, as its bytes are in memory. */
export type ExplainedVector = z.infer<typeof vector>;

const question = z.strictObject({
  /** Physical address of the vector before. */
  previous: address,
  /** Physical address of the memory that was to follow. */
  address,
  /** The answer of the recognition. */
  same: z.boolean(),
});

/** Whether memory may follow the vector before it in the same bio. */
export type ExplainedQuestion = z.infer<typeof question>;

const bio = z.strictObject({
  sector: count,
  lengthBytes: count,
  /** Vectors that there is room for. */
  capacity: count,
  /**
   * `inline`, after the bio; `stack`; the slab of the array; or `borrowed`.
   */
  array: z.string(),
  arrayBytes: count,
  /** Whether it must not be merged (REQ_NOMERGE). */
  nomerge: z.boolean(),
  /** Why no more memory was added, to follow `it ends because`. */
  endedBy: z.string(),
  vectors: z.array(vector).readonly(),
  /** What was asked while it was built. */
  questions: z.array(
    question,
  ).readonly(),
});

export type ExplainedBio = z.infer<typeof bio>;

const split = z.strictObject({
  /** First sector of the front part. */
  sector: count,
  sectors: count,
  remainderSector: count,
  /** Vector in which, or before which, the cut is. */
  vector: count,
  /** Bytes of that vector that belong to the front part. */
  vectorBytes: count,
  /** The limits that were reached, in the kernel's words. */
  reasons: z.array(z.string()).readonly(),
});

/** A front part that was split off a bio. */
export type ExplainedSplit = z.infer<typeof split>;

const recognition = z.strictObject({
  /** Physical address that was asked about. */
  address,
  /** The flag that its vector carries. */
  flag: count,
  /** `host`, or the name of the BAR. */
  memory: z.string(),
});

/** Whose memory a segment was found to be while it was mapped. */
export type ExplainedRecognition = z.infer<typeof recognition>;

const command = z.strictObject({
  /** The 64 bytes of the submission queue entry in hex. */
  bytes: z.string().length(128),
  firstBlock: count,
  blocks: count,
  /** Which descriptors it carries. */
  kind: z.enum(["prp", "sgl"]),
  /** PRP1; null with an SGL. */
  prp1: address.nullable(),
  /** PRP2: 0, the second page, or a list; null with an SGL. */
  prp2: address.nullable(),
  /** Data pages in order, PRP1 first; empty with an SGL. */
  pages: z.array(address).readonly(),
  listPages: z.array(z.strictObject({
    address,
    entries: count,
  })).readonly(),
  /** SGL data descriptors; empty with PRPs. */
  descriptors: z.array(range).readonly(),
  /** The SGL list that the command points to; null without. */
  sglList: range.nullable(),
});

/** The NVMe command of a request. */
export type ExplainedCommand = z.infer<typeof command>;

const request = z.strictObject({
  sector: count,
  lengthBytes: count,
  /** Its tag, which is the command's id. */
  tag: count,
  /** nr_phys_segments. */
  physicalSegments: count,
  /** phys_gap_bit, from 1, 0 for no gaps; null on kernels without it. */
  gapBit: count.nullable(),
  /** What was asked while it was mapped. */
  recognitions: z.array(
    recognition,
  ).readonly(),
  /** DMA ranges; null where mapping failed. */
  dmaRanges: count.nullable(),
  /** Its command; null where none was issued. */
  command: command.nullable(),
  /** How it ended: `ok` or an errno. */
  status: z.string(),
});

export type ExplainedRequest = z.infer<typeof request>;

const touch = z.strictObject({
  stage: z.string(),
  structure: z.string(),
  /** Distinct cache lines of 64 bytes. */
  lines: count,
  bytes: count,
  reads: count,
  /** Accesses that wrote. */
  writes: count,
});

/** What a stage touched of a structure. */
export type ExplainedTouch = z.infer<typeof touch>;

export const explanationSchema = z.strictObject({
  schemaVersion: z.literal(EXPLANATION_SCHEMA_VERSION),
  tool: z.strictObject({
    name: z.string(),
    version: z.string(),
  }),
  /** What the path was put together from. */
  config: z.strictObject({
    workload: z.string(),
    description: z.string(),
    layout: z.string(),
    title: z.string(),
    segmentBytes: count,
    /**
     * Where extraction stages page pointers, and why there; null if there is
     * none, as memory is not a user's.
     */
    pagePointers: z.strictObject({
      place: z.enum(["tail", "byte_tail", "bounce"]),
      reason: z.string(),
    }).nullable(),
    abi: z.string(),
    kernel: z.string(),
    recognition: z.string(),
    device: z.string(),
    sgl: z.boolean(),
    iommu: z.boolean(),
    /** Whether the submitter's buffers are registered. */
    registered: z.boolean(),
    submitter: z.string(),
    api: z.enum(SUBMIT_APIS),
    /** The machine, in short phrases. */
    setting: z.array(z.string()).readonly(),
    limits: limits,
    seed: z.int(),
  }),
  /** The I/O. */
  io: z.strictObject({
    /** Its number in the workload, from 0. */
    index: count,
    operation: z.enum(["read", "write"]),
    sector: count,
    lengthBytes: count,
    /**
     * Which part of a longer I/O of the workload it is; null for a whole one.
     */
    part: z.strictObject({
      wholeBytes: count,
      doneBytes: count,
    }).nullable(),
    /** Whether it ended well. */
    status: z.enum(["ok", "error"]),
    pieces: z.array(
      piece,
    ).readonly(),
  }),
  bios: z.array(bio).readonly(),
  splits: z.array(split).readonly(),
  requests: z.array(request).readonly(),
  /** Block layer events in order, by blktrace's letters. */
  events: z.string(),
  touched: z.array(touch).readonly(),
  /** Distinct lines of each structure over all stages. */
  lines: z.record(z.string(), count),
});

/** One I/O, explained. */
export type Explanation = z.infer<typeof explanationSchema>;
