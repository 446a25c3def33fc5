/**
 * Which field of a struct a byte is of, where fields have fields and unions
 * several names for one place.
 */
import type { ParsedStruct } from "./pahole_offsets.ts";

/**
 * A command's data pointer is two PRPs or an SGL descriptor, in the same 16
 * bytes: PRPs name them, as in a recording.
 */
const DESCRIPTOR = /\bdptr\.k?sgl\b/;

/**
 * Names the bytes of a struct.
 *
 * @returns By offset, the name of the smallest field there, of equally small
 *   ones the first; nothing in a hole.
 *
 * @example A bio's position is in its iterator
 * ```ts
 * import { findAbi } from "@bvec/lab";
 * import { recordedStruct } from "./recorded_structs.ts";
 * import { assertEquals } from "@std/assert";
 * import { fieldsByByte } from "./field_at.ts";
 *
 * const names = fieldsByByte(recordedStruct("7.2", findAbi("lp64"), "bio"));
 * assertEquals([names[48], names[52]], ["bi_iter.bi_size", "bi_iter.bi_idx"]);
 * ```
 */
export function fieldsByByte(
  { fields }: ParsedStruct,
): readonly (string | undefined)[] {
  const names: (string | undefined)[] = [];
  const sizes: number[] = [];
  for (const [name, { offsetBytes, sizeBytes }] of Object.entries(fields)) {
    if (DESCRIPTOR.test(name)) continue;
    for (let at = offsetBytes; at < offsetBytes + sizeBytes; at++) {
      if (sizeBytes >= (sizes[at] ?? Infinity)) continue;
      names[at] = name;
      sizes[at] = sizeBytes;
    }
  }
  return names;
}

/** Tags of the structs that structures of a trace are, by their names there. */
export const STRUCTURE_TAGS: Readonly<Record<string, string>> = Object.freeze({
  bio: "bio",
  request: "request",
  nvme_iod: "nvme_iod",
  page: "page",
  dev_pagemap: "dev_pagemap",
  queue_limits: "queue_limits",
  blk_plug: "blk_plug",
  blk_mq_ctx: "blk_mq_ctx",
  sbitmap_word: "sbitmap_word",
  nvme_queue: "nvme_queue",
  "nvme sq": "nvme_rw_command",
  "nvme cq": "nvme_completion",
});
