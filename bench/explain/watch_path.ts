/**
 * Watches one I/O go through a path: what its bios and requests hold at each
 * event, what the recognition was asked, and what the device read. Everything
 * is read from the path's own memory when it happens; nothing is worked out
 * beside it.
 */
import { encodeHex } from "@std/encoding/hex";
import { BIO_MAX_VECS } from "../../layouts/array_struct.ts";
import type { Assembly } from "../../sim/setup/assembly.ts";
import { STACK_VECTORS } from "../../sim/block/stack_bio.ts";
import type { BlockEvent, BlockEventData } from "../../sim/block/observe.ts";
import {
  REQ_FLAG,
  statusErrno,
  statusName,
} from "../../sim/kernel/operation.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import {
  fieldOffset,
  type KernelStructs,
} from "../../sim/kernel/path_structs.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { SQE } from "../../sim/nvme/command.ts";
import { describeCommand } from "../../sim/nvme/describe_command.ts";
import type { RecognitionStrategy } from "../../sim/recognition/recognition.ts";
import type {
  ExplainedBio,
  ExplainedCommand,
  ExplainedQuestion,
  ExplainedRecognition,
  ExplainedRequest,
  ExplainedSplit,
} from "./explanation.ts";
import { splitReasons } from "./split_reasons.ts";
import { explainVector, hex, hexOf } from "./vector_bytes.ts";

/** A request while it is watched. */
type OpenRequest =
  & {
    -readonly [Key in keyof ExplainedRequest]: ExplainedRequest[Key];
  }
  & { recognitions: ExplainedRecognition[] };

/** A split whose front part has not been issued yet. */
interface OpenSplit {
  /** The front part's bio. */
  readonly front: number;
  readonly sector: number;
  readonly remainderSector: number;
}

export interface WatchOptions {
  readonly structs: KernelStructs;
  readonly limits: QueueLimits;
  /** The machine's memory, for the names of BARs. */
  readonly map: MemoryMap;
  /** Length of the I/O. */
  readonly lengthBytes: number;
}

/** Watches a path; give its methods to a probe. */
export class PathWatch {
  /** Bios, in the order in which they were submitted. */
  readonly bios: ExplainedBio[] = [];
  readonly splits: ExplainedSplit[] = [];
  /** Requests, in the order of issue. */
  readonly requests: OpenRequest[] = [];
  /** Letters of all events, in order. */
  events = "";
  /** The path; to be set before the I/O is submitted. */
  assembly: Assembly | undefined;
  readonly #options: WatchOptions;
  #questions: ExplainedQuestion[] = [];
  readonly #cuts: OpenSplit[] = [];
  #mapping: OpenRequest | undefined;
  #rangesBefore = 0;

