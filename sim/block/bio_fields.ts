/** Where struct bio of a kernel has the fields that the path works with. */
import type { Abi } from "../../layouts/abi.ts";
import { fieldOffset, type StructFields } from "../kernel/path_structs.ts";
import { bioProviderOffset } from "../recognition/recognise_bio.ts";

/** Fields of struct bio that the stages read or write. */
export type BioField =
  | "next"
  | "opf"
  | "flags"
  | "ioprio"
  | "status"
  | "gapBit"
  | "remaining"
  | "ioVec"
  | "sector"
  | "size"
  | "idx"
  | "done"
  | "endIo"
  | "private"
  | "vcnt"
  | "maxVecs";

/** Fields that a bio is made, cloned and given back with beside those. */
export type BioInitField =
  | "bdev"
  | "cookie"
  | "count"
  | "pool"
  | "hint"
  | "stream"
  | "blkg"
  | "issueTime"
  | "iocost"
  | "integrity"
  | "provider";

/** Offsets in a bio, in bytes from its start. */
export interface BioFields {
  /** Those that the stages use. */
  readonly field: Readonly<Record<BioField, number>>;
  /** The others; -1 where the kernel has no such field. */
  readonly init: Readonly<Record<BioInitField, number>>;
  /** Whether there is a bi_bvec_gap_bit. */
  readonly hasGapBit: boolean;
  /** sizeof(struct bio), with the provider after it where a bio knows it. */
  readonly sizeBytes: number;
}

/**
 * Finds the fields.
 *
 * @param keepsProvider Whether a bio knows its provider, a pointer after it.
 * @throws {RangeError} If it has not what every kernel's has.
 */
export function bioFields(
  bio: StructFields,
  abi: Abi,
  keepsProvider: boolean,
): BioFields {
  const at = (name: string) => fieldOffset(bio, name);
  /** The first of these that the kernel has; -1 where it has none. */
  const find = (...names: string[]) =>
    names.flatMap((name) => bio.fields[name]?.offsetBytes ?? [])[0] ?? -1;
  const gapBit = find("bi_bvec_gap_bit");
  const provider = keepsProvider ? bioProviderOffset(bio, abi) : -1;
  return {
    field: {
      next: at("bi_next"),
      opf: at("bi_opf"),
      flags: at("bi_flags"),
      ioprio: at("bi_ioprio"),
      status: at("bi_status"),
      // Before 6.19 there is a hole after the status instead.
      gapBit: gapBit < 0 ? at("bi_status") + 1 : gapBit,
      remaining: at("__bi_remaining"),
      ioVec: at("bi_io_vec"),
      sector: at("bi_iter.bi_sector"),
      size: at("bi_iter.bi_size"),
      idx: at("bi_iter.bi_idx"),
      done: at("bi_iter.bi_bvec_done"),
      endIo: at("bi_end_io"),
      private: at("bi_private"),
      vcnt: at("bi_vcnt"),
      maxVecs: at("bi_max_vecs"),
    },
    init: {
      bdev: at("bi_bdev"),
      cookie: at("bi_cookie"),
      count: at("__bi_cnt"),
      pool: at("bi_pool"),
      hint: find("bi_write_hint"),
      stream: find("bi_write_stream"),
      blkg: find("bi_blkg"),
      issueTime: find("issue_time_ns", "bi_issue"),
      iocost: find("bi_iocost_cost"),
      integrity: find("bi_integrity"),
      provider,
    },
    hasGapBit: gapBit >= 0,
    sizeBytes: provider < 0 ? bio.sizeBytes : provider + abi.pointerBytes,
  };
}
