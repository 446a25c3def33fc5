/**
 * From a recorded workload to a cell of the lab: API, operation, bytes, memory
 * of the buffers, kernel, limits and descriptors; or why there is none.
 */
import type { SubmitApi } from "../../sim/block/direct_io.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import { kernelProfiles, pathProfile } from "../../sim/kernel/profile.ts";
import type { Recording } from "./recording.ts";

/** Memory that buffers of recorded workloads are in. */
const BUFFER_KINDS = ["scattered", "contiguous", "huge", "p2p"] as const;
export type BufferKind = typeof BUFFER_KINDS[number];

export interface RecordedCell {
  /** The kernel whose rules and structures are used. */
  readonly kernel: string;
  /** How an I/O is submitted. */
  readonly api: SubmitApi;
  /** Whether its buffers are registered with io_uring. */
  readonly registered: boolean;
  readonly isWrite: boolean;
  /** Bytes of one I/O. */
  readonly bytes: number;
  /** I/Os submitted at a time; the recording counts all of them together. */
  readonly depth: number;
  /** Memory of the buffers. */
  readonly kind: BufferKind;
  readonly limits: QueueLimits;
  /** Whether the controller takes SGLs. */
  readonly sgl: boolean;
  /** Whether the kernel zeroes what it allocates (init_on_alloc). */
  readonly initOnAlloc: boolean;
  /** Whether the kernel has CONFIG_PCI_P2PDMA, and asks of what kind it is. */
  readonly p2pdma: boolean;
  /** Whether I/Os take buffers in turn, or at random. */
  readonly buffersInTurn: boolean;
}

export interface NoCell {
  /** The reason, without a full stop. */
  readonly reason: string;
}

/** Names of kinds, as recordings and the lab's own tracer have them. */
const KINDS: Readonly<Record<string, BufferKind>> = {
  alt: "scattered",
  scattered: "scattered",
  contig: "contiguous",
  contiguous: "contiguous",
  huge: "huge",
  p2p: "p2p",
};
/** Names of APIs; pread stands for pwrite, too. */
const APIS: Readonly<Record<string, Pick<RecordedCell, "api" | "registered">>> =
  {
    pread: { api: "pread", registered: false },
    aio: { api: "aio", registered: false },
    uring: { api: "io_uring", registered: false },
    uringfix: { api: "io_uring", registered: true },
  };
const WORDS = ["api", "op", "bytes", "kind"] as const;

/** The longest I/O that the path has bios for. */
const MOST_BYTES = 8 << 20;
/** Most I/Os at once. */
const MOST_DEPTH = 256;

/** Finds the cell of a workload. */
export function recordedCell(
  recording: Recording,
  description: string,
): RecordedCell | NoCell {
  const words = new Map<string, string>();
  for (const word of description.trim().split(/\s+/).slice(1)) {
    const [key = "", ...value] = word.split("=");
    if (!WORDS.some((known) => known === key) || words.has(key)) {
      return { reason: `"${word}" says something that the lab does not know` };
    }
    words.set(key, value.join("="));
  }
  const word = (key: typeof WORDS[number]) => words.get(key) ?? "";
  const [apiName = "", depthText = "1"] = word("api").split(":");
  const api = own(APIS, apiName);
  if (words.size === 0) {
    return { reason: "its description has no words such as api=pread op=r" };
  }
  if (api === undefined) return unknown("API", apiName, APIS);
  const kind = own(KINDS, word("kind"));
  if (kind === undefined) return unknown("kind of buffer", word("kind"), KINDS);
  const operation = word("op");
  if (operation !== "r" && operation !== "w") {
    return { reason: `operation "${operation}" is neither r nor w` };
  }
  const bytes = number(word("bytes"));
  if (bytes === undefined || bytes % 512 !== 0 || bytes > MOST_BYTES) {
    return {
      reason: `"${word("bytes")}" bytes are not whole sectors of up to 8 MiB`,
    };
  }
  const depth = number(depthText);
  if (depth === undefined || depth > MOST_DEPTH) {
    return {
      reason: `"${depthText}" I/Os at a time are not from 1 to ${MOST_DEPTH}`,
    };
  }
  if (depth > 1 && api.api !== "io_uring") {
    return {
      reason: `${depth} I/Os at a time are modelled for io_uring only`,
    };
  }
  const kernel = kernelProfiles.find((known) =>
    recording.kernel.startsWith(`${known}.`) || recording.kernel === known
  );
  if (kernel === undefined) {
    return {
      reason: `the lab has no rules of kernel "${recording.kernel}", only of ` +
        kernelProfiles.join(", "),
    };
  }
  const isP2p = kind === "p2p";
  if (isP2p && api.registered) {
    return { reason: "P2P memory cannot be registered (FOLL_LONGTERM)" };
  }
  if (isP2p && !pathProfile(kernel).userP2p) {
    return { reason: `user space of ${kernel} does no I/O on P2P memory` };
  }
  const queue = queueOf(recording, isP2p);
  if ("reason" in queue) return queue;
  const { limits } = queue;
  const scheduler = queue.word("scheduler");
  if (!scheduler.includes("[none]")) {
    return { reason: `its scheduler is "${scheduler}", expected none` };
  }
  const vectors = kind === "huge" ? 1 : Math.ceil(bytes / 4096);
  if (
    api.api === "io_uring" &&
    (bytes > limits.maxSectors * 512 || vectors > limits.maxSegments)
  ) {
    return {
      reason: "an io_uring read or write that has to be split fails with " +
        "EAGAIN (REQ_NOWAIT, block/blk-merge.c) and a worker does it again; " +
        "the recording has only the first attempt",
    };
  }
  return {
    kernel,
    ...api,
    isWrite: operation === "w",
    bytes,
    depth,
    kind,
    limits,
    sgl: takesSgls(recording, limits),
    initOnAlloc: zeroes(recording),
    p2pdma: hasP2pdma(recording),
    buffersInTurn: word("kind") === kind,
  };
}

