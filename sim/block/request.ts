/**
 * struct request in kernel memory: a table by tag, each with the driver's
 * nvme_iod after it (block/blk-mq.c, blockspec 2.1).
 */
import type { BlockContext } from "./block_context.ts";
import { fieldOffset, type KernelStructs } from "../kernel/path_structs.ts";
import type { TouchSiteName } from "../kernel/touched_fields.ts";
import { createTouch } from "../kernel/touch.ts";
import { createRequestInit } from "./request_init.ts";
import { createDriverTags, type DriverTags } from "./driver_tags.ts";
import type { SplitCount } from "./split.ts";
import { createTags, type Tags } from "./tags.ts";

/** Fields of struct request that the stages read or write. */
export type RequestField =
  | "opf"
  | "tag"
  | "dataLen"
  | "sector"
  | "bio"
  | "biotail"
  | "segments"
  | "gapBit"
  | "integritySegments"
  | "state"
  | "flags"
  | "next"
  | "previous"
  | "hash"
  | "sortNode"
  | "schedulerData"
  | "fifoTime"
  | "endIo";

/** MQ_RQ_IDLE and MQ_RQ_IN_FLIGHT of enum mq_rq_state. */
const STATE = { idle: 0, inFlight: 1 } as const;

/** Requests of one hardware queue. */
export interface RequestTable {
  /** Offsets of the fields from a request's start. */
  readonly field: Readonly<Record<RequestField, number>>;
  /** Offset of the nvme_iod from its request's start. */
  readonly iodOffset: number;
  /** Takes a tag and initialises its request; 0 where none is left. */
  readonly take: () => number;
  /** The same for one that leaves tags to others (`Tags.takeShallow`). */
  readonly takeShallow: (limit: number) => number;
  /**
   * Takes up to this many, all of one word of tags
   * (__blk_mq_alloc_requests_batch).
   *
   * @returns The first, linked to the others by `next`; 0 where the word near
   *   the hint has too few.
   */
  readonly takeBatch: (count: number) => number;
  /** Makes the request one of a bio (blk_mq_bio_to_request). */
  readonly prepare: (
    request: number,
    bio: number,
    counted: SplitCount,
  ) => void;
  readonly priority: (request: number) => number;
  /** blk_mq_start_request(): the driver owns it from now on. */
  readonly start: (request: number) => void;
  /** Tags of the driver, where requests have a scheduler's until issued. */
  readonly driverTags: DriverTags | undefined;
  /** The request of a tag of the driver. */
  readonly byTag: (tag: number) => number;
  /** What is touched of a request that ends, beside its bios. */
  readonly end: (request: number) => void;
  /** Where the struct blk_mq_ctx of this CPU is. */
  readonly contextAt: number;
  /** Gives the request's tags back. */
  readonly free: (request: number) => void;
  /** The tags that requests are taken by: the scheduler's, where there is one. */
  readonly tags: Tags;
}

export interface RequestTableOptions
  extends Pick<BlockContext, "memory" | "structs" | "bios" | "profile"> {
  /** Bytes of the driver's part after each request. */
  readonly driverBytes: number;
  /** Tags of the queue. */
  readonly depth: number;
  /** The tags, where others have them, too; default: new ones. */
  readonly tags?: Tags | undefined;
  /** Whether bios carry metadata; default: false. */
  readonly hasMetadata?: boolean;
  /**
   * Tags of the driver, where a scheduler has the queue's: requests then get
   * one of these as they are issued.
   */
  readonly driverTags?: number | undefined;
}

/** Where the fields of a struct request are. */
function requestFields(
  request: KernelStructs["request"],
  pointerBytes: number,
): RequestTable["field"] {
  const at = (name: string) => fieldOffset(request, name);
  return {
    opf: at("cmd_flags"),
    tag: at("tag"),
    dataLen: at("__data_len"),
    sector: at("__sector"),
    bio: at("bio"),
    biotail: at("biotail"),
    segments: at("nr_phys_segments"),
    // Before 6.19 there is no such member: an unused counter stands in.
    gapBit: request.fields["phys_gap_bit"]?.offsetBytes ?? at("stats_sectors"),
    integritySegments: at("nr_integrity_segments"),
    state: at("state"),
    flags: at("rq_flags"),
    // Linked by rq_next in a plug, by queuelist in a software queue.
    next: at("queuelist"),
    previous: at("queuelist") + pointerBytes,
    hash: at("hash"),
    sortNode: at("rb_node"),
    schedulerData: at("elv.priv"),
    fifoTime: at("fifo_time"),
    endIo: at("end_io"),
  };
}

