/**
 * Memory for the metadata of requests: each bio has a buffer of its own, as
 * bio_integrity_prep() gives it one. A command names one of them by its
 * address, several by an SGL (drivers/nvme/host/pci.c nvme_map_metadata).
 */
import type { RequestContext } from "../block/block_context.ts";
import { ARENA_PHYS_HI_64 } from "../memory/kernel_memory.ts";
import { Slab } from "../memory/slab.ts";
import { CMD_SGL_METASEG, SGL_TYPE, SQE } from "./command.ts";
import type { DescriptorPools } from "./descriptor_pool.ts";
import type { IodFields } from "./iod.ts";
import { MetadataWalk } from "./metadata_walk.ts";
import { SGL_DESCRIPTOR_BYTES } from "./sgl.ts";
import { PI_TUPLE_BYTES } from "./t10_pi.ts";

// Constants of its own: bench/HOT_PATH.md.
const TUPLE_BYTES = PI_TUPLE_BYTES;
const DESCRIPTOR_BYTES = SGL_DESCRIPTOR_BYTES;
const DATA = SGL_TYPE.data;
const LAST = SGL_TYPE.last;
const METADATA_AT = SQE.metadata;
const FLAGS_AT = SQE.flags;
const METASEG = CMD_SGL_METASEG;

export const METADATA_BUFFERS = 128;

export interface MetadataBufferOptions
  extends Pick<RequestContext, "memory" | "bios" | "requests"> {
  /** Where the fields of struct nvme_iod are. */
  readonly iod: IodFields;
  /** Where an SGL comes from: the pool of small lists. */
  readonly lists: Pick<DescriptorPools, "small">;
  readonly blockBytes: number;
  /** Most bytes of data of a request. */
  readonly maxBytes: number;
  /** Whether they begin as zeroes, for metadata that nobody computes. */
  readonly zeroed: boolean;
}

/** The metadata of requests. */
export interface MetadataBuffers {
  /** Takes what a request needs; false if there is too little. */
  readonly take: (request: number) => boolean;
  readonly has: (request: number) => boolean;
  /** Writes into the command of a request where its metadata is. */
  readonly point: (request: number) => void;
  /** Begins with the tuple of the first block of a request. */
  readonly start: (request: number) => void;
  /** Where the next tuple is. */
  readonly next: () => number;
  /** Gives back what a request has. */
  readonly give: (request: number) => void;
  readonly live: () => number;
}

export function createMetadataBuffers(
  options: MetadataBufferOptions,
): MetadataBuffers {
  const { memory, bios, requests, iod, blockBytes, zeroed } = options;
  const { get16, get32, getPointer, setPointer, getLe32, setLe32 } = memory;
  const { setLe64, view } = memory;
  const { small } = options.lists;
  const { field, iodOffset } = requests;
  const nextAt = bios.field.next;
  const sizeAt = bios.field.size;
  const metadataAt = iodOffset + iod.metadata;
  const commandAt = iodOffset + iod.command;
  const busHi = memory.abi.pointerBytes === 8 ? ARENA_PHYS_HI_64 : 0;
  const bytes = options.maxBytes / blockBytes * PI_TUPLE_BYTES;
  const buffers = new Slab(memory, {
    structure: "integrity buffer",
    objectBytes: bytes,
    strideBytes: Math.ceil(bytes / 64) * 64,
    count: METADATA_BUFFERS,
    freePointerOffset: 0,
  });
  const walk = new MetadataWalk(memory);

  const isList = (request: number): boolean =>
    get16(request + field.integritySegments) > 1;
  const metadataBytes = (dataBytes: number): number =>
    (dataBytes >>> 0) / blockBytes * TUPLE_BYTES;

  /** A buffer; 0 where none is left. */
  const takeBuffer = (sizeBytes: number): number => {
    const buffer = buffers.take();
    if (buffer === 0 || !zeroed) return buffer;
    for (let at = buffer; at < buffer + sizeBytes; at += 4) setLe32(at, 0);
    return buffer;
  };
  const describe = (
    at: number,
    to: { lo: number; bytes: number; type: number },
  ): void => {
    setLe64(at, to.lo, busHi);
    setLe64(at + 8, to.bytes, to.type << 24);
  };

  /** nvme_pci_setup_meta_iter(): a segment of descriptors after its own. */
  const takeList = (request: number): boolean => {
    const list = small.take();
    if (list === 0) return false;
    setPointer(request + metadataAt, list);
    const first = list + DESCRIPTOR_BYTES;
    let at = first;
    let bio = getPointer(request + field.bio);
    let isDone = true;
    for (; bio !== 0; bio = getPointer(bio + nextAt)) {
      const sizeBytes = metadataBytes(get32(bio + sizeAt));
      const buffer = takeBuffer(sizeBytes);
      isDone = buffer !== 0;
      if (!isDone) break;
      describe(at, { lo: buffer, bytes: sizeBytes, type: DATA });
      at += DESCRIPTOR_BYTES;
    }
    describe(list, { lo: first, bytes: at - first, type: LAST });
    if (!isDone) give(request);
    return isDone;
  };
  const take = (request: number): boolean => {
    setPointer(request + metadataAt, 0);
    if (isList(request)) return takeList(request);
    const buffer = takeBuffer(metadataBytes(get32(request + field.dataLen)));
    setPointer(request + metadataAt, buffer);
    return buffer !== 0;
  };
  const give = (request: number): void => {
    const taken = getPointer(request + metadataAt);
    if (taken === 0) return;
    setPointer(request + metadataAt, 0);
    if (!isList(request)) {
      buffers.give(taken);
      return;
    }
    const first = taken + DESCRIPTOR_BYTES;
    const end = first + getLe32(taken + 8);
    for (let at = first; at < end; at += DESCRIPTOR_BYTES) {
      buffers.give(getLe32(at));
    }
    small.give(taken);
  };
  const point = (request: number): void => {
    const command = request + commandAt;
    setLe64(command + METADATA_AT, getPointer(request + metadataAt), busHi);
    if (isList(request)) view.setUint8(command + FLAGS_AT, METASEG);
  };
  const start = (request: number): void => {
    const taken = getPointer(request + metadataAt);
    if (isList(request)) walk.list(taken + DESCRIPTOR_BYTES);
    else walk.buffer(taken);
  };
  return {
    take,
    has: (request) => getPointer(request + metadataAt) !== 0,
    point,
    start,
    next: () => walk.next(),
    give,
    live: () => buffers.live,
  };
}