/** Whether the controller takes SGLs: 7.2 then has no boundary. */
function takesSgls(recording: Recording, limits: QueueLimits): boolean {
  const { controller, run } = recording;
  return limits.virtBoundaryMask === 0 || controller === "sgl" ||
    /\bsgl\b/.test(run);
}

/** Debian builds kernels of 6.x without CONFIG_PCI_P2PDMA. */
function hasP2pdma({ kernel, workloads }: Recording): boolean {
  return !(kernel.startsWith("6.") && isDebians(kernel)) ||
    workloads.some(({ description }) => /\bkind=p2p\b/.test(description));
}

/** Such as 7.2.13+deb14-amd64, or 6.1.0-50-amd64. */
function isDebians(kernel: string): boolean {
  return /\+deb\d|^\d+\.\d+\.0-\d+-/.test(kernel);
}

/** init_on_alloc of the command line, else what the distribution builds in. */
function zeroes(recording: Recording): boolean {
  const option = /\binit_on_alloc=(\w+)/.exec(recording.machine)?.[1];
  return option === undefined
    // CONFIG_INIT_ON_ALLOC_DEFAULT_ON=y in Debian's kernels.
    ? isDebians(recording.kernel)
    : !/^(0|n|off|no)$/i.test(option);
}

/**
 * The queue that a workload used: a P2P buffer is of the second controller's
 * own memory, any other goes to the first one.
 */
function queueOf(
  recording: Recording,
  isP2p: boolean,
): { limits: QueueLimits; word: (name: string) => string } | NoCell {
  const disks = [...new Set(recording.queue.map((line) => line.split(" ")[0]))];
  const disk = isP2p ? disks.at(-1) : disks[0];
  const word = (name: string): string => {
    const line = recording.queue.find((line) =>
      line.startsWith(`${disk} ${name} `)
    );
    return line?.slice(`${disk} ${name} `.length) ?? "";
  };
  const value = (name: string) => number(word(name), 0);
  const sectorsKib = value("max_sectors_kb");
  const maxSegments = value("max_segments");
  const boundary = value("virt_boundary_mask");
  // What a recording does not say is what nvme_set_queue_limits() sets
  // (drivers/nvme/host/core.c: blk_queue_dma_alignment(q, 3)).
  const alignment = word("dma_alignment") === "" ? 3 : value("dma_alignment");
  if (
    sectorsKib === undefined || maxSegments === undefined ||
    boundary === undefined || alignment === undefined ||
    sectorsKib < 4 || maxSegments < 1 || maxSegments > 65535 ||
    sectorsKib > 2 ** 31 || !isMask(boundary) || !isMask(alignment) ||
    alignment > 4095
  ) {
    return {
      reason: `the queue of ${disk ?? "no disk"} lacks one of ` +
        "max_sectors_kb, max_segments, virt_boundary_mask and dma_alignment " +
        "as a queue can have them",
    };
  }
  return {
    word,
    limits: {
      logicalBlockBytes: 512,
      physicalBlockBytes: 512,
      maxSectors: sectorsKib * 2,
      chunkSectors: 0,
      maxSegments,
      maxSegmentBytes: 0xffffffff,
      segBoundaryMask: 0xffffffff,
      virtBoundaryMask: boundary,
      dmaAlignmentMask: alignment,
    },
  };
}

function isMask(value: number): boolean {
  return value < 2 ** 32 && Number.isInteger(Math.log2(value + 1));
}

/** A decimal number from `least` on. */
function number(text: string, least = 1): number | undefined {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : -1;
  return value < least ? undefined : value;
}

function own<Value>(
  table: Readonly<Record<string, Value>>,
  key: string,
): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function unknown(
  what: string,
  found: string,
  table: Readonly<Record<string, unknown>>,
): NoCell {
  return {
    reason: `${what} "${found}" is not known, only ` +
      Object.keys(table).join(", "),
  };
}
