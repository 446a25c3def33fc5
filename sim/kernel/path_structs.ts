/**
 * The kernel structures that the path keeps in memory, with the offsets that
 * a real kernel gave them.
 */
import type { Abi } from "../../layouts/abi.ts";
import { type OwnKernel, ownStructsOf } from "./own_kernel.ts";
import type { ParsedStruct } from "./pahole_offsets.ts";
import { recordedStruct } from "./recorded_structs.ts";

/** Where one field of a struct is. */
export interface FieldOffset {
  /** Byte offset from the start of the struct. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** A kernel struct as the path needs it: size and flattened fields. */
export interface StructFields {
  /** sizeof the struct in bytes. */
  readonly sizeBytes: number;
  /** Fields by name, nested ones as `bi_iter.bi_sector`. */
  readonly fields: Readonly<Record<string, FieldOffset>>;
}

/** All structures that the path uses. */
export interface KernelStructs {
  /** struct bio. */
  readonly bio: ParsedStruct;
  /** struct request. */
  readonly request: ParsedStruct;
  /** struct nvme_iod, which is after the request. */
  readonly nvmeIod: ParsedStruct;
  /** struct page. */
  readonly page: ParsedStruct;
  /** struct dev_pagemap. */
  readonly devPagemap: ParsedStruct;
  /** struct queue_limits. */
  readonly queueLimits: ParsedStruct;
  /** struct blk_plug. */
  readonly blkPlug: ParsedStruct;
  /** struct blk_mq_ctx. */
  readonly blkMqCtx: ParsedStruct;
  /** struct nvme_queue. */
  readonly nvmeQueue: ParsedStruct;
}

/**
 * Collects the structures of one kernel and ABI.
 *
 * @param kernel The kernel version, such as `7.2`.
 * @param own Structures of the user's own kernel, which go before those of the
 *   recorded one.
 * @throws {RangeError} If the user's own kernel was built for another ABI.
 */
export function kernelStructs(
  kernel: string,
  abi: Abi,
  own?: OwnKernel,
): KernelStructs {
  const of = (name: string) => recordedStruct(kernel, abi, name);
  return {
    bio: of("bio"),
    request: of("request"),
    nvmeIod: of("nvme_iod"),
    page: of("page"),
    devPagemap: of("dev_pagemap"),
    queueLimits: of("queue_limits"),
    blkPlug: of("blk_plug"),
    blkMqCtx: of("blk_mq_ctx"),
    nvmeQueue: of("nvme_queue"),
    ...(own && ownStructsOf(own, abi)),
  };
}

/**
 * Returns the offset of a field that the path cannot do without.
 *
 * @param name The field's flattened name.
 * @throws {RangeError} If the struct has no such field.
 */
export function fieldOffset(struct: StructFields, name: string): number {
  const field = struct.fields[name];
  if (field === undefined) {
    throw new RangeError(
      `Cannot find field "${name}": the struct has ${
        Object.keys(struct.fields).length
      } others, expected it among them`,
    );
  }
  return field.offsetBytes;
}
