/**
 * The path of an I/O, stage by stage: submit, split, request, map, command,
 * device, complete. Written once, against a codec and a recognition strategy;
 * an isolate makes one path and so V8 sees one of each (design.md, rule 1).
 */
import type { SegmentCodec } from "../layouts/codec.ts";
import { BIO_MAX_VECS, BioPool, END_IO } from "./block/bio.ts";
import { createComplete } from "./block/complete.ts";
import { BLK_STS, REQ_FLAG, REQ_OP, STATUS_ERRNO } from "./block/operation.ts";
import { type QueueLimits, storeQueueLimits } from "./block/queue_limits.ts";
import { createRequestTable } from "./block/request.ts";
import { createSplit } from "./block/split.ts";
import { createSubmit } from "./block/submit.ts";
import type { KernelStructs } from "./kernel/path_structs.ts";
import type { PathProfile } from "./kernel/profile.ts";
import type { RegionPart } from "./memory/footprint.ts";
import type { KernelMemory } from "./memory/kernel_memory.ts";
import type { PageArray } from "./memory/page_array.ts";
import type { NvmeDevice } from "./nvme/device.ts";
import { createNvmeDriver, type NvmeController } from "./nvme/driver.ts";
import { iodFields } from "./nvme/iod.ts";
import { createNvmeQueue, type NvmeQueue } from "./nvme/queue.ts";
import type { RecognitionStrategy } from "./pci/recognition.ts";
import type { IoWindow } from "./workload/window.ts";

/** Stages, as the tracer names them. */
export const STAGES = [
  "submit",
  "split",
  "request",
  "map",
  "command",
  "device",
  "complete",
] as const;

/** A stage of the path. */
export type Stage = typeof STAGES[number];

/** What a path is made of. */
export interface PathOptions {
  /** Kernel memory. */
  readonly memory: KernelMemory;
  /** The layout under test, over the same memory. */
  readonly codec: SegmentCodec;
  /** Kernel structures. */
  readonly structs: KernelStructs;
  /** Struct pages. */
  readonly pages: PageArray;
  /** Limits of the queue. */
  readonly limits: QueueLimits;
  /** The kernel's rules. */
  readonly profile: PathProfile;
  /** How P2P memory is recognised. */
  readonly recognition: RecognitionStrategy;
  /** The controller, and how it reaches memory. */
  readonly controller: NvmeController;
  /** I/Os in flight at most, 1 to 256. */
  readonly depth: number;
  /** Makes the device of the queue pair. */
  readonly device: (queue: NvmeQueue) => NvmeDevice;
  /** Told of each stage that begins, by its index in `STAGES`; for tracing. */
  readonly onStage?: (stage: number) => void;
}

/** What went through the path. */
export interface PathCounts {
  /** I/Os submitted. */
  ios: number;
  /** Bios that carried them, without clones made by splitting. */
  bios: number;
  /** Requests, one NVMe command each. */
  requests: number;
  /** Segments in the bios. */
  segments: number;
  /** nr_phys_segments of the requests. */
  physicalSegments: number;
  /** DMA segments of the requests. */
  dmaSegments: number;
  /** I/Os that ended with an error. */
  errors: number;
}

/** One path. */
export interface Path {
  /** Submits an I/O of a window; completions are reaped as depth demands. */
  readonly submit: (window: IoWindow, io: number) => void;
  /** Waits for everything in flight. */
  readonly drain: () => void;
  /** Counts so far. */
  readonly counts: PathCounts;
  /** Parts of slab objects that count as another structure. */
  readonly regionParts: readonly RegionPart[];
  /** Names and numbers of resources still in use; all 0 after `drain`. */
  readonly balance: () => Readonly<Record<string, number>>;
}

/** An I/O that the path could not carry out. */
export class PathError extends Error {
  override readonly name = "PathError";
}

const RING_ENTRIES = 1024;
/** Bios of one I/O and their clones: 8 MiB in 4 KiB vectors, split by 64. */
const BIOS_PER_IO = 40;

/**
 * Makes a path.
 *
 * @param options What it is made of.
 * @returns The path.
 */
