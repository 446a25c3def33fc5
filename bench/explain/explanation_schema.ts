/** Checks what `lab explain --json` writes. */
import { SUBMIT_APIS } from "../../sim/block/direct_io.ts";
import { z } from "zod";
import { type Explanation, EXPLANATION_SCHEMA_VERSION } from "./explanation.ts";

const address = z.string().regex(/^0x[0-9a-f]+$/);
const count = z.int().nonnegative();
const range = z.strictObject({ address, lengthBytes: count });

/** Checks an explanation. */
export const explanationSchema: z.ZodType<Explanation> = z.strictObject({
  schemaVersion: z.literal(EXPLANATION_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  config: z.strictObject({
    workload: z.string(),
    description: z.string(),
    layout: z.string(),
    title: z.string(),
    segmentBytes: count,
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
    registered: z.boolean(),
    submitter: z.string(),
    api: z.enum(SUBMIT_APIS),
    setting: z.array(z.string()),
    limits: z.strictObject({
      maxSectors: count,
      chunkSectors: count,
      maxSegments: count,
      maxSegmentBytes: count,
      virtBoundaryMask: count,
    }),
    seed: z.int(),
  }),
  io: z.strictObject({
    index: count,
    operation: z.enum(["read", "write"]),
    sector: count,
    lengthBytes: count,
    part: z.strictObject({ wholeBytes: count, doneBytes: count }).nullable(),
    status: z.enum(["ok", "error"]),
    pieces: z.array(
      z.strictObject({ address, lengthBytes: count, memory: z.string() }),
    ),
  }),
  bios: z.array(z.strictObject({
    sector: count,
    lengthBytes: count,
    capacity: count,
    array: z.string(),
    arrayBytes: count,
    nomerge: z.boolean(),
    endedBy: z.string(),
    vectors: z.array(z.strictObject({
      index: count,
      bytes: z.array(z.string().regex(/^([0-9a-f]{2})+$/)),
      fields: z.array(z.strictObject({
        name: z.string(),
        offsetBytes: count,
        sizeBits: count,
        value: address,
      })),
      address,
      lengthBytes: count,
      flag: count.nullable(),
    })),
    questions: z.array(
      z.strictObject({ previous: address, address, same: z.boolean() }),
    ),
  })),
  splits: z.array(z.strictObject({
    sector: count,
    sectors: count,
    remainderSector: count,
    vector: count,
    vectorBytes: count,
    reasons: z.array(z.string()),
  })),
  requests: z.array(z.strictObject({
    sector: count,
    lengthBytes: count,
    tag: count,
    physicalSegments: count,
    gapBit: count.nullable(),
    recognitions: z.array(
      z.strictObject({ address, flag: count, memory: z.string() }),
    ),
    dmaRanges: count.nullable(),
    command: z.strictObject({
      bytes: z.string().length(128),
      firstBlock: count,
      blocks: count,
      kind: z.enum(["prp", "sgl"]),
      prp1: address.nullable(),
      prp2: address.nullable(),
      pages: z.array(address),
      listPages: z.array(z.strictObject({ address, entries: count })),
      descriptors: z.array(range),
      sglList: range.nullable(),
    }).nullable(),
    status: z.string(),
  })),
  events: z.string(),
  touched: z.array(z.strictObject({
    stage: z.string(),
    structure: z.string(),
    lines: count,
    bytes: count,
    reads: count,
    writes: count,
  })),
  lines: z.record(z.string(), count),
});