  /** Watches nothing yet. */
  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Stands before a recognition and notes its answers. */
  readonly watch = (strategy: RecognitionStrategy): RecognitionStrategy => ({
    ...strategy,
    looksAtPrevious: true,
    sameBio: (...asked) => {
      const same = strategy.sameBio(...asked);
      const [previousLo, previousHi, physLo, physHi] = asked;
      this.#questions.push({
        previous: hexOf(previousLo, previousHi),
        address: hexOf(physLo, physHi),
        same,
      });
      return same;
    },
    providerOf: (...asked) => {
      const provider = strategy.providerOf(...asked);
      const [physLo, physHi, flag] = asked;
      this.#mapping?.recognitions.push({
        address: hexOf(physLo, physHi),
        flag,
        memory: memoryName(this.#options.map, provider),
      });
      return provider;
    },
  });

  readonly observe = (event: BlockEvent, data: BlockEventData): void => {
    // Reported again as Q, unless the kernel refuses the bio at once.
    if (event === "submit") return;
    this.events += event === "RM" ? "M" : event;
    if (event === "Q") this.#submitted(data);
    else if (event === "X") {
      this.#cuts.push({
        front: data.at,
        sector: sectorOf(data),
        remainderSector: data.extra,
      });
    } else if (event === "D") this.#issued(data);
    else if (event === "C") this.#completed(data);
  };

  /** Called when a request is mapped and its command is being built. */
  mapped(): void {
    if (this.#mapping === undefined) return;
    this.#mapping.dmaRanges = this.#path().path.dmaSegments() -
      this.#rangesBefore;
    this.#mapping = undefined;
  }

  readonly command = (entry: number): void => {
    const { memory } = this.#path();
    const { logicalBlockBytes } = this.#options.limits;
    const found = describeCommand(memory, entry, logicalBlockBytes);
    const request = this.requests.findLast(({ tag, command }) =>
      tag === found.commandId && command === null
    );
    if (request === undefined) return;
    const bytes = memory.bytes().subarray(entry, entry + SQE.sizeBytes);
    const { kind, dataPointer: pointer, descriptors } = found;
    const isPrp = kind === "prp";
    request.command = {
      bytes: encodeHex(bytes.slice()),
      firstBlock: found.firstBlock,
      blocks: found.blocks,
      kind,
      prp1: isPrp ? hex(found.prp1) : null,
      prp2: isPrp ? hex(found.prp2) : null,
      pages: found.pages.map(hex),
      listPages: found.listPages.map(([address, entries]) => ({
        address: hex(address),
        entries,
      })),
      descriptors: descriptors.map(([address, lengthBytes]) => ({
        address: hex(address),
        lengthBytes,
      })),
      sglList: pointer === undefined || pointer.type === 0 ? null : {
        address: hex(pointer.addr),
        lengthBytes: pointer.sizeBytes,
      },
    } satisfies ExplainedCommand;
  };

  #path(): Assembly {
    if (this.assembly === undefined) {
      throw new TypeError("Cannot watch: found no path, expected one first");
    }
    return this.assembly;
  }

  #submitted(data: BlockEventData): void {
    const { memory, codec } = this.#path();
    const { bio } = this.#options.structs;
    const at = (name: string) => data.at + fieldOffset(bio, name);
    const base = memory.getPointer(at("bi_io_vec"));
    const capacity = memory.get16(at("bi_max_vecs"));
    const vectors = memory.get16(at("bi_vcnt"));
    const bytes = memory.bytes();
    const questions = this.#questions;
    this.#questions = [];
    const before = this.bios.reduce((sum, one) => sum + one.lengthBytes, 0);
    const isLast = before + data.sizeBytes === this.#options.lengthBytes;
    this.bios.push({
      sector: sectorOf(data),
      lengthBytes: data.sizeBytes,
      capacity,
      array: this.#arrayName(base, capacity),
      arrayBytes: codec.arrayBytes(capacity),
      nomerge: (data.opf & REQ_FLAG.nomerge) !== 0,
      endedBy: isLast
        ? "the buffer ends"
        : questions.at(-1)?.same === false
        ? "memory of another kind follows"
        : `it has ${vectors} of ${BIO_MAX_VECS} vectors (BIO_MAX_VECS)`,
      vectors: Array.from(
        { length: vectors },
        (_, index) => explainVector(codec, bytes, { base, capacity, index }),
      ),
      questions,
    });
  }

  /** Whose memory an array of vectors is in. */
  #arrayName(base: number, capacity: number): string {
    const region = this.#path().memory.regions.findLast(({ offset }) =>
      offset <= base
    );
    if (region?.structure === "bio") return "inline";
    if (region?.structure !== "bio_vec") return "borrowed";
    if (region.name === STACK_VECTORS) return "stack";
    const cache = region.name?.match(/kmalloc-\d+$/)?.[0];
    if (cache !== undefined) return cache;
    return `biovec-${capacity === BIO_MAX_VECS ? "max" : capacity}`;
  }

  /** A request is issued: if for a front part, its segments are known now. */
  #cut(data: BlockEventData): void {
    const sector = sectorOf(data);
    const split = this.#cuts.find((cut) => cut.sector === sector);
    if (split === undefined) return;
    const { memory, codec } = this.#path();
    const { bio } = this.#options.structs;
    const at = (name: string) => split.front + fieldOffset(bio, name);
    const base = memory.getPointer(at("bi_io_vec"));
    const capacity = memory.get16(at("bi_max_vecs"));
    const lengthOf = (index: number) => codec.length(base, capacity, index);
    const offsetOf = (index: number) =>
      codec.physLo(base, capacity, index) & 4095;
    let vector = memory.get32(at("bi_iter.bi_idx"));
    let vectorBytes = memory.get32(at("bi_iter.bi_bvec_done")) +
      data.sizeBytes;
    while (vectorBytes >= lengthOf(vector)) {
      vectorBytes -= lengthOf(vector);
      vector++;
    }
    const isBetween = vectorBytes === 0 && vector > 0;
    const sectors = data.sizeBytes / 512;
    this.splits.push({
      sector,
      sectors,
      remainderSector: split.remainderSector,
      vector,
      vectorBytes,
      reasons: splitReasons({
        sector,
        sectors,
        segments: data.segments,
        isBetween,
        endOffset: isBetween ? offsetOf(vector - 1) + lengthOf(vector - 1) : 0,
        nextOffset: offsetOf(vector),
      }, this.#options.limits),
    });
  }

  #issued(data: BlockEventData): void {
    this.#cut(data);
    const { memory, path } = this.#path();
    const { request } = this.#options.structs;
    const gapAt = request.fields["phys_gap_bit"];
    const opened: OpenRequest = {
      sector: sectorOf(data),
      lengthBytes: data.sizeBytes,
      tag: memory.get32(data.at + fieldOffset(request, "tag")),
      physicalSegments: data.segments,
      gapBit: gapAt === undefined
        ? null
        : memory.get8(data.at + gapAt.offsetBytes),
      recognitions: [],
      dmaRanges: null,
      command: null,
      status: "not ended",
    };
    this.requests.push(opened);
    this.#mapping = opened;
    this.#rangesBefore = path.dmaSegments();
  }

  #completed(data: BlockEventData): void {
    const sector = sectorOf(data);
    const request = this.requests.find((open) =>
      open.sector === sector && open.status === "not ended"
    );
    if (request === undefined) return;
    request.status = data.extra === 0
      ? "ok"
      : `${statusName(data.extra)} (${-statusErrno(data.extra)})`;
    this.#mapping = undefined;
  }
}

function sectorOf(data: BlockEventData): number {
  return (data.sectorHi >>> 0) * 0x1_0000_0000 + (data.sectorLo >>> 0);
}

/**
 * Names memory by its provider.
 *
 * @param provider Index + 1, or 0 for host memory.
 * @returns `host`, or the BAR's name.
 */
export function memoryName(map: MemoryMap, provider: number): string {
  if (provider === 0) return "host";
  return map.providers[provider - 1]?.name ?? `provider ${provider - 1}`;
}