export function createRequestTable(
  options: RequestTableOptions,
): RequestTable {
  const { memory, structs, bios, depth, profile } = options;
  const { hasMetadata = false } = options;
  const { tracksGaps } = profile;
  const { set8, set16, get16, set32, get32 } = memory;
  const { getPointer, setPointer, clear64, clearLong, offsetMask } = memory;
  const { copy64 } = memory;
  const field = requestFields(structs.request, memory.abi.pointerBytes);
  const at = (name: string) => fieldOffset(structs.request, name);
  const ioStartAt = at("io_start_time_ns");
  const deadlineAt = at("deadline");
  const ioprioAt = structs.request.fields["ioprio"]?.offsetBytes ?? -1;

  const iodOffset = structs.request.sizeBytes;
  // blk_mq_alloc_rqs(): request and pdu, rounded up to whole lines.
  const stride = Math.ceil((iodOffset + options.driverBytes) / 64) * 64;
  const table = memory.reserve("request", stride * depth, {
    strideBytes: stride,
  });
  const isScheduled = options.driverTags !== undefined;
  const tags = options.tags ?? createTags(memory, depth, {
    counts: profile.shallowDepth,
    // A scheduler's requests are completed one by one (blk_mq_add_to_batch).
    clears: isScheduled ? "later" : "at once",
  });
  const { initialise, context } = createRequestInit(options, {
    field,
    isScheduled,
  });
  const touch = (site: TouchSiteName) =>
    createTouch(memory, structs.request, site);
  const touchBio = createTouch(memory, structs.bio, "bioPrepare");
  const touchPrepare = touch("requestPrepare");
  const touchStart = touch("requestStart");
  const { field: bioField } = bios;
  const driverTags = options.driverTags === undefined
    ? undefined
    : createDriverTags(memory, {
      depth: options.driverTags,
      tagAt: field.tag,
    });
  const ownTagAt = isScheduled ? at("internal_tag") : field.tag;

  const init = (tag: number): number => {
    const request = (table + Math.imul(tag | 0, stride)) & offsetMask;
    initialise(request, tag);
    return request;
  };
  const take = (): number => {
    const tag = tags.take();
    return tag < 0 ? 0 : init(tag);
  };
  const takeShallow = (limit: number): number => {
    const tag = tags.takeShallow(limit);
    return tag < 0 ? 0 : init(tag);
  };
  const takeBatch = (count: number): number => {
    const taken = tags.takeBatch(count);
    let first = 0;
    for (let i = taken - 1; i >= 0; i--) {
      const request = init(tags.batch[i] as number);
      setPointer(request + field.next, first);
      first = request;
    }
    return first;
  };
  const prepare: RequestTable["prepare"] = (request, bio, counted) => {
    request &= offsetMask;
    bio &= offsetMask;
    set32(request + field.opf, get32(bio + bioField.opf));
    copy64(request + field.sector, bio + bioField.sector);
    set16(request + field.segments, counted.segments);
    // bio_integrity_prep() gives a bio's metadata one buffer.
    if (hasMetadata) set16(request + field.integritySegments, 1);
    if (tracksGaps) set8(request + field.gapBit, counted.gapBit);
    if (ioprioAt >= 0) set16(request + ioprioAt, get16(bio + bioField.ioprio));
    set32(request + field.dataLen, get32(bio + bioField.size));
    setPointer(request + field.bio, bio);
    setPointer(request + field.biotail, bio);
    touchBio(bio);
    touchPrepare(request);
  };
  // Since 6.13 it is that of the first bio (req_get_ioprio).
  const priority = (request: number): number =>
    ioprioAt >= 0
      ? get16(request + ioprioAt)
      : get16(getPointer(request + field.bio) + bioField.ioprio);
  const start = (request: number): void => {
    touchStart(request);
    clear64(request + ioStartAt);
    clearLong(request + deadlineAt);
    set32(request + field.state, STATE.inFlight);
  };
  const free = (request: number): void => {
    set32(request + field.state, STATE.idle);
    if (driverTags !== undefined) driverTags.give(request);
    tags.give(get32(request + ownTagAt));
  };
  const byTag = (tag: number): number => table + tag * stride;
  return {
    field,
    iodOffset,
    take,
    takeShallow,
    takeBatch,
    prepare,
    priority,
    start,
    end: touch("requestEnd"),
    contextAt: context,
    driverTags,
    byTag: driverTags?.byTag ?? byTag,
    free,
    tags,
  };
}
