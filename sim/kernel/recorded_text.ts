/**
 * The compact lines that recorded offsets are kept in: one per struct,
 * `name size`, then one per member, ` name offset size`.
 */
import type { ParsedStruct } from "./pahole_offsets.ts";

/** Structs whose offsets the lab keeps, as far as a kernel has them. */
export const RECORDED_STRUCTS: readonly string[] = Object.freeze([
  "bio_vec",
  "bvec_iter",
  "bio",
  "request",
  "page",
  "dev_pagemap",
  "pci_p2pdma_pagemap",
  "p2pdma_provider",
  "pci_p2pdma_map_state",
  "phys_vec",
  "scatterlist",
  "blk_plug",
  "queue_limits",
  "blk_mq_hw_ctx",
  "blk_mq_ctx",
  "blk_mq_tags",
  "sbitmap_word",
  "dma_iova_state",
  "blk_dma_iter",
  "nvme_iod",
  "nvme_request",
  "nvme_command",
  "nvme_rw_command",
  "nvme_sgl_desc",
  "nvme_completion",
  "nvme_dma_vec",
  "nvme_queue",
]);

/**
 * Prints structs as compact lines.
 *
 * @returns The lines, with the structs of `RECORDED_STRUCTS` only.
 */
export function printRecorded(
  structs: ReadonlyMap<string, ParsedStruct>,
): string[] {
  const known = RECORDED_STRUCTS.flatMap((name) => {
    const struct = structs.get(name);
    return struct === undefined ? [] : [[name, struct] as const];
  });
  return printStructs(new Map(known));
}

/** Prints all of some structs as compact lines. */
export function printStructs(
  structs: ReadonlyMap<string, ParsedStruct>,
): string[] {
  const lines: string[] = [];
  for (const [name, struct] of structs) {
    lines.push(`${name} ${struct.sizeBytes}`);
    for (const [field, place] of Object.entries(struct.fields)) {
      lines.push(` ${field} ${place.offsetBytes} ${place.sizeBytes}`);
    }
  }
  return lines;
}

/**
 * Reads compact lines.
 *
 * @param lines What `printRecorded()` gave.
 */
export function readRecorded(
  lines: readonly string[],
): Map<string, ParsedStruct> {
  const structs = new Map<string, ParsedStruct>();
  let fields: Record<string, { offsetBytes: number; sizeBytes: number }> = {};
  for (const line of lines) {
    const words = line.split(" ");
    if (words.length === 2) {
      fields = {};
      structs.set(words[0] ?? "", { sizeBytes: Number(words[1]), fields });
    } else if (words.length === 4) {
      fields[words[1] ?? ""] = {
        offsetBytes: Number(words[2]),
        sizeBytes: Number(words[3]),
      };
    }
  }
  return structs;
}
