/**
 * Unmapping of what was mapped piece by piece, from the records of it
 * (nvme_free_prps) or from the SGL that the device was given (nvme_free_sgls).
 */
import type { RequestContext } from "../block/block_context.ts";
import type { PieceMapping } from "../dma/piece_mapping.ts";
import { SQE } from "./command.ts";
import type { IodFields } from "./iod.ts";
import { dataDirection } from "./request_dma.ts";
import { SGL_DESCRIPTOR_BYTES } from "./sgl.ts";
import type { UnmapRecordPool } from "./unmap_record.ts";

// Constants of its own: bench/HOT_PATH.md.
const PRP1_AT = SQE.prp1;
const DESCRIPTOR_BYTES = SGL_DESCRIPTOR_BYTES;

export interface UnmapPiecesOptions
  extends Pick<RequestContext, "memory" | "requests" | "recognition"> {
  /** Where the fields of struct nvme_iod are. */
  readonly iod: IodFields;
  /** How one piece is mapped. */
  readonly pieces: PieceMapping;
  /** Records for unmapping pieces; null where nothing is unmapped by piece. */
  readonly records: UnmapRecordPool | null;
}

/** Unmaps a request's pieces; this many descriptors of an SGL were written. */
export type UnmapPieces = (request: number, descriptors: number) => void;

export function createUnmapPieces(
  options: UnmapPiecesOptions,
): UnmapPieces {
  const { memory, requests, recognition, iod, pieces, records } = options;
  const { get8, get16, get32, getPointer, setPointer } = memory;
  const { getLe32, getLe64Lo, getLe64Hi } = memory;
  const { asksEverySegment } = recognition;
  const { unmap: unmapPiece } = pieces;
  const { field, iodOffset } = requests;
  const totalAt = iodOffset + iod.totalBytes;
  const recordsAt = iodOffset + iod.records;
  const recordCountAt = iodOffset + iod.recordCount;
  const commandAt = iodOffset + iod.command;
  const listsAt = iodOffset + iod.lists;
  const listCountAt = iodOffset + iod.descriptorCount;
  const getTotal = iod.totalIsLong ? memory.getLong : get32;

  /** nvme_free_prps(): the pieces from their records. */
  const unmapRecords = (request: number): void => {
    const array = getPointer(request + recordsAt);
    if (records === null || array === 0) return;
    const direction = dataDirection(get32(request + field.opf));
    const count = get16(request + recordCountAt);
    for (let i = 0; i < count; i++) {
      records.read(array, i);
      unmapPiece(
        records.addressLo,
        records.addressHi,
        records.lengthBytes,
        direction,
      );
    }
    records.give(array);
    setPointer(request + recordsAt, 0);
  };

  /** nvme_free_sgls(): the pieces from the list, or from the command. */
  const unmapDescriptors = (request: number, count: number): void => {
    const direction = dataDirection(get32(request + field.opf));
    const hasList = get8(request + listCountAt) !== 0;
    if (!hasList) {
      unmapPiece(
        getLe64Lo(request + commandAt + PRP1_AT),
        getLe64Hi(request + commandAt + PRP1_AT),
        getTotal(request + totalAt),
        direction,
      );
      return;
    }
    const list = getPointer(request + listsAt);
    for (let i = 0; i < count; i++) {
      const at = list + i * DESCRIPTOR_BYTES;
      unmapPiece(getLe64Lo(at), getLe64Hi(at), getLe32(at + 8), direction);
    }
  };

  return (request, descriptors) => {
    if (descriptors > 0 && !asksEverySegment) {
      unmapDescriptors(request, descriptors);
    } else unmapRecords(request);
  };
}
