/**
 * The accesses of a path to kernel memory as a build of the path in C with
 * tracing writes them down, two words each, and the words for one of them:
 * structure, field, direction, size, stage.
 */
import type { SegmentCodec } from "../../../layouts/codec.ts";
import type { AssemblyOptions } from "../../../sim/setup/assembly.ts";
import { DIO } from "../../../sim/block/blkdev_dio.ts";
import { kernelStructs } from "../../../sim/kernel/path_structs.ts";
import type { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import {
  type AccessBatch,
  STAGE_MASK,
} from "../../../sim/trace/access_batch.ts";
import {
  RegionIndex,
  type RegionPart,
} from "../../../sim/memory/region_index.ts";
import { CQE, SQE } from "../../../sim/nvme/command.ts";
import { STAGES } from "../../../sim/path/path_stages.ts";

/** In the place of an I/O: all that is in flight is to complete. */
export const DRAIN = 0xffff_ffff;

/** Accesses in their order, with a mark where an I/O begins. */
export class AccessStream {
  /** Two words for each access or mark. */
  words: Uint32Array<ArrayBuffer> = new Uint32Array(1 << 16);
  /** Accesses and marks. */
  count = 0;

  /** Marks that an I/O of the window begins. */
  begin(io: number): void {
    this.#add(io, 0);
  }

  /** Takes what the tracer saw. */
  take(batch: AccessBatch): void {
    const { length, addressLo, sizeAndKind, stage } = batch;
    for (let i = 0; i < length; i++) {
      const word = sizeAndKind[i] as number;
      const isWrite = (word & 3) !== 0 ? 1 : 0;
      const own = (stage[i] as number) & STAGE_MASK;
      this.#add(
        addressLo[i] as number,
        word >>> 2 | isWrite << 4 | own << 5,
      );
    }
  }

  #add(where: number, what: number): void {
    if (this.count * 2 === this.words.length) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.words[this.count * 2] = where;
    this.words[this.count * 2 + 1] = what;
    this.count++;
  }
}

/** Where two streams are not the same. */
export interface StreamDifference {
  /** The I/O, or `DRAIN`. */
  readonly io: number;
  /** Number of the access since that I/O began, from 0. */
  readonly position: number;
  /** Index in both streams. */
  readonly index: number;
}

/** Finds the first access that two streams do not have alike. */
export function firstDifference(
  found: AccessStream,
  expected: AccessStream,
): StreamDifference | undefined {
  const words = Math.min(found.count, expected.count) * 2;
  let at = 0;
  while (at < words && found.words[at] === expected.words[at]) at++;
  const index = at >>> 1;
  if (index === found.count && index === expected.count) return undefined;
  let start = index;
  // The mark itself may be what differs: then the I/O before was cut short.
  while (start > 0 && (expected.words[start * 2 + 1] ?? 0) !== 0) start--;
  return {
    io: expected.words[start * 2] ?? DRAIN,
    position: index - start - 1,
    index,
  };
}

/** Says what an access is. */
export class AccessWords {
  readonly #index: RegionIndex;
  readonly #fields: ReadonlyMap<string, readonly FieldSpan[]>;
  readonly #codec: SegmentCodec;

  constructor(
    memory: KernelMemory,
    parts: readonly RegionPart[],
    from: { options: AssemblyOptions; codec: SegmentCodec },
  ) {
    this.#index = new RegionIndex(memory.regions, parts);
    this.#codec = from.codec;
    this.#fields = fieldsOf(from.options);
  }

  /** The words for an access of a stream; the stream's end has some, too. */
  of(stream: AccessStream, index: number): string {
    if (index >= stream.count) return "the end";
    const where = stream.words[index * 2] as number;
    const what = stream.words[index * 2 + 1] as number;
    if (what === 0) {
      return where === DRAIN ? "the drain begins" : `I/O ${where} begins`;
    }
    const structure = this.#index.structures[this.#index.find(where)];
    const inside = this.#index.offsetInObject;
    return `${(what & 16) === 0 ? "read" : "write"} of ${what & 15} bytes of ` +
      `${structure}${this.#field(structure ?? "", inside)} ` +
      `at 0x${where.toString(16)} (stage ${STAGES[what >>> 5]})`;
  }

  #field(structure: string, inside: number): string {
    if (structure === "bio_vec") {
      const { sizeBytes } = this.#codec.placed;
      const { kind } = this.#codec.layout.arrangement;
      // Chunks and columns: the number of the byte has to do.
      if (kind !== "aos") return ` + ${inside}`;
      const bit = (inside % sizeBytes) * 8;
      const field = this.#codec.placed.fields.findLast(({ startBit }) =>
        startBit <= bit
      );
      return `[${Math.floor(inside / sizeBytes)}].${field?.name}`;
    }
    const field = this.#fields.get(structure)?.findLast(({ at, sizeBytes }) =>
      at <= inside && inside < at + sizeBytes
    );
    return field === undefined ? ` + ${inside}` : `.${field.name}`;
  }
}

interface FieldSpan {
  readonly name: string;
  readonly at: number;
  readonly sizeBytes: number;
}

function fieldsOf(
  { kernel, abi }: AssemblyOptions,
): ReadonlyMap<string, readonly FieldSpan[]> {
  const structs = kernelStructs(kernel, abi);
  const spans = (fields: Readonly<Record<string, number>>) =>
    Object.entries(fields).filter(([name]) => name !== "sizeBytes")
      .toSorted(([, a], [, b]) => a - b)
      .map(([name, at], i, all) => ({
        name,
        at,
        sizeBytes: (all[i + 1]?.[1] ?? at + 8) - at,
      }));
  const recorded = [
    ["bio", structs.bio],
    ["request", structs.request],
    ["nvme_iod", structs.nvmeIod],
    ["page", structs.page],
    ["dev_pagemap", structs.devPagemap],
    ["queue_limits", structs.queueLimits],
    ["blk_plug", structs.blkPlug],
  ] as const;
  return new Map([
    ...recorded.map(([name, { fields }]) =>
      [
        name,
        Object.entries(fields).map(([field, { offsetBytes, sizeBytes }]) => ({
          name: field,
          at: offsetBytes,
          sizeBytes,
        })).toSorted((a, b) => a.at - b.at),
      ] as const
    ),
    ["blkdev_dio", spans(DIO)],
    ["nvme sq", spans(SQE)],
    ["nvme cq", spans(CQE)],
  ]);
}
