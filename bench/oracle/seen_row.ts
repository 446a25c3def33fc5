/**
 * What a recorded device sees of a row: bios, requests and commands, in the form
 * of rows.
 */
import type { BlockLayer } from "../../sim/block/block_layer.ts";
import type { BlockEventData } from "../../sim/block/observe.ts";
import { REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../../sim/kernel/operation.ts";
import type { KernelContext } from "../../sim/kernel/context.ts";
import type { PathProfile } from "../../sim/kernel/profile.ts";
import type { OracleBio, OracleRequest } from "./oracle_row.ts";
import type { ReplayCommand } from "./replay.ts";

const SHOWN_SEGMENTS = 6;

/** What a device saw of one row. */
export interface SeenRow {
  /** Bios, in the order submitted. */
  readonly bios: OracleBio[];
  /** Requests, in the order issued. */
  readonly requests: OracleRequest[];
  /** NVMe commands, in the order issued. */
  readonly commands: ReplayCommand[];
  /** How many times a submitter found no tag. */
  tagWaits: number;
  /** Errno of the I/Os that failed, by their number in the row. */
  readonly errors: Map<number, number>;
}

export function nothingSeen(): SeenRow {
  return {
    bios: [],
    requests: [],
    commands: [],
    tagWaits: 0,
    errors: new Map(),
  };
}

export function forget(seen: SeenRow): void {
  seen.bios.length = 0;
  seen.requests.length = 0;
  seen.commands.length = 0;
  seen.tagWaits = 0;
  seen.errors.clear();
}

export interface LayerInMemory {
  readonly layer: BlockLayer;
  readonly context: KernelContext;
}

/** @returns Letters, sector, sectors, segments. */
export function seenRequest(
  request: number,
  { layer: { requests: { field } }, context: { memory, profile } }:
    LayerInMemory,
): SeenRow["requests"][number] {
  const { get16, get32, get64Lo, get64Hi } = memory;
  return [
    letters(get32(request + field.opf), profile),
    (get64Hi(request + field.sector) >>> 0) * 2 ** 32 +
    (get64Lo(request + field.sector) >>> 0),
    (get32(request + field.dataLen) >>> 0) / 512,
    get16(request + field.segments),
  ];
}

export function seenBio(
  data: BlockEventData,
  { layer: { bios: { field } }, context: { memory, codec } }: LayerInMemory,
): SeenRow["bios"][number] {
  const array = memory.getPointer(data.at + field.ioVec);
  const maxVecs = memory.get16(data.at + field.maxVecs);
  const first = Array.from(
    { length: Math.min(data.segments, SHOWN_SEGMENTS) },
    (_, index) => {
      const lo = codec.physLo(array, maxVecs, index);
      const hi = codec.physHi(array, maxVecs, index);
      const page = (hi >>> 0) * 2 ** 32 + ((lo & ~4095) >>> 0);
      // The zero page: nobody's buffer is at 0.
      return [
        page === 0 ? -1 : page,
        lo & 4095,
        codec.length(array, maxVecs, index),
      ] as const;
    },
  );
  return {
    sector: (data.sectorHi >>> 0) * 2 ** 32 + (data.sectorLo >>> 0),
    sizeBytes: data.sizeBytes,
    segments: data.segments,
    flags: data.opf,
    first,
  };
}

/** blk_fill_rwbs(): the letters of a request. */
function letters(opf: number, profile: PathProfile): string {
  const operation = opf & REQ_OP_MASK;
  const name = operation === REQ_OP.read
    ? "R"
    : operation === REQ_OP.discard
    ? "D"
    : operation === REQ_OP.writeZeroes
    ? profile.writeZeroesLetters
    : "W";
  return ((opf & REQ_FLAG.preflush) !== 0 ? "F" : "") + name +
    ((opf & REQ_FLAG.fua) !== 0 ? "F" : "") +
    ((opf & REQ_FLAG.sync) !== 0 ? "S" : "");
}
