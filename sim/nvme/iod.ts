/**
 * struct nvme_iod, the driver's part of a request, under the names that its
 * fields have had from 6.1 to 7.2 (drivers/nvme/host/pci.c).
 */
import { fieldOffset, type StructFields } from "../kernel/path_structs.ts";

/** NVME_MAX_NR_DESCRIPTORS: list pages of one command at most. */
const MAX_LIST_PAGES = 5;

/** Where the fields that the path uses are, from the iod's start. */
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
  /** IOVA range of the data: address, u64 (7.2 `dma_state.addr`). */
  readonly iovaAddress: number;
  /** IOVA range of the data: bytes, unsigned long; 0 if there is none. */
  readonly iovaBytes: number;
  /** Pointer to unmap records (7.2 `dma_vecs`) or scatterlist (6.x `sgt`). */
  readonly records: number;
  /** How many there are, u16 of the field. */
  readonly recordCount: number;
  /** Metadata of the request: its buffer (`meta_dma`). */
  readonly metadata: number;
  /** Bytes of the iod, with those pointers. */
  readonly sizeBytes: number;
}

/**
 * Finds the fields of an iod.
 *
 * A kernel that has no such field keeps it elsewhere: 6.1 has the pointers to
 * list pages at the end of the request's scatterlist. They are after the iod
 * here.
 */
export function iodFields(
  struct: StructFields,
  pointerBytes: number,
): IodFields {
  const first = (...names: string[]) =>
    names.find((name) => name in struct.fields);
  let end = Math.ceil(struct.sizeBytes / 8) * 8;
  /** Offset of the first of these fields, or of room after the struct. */
  const at = (bytes: number, ...names: string[]) => {
    const name = first(...names);
    if (name !== undefined) return fieldOffset(struct, name);
    end += bytes;
    return end - bytes;
  };
  const total = first("total_len", "dma_len") ?? "total_len";
  return {
    command: fieldOffset(struct, "cmd"),
    flags: at(8, "flags", "use_sgl", "aborted"),
    descriptorCount: at(8, "nr_descriptors", "nr_allocations"),
    totalBytes: fieldOffset(struct, total),
    totalIsLong: struct.fields[total]?.sizeBytes === pointerBytes &&
      total === "total_len",
    lists: at(MAX_LIST_PAGES * 8, "descriptors", "list"),
    iovaAddress: at(8, "dma_state.addr", "first_dma"),
    iovaBytes: at(8, "dma_state.__size"),
    records: at(8, "dma_vecs", "sgt.sgl"),
    recordCount: at(8, "nr_dma_vecs", "sgt.nents"),
    metadata: at(8, "meta_dma"),
    sizeBytes: end,
  };
}
