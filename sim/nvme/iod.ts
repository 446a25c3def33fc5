/**
 * struct nvme_iod, the driver's part of a request, under the names that its
 * fields have had from 6.1 to 7.2 (drivers/nvme/host/pci.c).
 */
import { fieldOffset, type StructOffsets } from "../kernel/path_structs.ts";

/** NVME_MAX_NR_DESCRIPTORS: list pages of one command at most. */
export const MAX_LIST_PAGES = 5;

/** Where the fields that the path uses lie, from the iod's start. */
export interface IodFields {
  /** The 64 bytes of the command. */
  readonly command: number;
  /** Flags: use of SGL, of a small list. */
  readonly flags: number;
  /** Number of list pages. */
  readonly descriptorCount: number;
  /** Mapped bytes. */
  readonly totalBytes: number;
  /** Whether that is a size_t (7.2) or an unsigned int. */
  readonly totalIsLong: boolean;
  /** The pointers to list pages. */
  readonly lists: number;
  /** Bytes of the iod, with those pointers. */
  readonly sizeBytes: number;
}

/**
 * Finds the fields of an iod.
 *
 * 6.1 keeps the pointers to list pages at the end of the request's
 * scatterlist, which the path does not have: they lie behind the iod instead.
 *
 * @param struct Offsets of struct nvme_iod.
 * @param pointerBytes Size of a pointer.
 * @returns The fields.
 */
export function iodFields(
  struct: StructOffsets,
  pointerBytes: number,
): IodFields {
  const first = (...names: string[]) =>
    names.find((name) => name in struct.fields);
  const lists = first("descriptors", "list");
  const total = first("total_len", "dma_len") ?? "total_len";
  const end = Math.ceil(struct.sizeBytes / pointerBytes) * pointerBytes;
  const at = (name: string | undefined, fallback: string) =>
    fieldOffset(struct, name ?? fallback);
  return {
    command: fieldOffset(struct, "cmd"),
    flags: at(first("flags", "use_sgl", "aborted"), "flags"),
    descriptorCount: at(
      first("nr_descriptors", "nr_allocations"),
      "nr_descriptors",
    ),
    totalBytes: fieldOffset(struct, total),
    totalIsLong: struct.fields[total]?.sizeBytes === pointerBytes &&
      total === "total_len",
    lists: lists === undefined ? end : fieldOffset(struct, lists),
    sizeBytes: lists === undefined
      ? end + MAX_LIST_PAGES * pointerBytes
      : struct.sizeBytes,
  };
}
