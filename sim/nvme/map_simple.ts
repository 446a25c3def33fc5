/**
 * nvme_pci_setup_data_simple(): one host segment that two PRPs or one
 * descriptor can name needs neither the iterator nor a list
 * (drivers/nvme/host/pci.c).
 */
import { BLK_STS } from "../kernel/operation.ts";
import { CTRL_PAGE_BYTES } from "./command.ts";
import { IOD_FLAG } from "./iod_flags.ts";
import type { MapDataOptions } from "./map_data.ts";

// Constants of its own: bench/HOT_PATH.md.
const PAGE_BYTES = CTRL_PAGE_BYTES;
const OK = BLK_STS.ok;
const SINGLE_SEGMENT = IOD_FLAG.singleSegment;

/**
 * Makes the mapping of a single segment.
 *
 * @param isForced Whether a request can have no PRPs.
 * @returns Maps a request: a status, or -1 where it cannot be used.
 */
export function createMapSimple(
  options: MapDataOptions,
  isForced: (request: number) => boolean,
): (request: number) => number {
  const { memory, codec, bios, requests, recognition, iod } = options;
  const { sgl, choice, pieces, pointer } = options;
  const { get8, set8, get16, get32, getPointer, offsetMask } = memory;
  const { providerOf } = recognition;
  const { map: mapPiece, bus } = pieces;
  const { field: bioField } = bios;
  const { field, iodOffset } = requests;
  const flagsAt = iodOffset + iod.flags;
  const totalAt = iodOffset + iod.totalBytes;
  const setTotal = iod.totalIsLong ? memory.setLong : memory.set32;
  const takesLong = sgl !== null &&
    (choice.thresholdBytes !== 0 || choice.singleAlways);
  const flagsMatter = recognition.flagsMatter ?? false;
  const staysAtFirst = codec.pageOffsetMask === -1;

  const mapSimple = (request: number): number => {
    request &= offsetMask;
    const bio = getPointer(request + field.bio);
    const array = getPointer(bio + bioField.ioVec);
    const maxVecs = get16(bio + bioField.maxVecs);
    const idx = get32(bio + bioField.idx);
    const done = get32(bio + bioField.done);
    const vecLo = codec.physLo(array, maxVecs, idx);
    const vecHi = codec.physHi(array, maxVecs, idx);
    const lo = (vecLo + done) | 0;
    const hi = (lo >>> 0) < (vecLo >>> 0) ? (vecHi + 1) | 0 : vecHi;
    // req_bvec(): what of the vector the bio still has.
    const length = Math.min(
      codec.length(array, maxVecs, idx) - done,
      get32(bio + bioField.size),
    );
    const offset = lo & (PAGE_BYTES - 1);
    const isShort = offset + length <= 2 * PAGE_BYTES && !isForced(request);
    if (!isShort && !takesLong) return -1;
    const flag = flagsMatter ? codec.flag(array, maxVecs, idx) : 0;
    // Mainline's bv_page stays the first page of a vector, whatever is done.
    if (
      (staysAtFirst
        ? providerOf(vecLo, vecHi, flag, bio)
        : providerOf(lo, hi, flag, bio)) !== 0
    ) return -1;
    const status = mapPiece(lo, hi, length, 0);
    if (status !== OK) return status;
    set8(request + flagsAt, get8(request + flagsAt) | SINGLE_SEGMENT);
    setTotal(request + totalAt, length);
    if (!isShort && sgl !== null) {
      sgl.inline(bus.lo, bus.hi, length);
      return OK;
    }
    pointer.firstLo = bus.lo;
    pointer.firstHi = bus.hi;
    pointer.flags = 0;
    const first = PAGE_BYTES - offset;
    if (length > first) {
      const secondLo = (bus.lo + first) | 0;
      pointer.secondLo = secondLo;
      pointer.secondHi = (secondLo >>> 0) < (bus.lo >>> 0)
        ? (bus.hi + 1) | 0
        : bus.hi;
    } else {
      pointer.secondLo = 0;
      pointer.secondHi = 0;
    }
    return OK;
  };
  return mapSimple;
}