export function createPath(options: PathOptions): Path {
  const { memory, codec, structs, pages, depth, recognition } = options;
  const { set32, get32, set64, get16, set8, setPointer, setLong } = memory;
  const limitsAt = storeQueueLimits(
    memory,
    structs.queueLimits,
    options.limits,
  );
  const bios = new BioPool(memory, codec, structs, {
    count: depth * BIOS_PER_IO + 64,
  });
  const { field } = bios;
  const queueLimits = { limits: structs.queueLimits, limitsAt };
  const { addExtracted } = createSubmit({ memory, codec, bios, recognition });
  const { profile } = options;
  const splitter = createSplit({
    memory,
    codec,
    bios,
    profile,
    ...queueLimits,
  });
  const { split, counted } = splitter;
  const iod = iodFields(structs.nvmeIod, memory.abi.pointerBytes);
  const requests = createRequestTable({
    memory,
    structs,
    bios,
    driverBytes: iod.sizeBytes,
    depth: RING_ENTRIES - 1,
  });
  const driver = createNvmeDriver({
    memory,
    codec,
    bios,
    requests,
    iod,
    recognition,
    ...queueLimits,
    queueLimits: options.limits,
    entries: RING_ENTRIES,
    controller: options.controller,
    rules: profile,
  });
  const queue = createNvmeQueue(memory, RING_ENTRIES);
  const device = options.device(queue);
  const onStage = options.onStage ?? (() => {});
  const counts: PathCounts = {
    ios: 0,
    bios: 0,
    requests: 0,
    segments: 0,
    physicalSegments: 0,
    dmaSegments: 0,
    errors: 0,
  };
  const complete = createComplete({
    memory,
    codec,
    bios,
    requests,
    pages,
    depth,
  });
  let inFlight = 0;

  /** Ends a bio and, where it was the last one, its I/O. */
  const endBio = (bio: number, status: number): void => {
    const ended = complete.endBio(bio, status);
    if (ended < 0) return;
    inFlight--;
    if (ended !== BLK_STS.ok) counts.errors++;
  };

  const reap = (): void => {
    onStage(5);
    device.process();
    onStage(6);
    for (;;) {
      const commandId = queue.reap();
      if (commandId < 0) return;
      const request = requests.byTag(commandId);
      driver.unmap(request);
      endBio(complete.endRequest(request), queue.status());
    }
  };

  /** One request, one command: no merging yet happens behind this. */
  const issue = (bio: number): void => {
    onStage(2);
    let request = requests.alloc(bio, counted);
    while (request === 0) {
      queue.ring();
      reap();
      request = requests.alloc(bio, counted);
    }
    counts.requests++;
    counts.physicalSegments += counted.segments;
    onStage(3);
    driver.prepare(request);
    const status = driver.map(request);
    counts.dmaSegments += driver.dmaSegments();
    if (status !== BLK_STS.ok) {
      endBio(complete.endRequest(request), status);
      return;
    }
    onStage(4);
    requests.start(request);
    queue.push(driver.finish(request));
    queue.ring();
  };

  /** submit_bio(): split, issue the front, go on with the rest. */
  const submitBio = (bio: number): void => {
    counts.bios++;
    counts.segments += get16(bio + field.vcnt);
    for (;;) {
      onStage(1);
      const sectors = split(bio);
      if (sectors < 0) {
        endBio(bio, -sectors);
        return;
      }
      if (sectors === 0) {
        issue(bio);
        return;
      }
      const front = complete.splitFront(bio, sectors);
      if (front === 0) throw new PathError("Cannot split a bio: none is free");
      issue(front);
    }
  };

  const submit = (window: IoWindow, io: number): void => {
    while (inFlight >= depth) reap();
    onStage(0);
    const operation = window.op[io] as number;
    const isWrite = operation === REQ_OP.write;
    const slot = complete.openIo(!isWrite);
    const opf = (isWrite ? REQ_OP.write : REQ_OP.read) | REQ_FLAG.sync;
    const end = window.firstPiece[io + 1] as number;
    let piece = window.firstPiece[io] as number;
    let left = window.lengthBytes[io] as number;
    let sectorLo = window.sectorLo[io] as number;
    let sectorHi = window.sectorHi[io] as number;
    inFlight++;
    counts.ios++;
    while (piece < end) {
      const offset = (window.physLo[piece] as number) & 4095;
      // iov_iter_npages(): slots for every page, though folios need fewer.
      const pagesLeft = (offset + left + 4095) >>> 12;
      const bio = bios.alloc(Math.min(pagesLeft, BIO_MAX_VECS), opf);
      if (bio === 0) throw new PathError("Cannot allocate a bio: none is free");
      while (piece < end) {
        const lo = window.physLo[piece] as number;
        const hi = window.physHi[piece] as number;
        const bytes = window.pieceBytes[piece] as number;
        const provider = window.provider[piece] as number;
        if (!addExtracted(bio, lo, hi, bytes, provider)) break;
        complete.pin(lo, hi);
        piece++;
      }
      const size = get32(bio + field.size);
      set64(bio + field.sector, sectorLo, sectorHi);
      setLong(bio + field.endIo, END_IO.directIo);
      setPointer(bio + field.private, slot);
      complete.addBio(slot);
      const before = sectorLo;
      sectorLo = (sectorLo + (size >>> 9)) | 0;
      if ((sectorLo >>> 0) < (before >>> 0)) sectorHi = (sectorHi + 1) | 0;
      left -= size;
      submitBio(bio);
      onStage(0);
    }
    endSubmission(slot);
  };

  /** Drops the submitter's own reference on the I/O. */
  const endSubmission = (slot: number): void => {
    const ended = complete.dropIo(slot, BLK_STS.ok);
    if (ended < 0) return;
    inFlight--;
    if (ended !== BLK_STS.ok) counts.errors++;
  };

  const drain = (): void => {
    while (inFlight > 0) reap();
  };

  const balance = () => ({
    ...Object.fromEntries(
      bios.slabs.map((slab) => [`slab of ${slab.strideBytes}`, slab.live]),
    ),
    tags: requests.tags.live(),
    ...driver.balance(),
  });
  // The queue's first completion is read before anything was written there.
  set8(queue.completion, 0);
  set32(queue.doorbell, 0);
  const regionParts: RegionPart[] = [
    { of: "bio", offset: bios.inlineOffset, structure: "bio_vec" },
    { of: "request", offset: requests.iodOffset, structure: "nvme_iod" },
  ];
  return { submit, drain, counts, regionParts, balance };
}

/**
 * Names the error of a status, for messages.
 *
 * @param status A blk_status_t.
 * @returns The errno's name.
 */
export function statusName(status: number): string {
  return STATUS_ERRNO.get(status) ?? `status ${status}`;
}
