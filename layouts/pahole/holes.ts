/** The holes that pahole finds in a struct, in bytes and in bits. */
import type { RecordMember, RecordType } from "./type.ts";

/** The room after a member. */
export interface Hole {
  /** Unused whole bytes. */
  readonly bytes: number;
  /** Unused bits of a bit-field's unit. */
  readonly bits: number;
}

/** All unused room of a struct. */
export interface Holes {
  /** In front of the first member. */
  readonly before: Hole;
  /** After each member up to the next, in order; none after the last. */
  readonly behind: ReadonlyMap<RecordMember, Hole>;
  readonly byteHoles: number;
  readonly bitHoles: number;
  /** Unused bytes at the end. */
  readonly paddingBytes: number;
  /** Unused bits after the last bit-field. */
  readonly paddingBits: number;
}

const NO_HOLE: Hole = { bytes: 0, bits: 0 };

/** The run of bit-fields that is open: where its unit ends, and its size. */
interface BitRun {
  readonly endBit: number;
  readonly sizeBits: number;
}

/**
 * Finds the holes of a struct.
 *
 * @returns The holes. Counts have the widths that pahole keeps them in: 8 bits
 * for bits and for the number of holes, 16 for bytes.
 */
export function findHoles(record: RecordType): Holes {
  const behind = new Map<RecordMember, Hole>();
  let before = NO_HOLE;
  let last: RecordMember | undefined;
  let byteHoles = 0;
  let bitHoles = 0;
  let run: BitRun = { endBit: record.sizeBytes * 8, sizeBits: 0 };
  let inBits = false;
  let seen = 0; // first bit behind what was seen
  for (const member of record.members) {
    let bits = 0;
    let bytes = 0;
    if (inBits) {
      const unitEnd = Math.min(member.startBit, run.endBit);
      bits = unitEnd - seen;
      seen = unitEnd;
    }
    if (member.bitSize > 0) {
      const unitStart = member.offsetBytes * 8;
      if (seen < unitStart && unitStart <= member.startBit) {
        bytes = member.offsetBytes - Math.floor(seen / 8);
        seen = unitStart;
      }
      bits += member.startBit - seen;
      seen = member.startBit + member.bitSize;
      run = widened(run, member);
      inBits = true;
    } else {
      bytes = Math.floor(member.startBit / 8) - Math.floor(seen / 8);
      seen = member.startBit + member.sizeBytes * 8;
      run = { endBit: seen, sizeBits: 0 };
      inBits = false;
    }
    const hole = { bytes: bytes & 0xffff, bits: bits & 0xff };
    if (last === undefined) before = hole;
    else behind.set(last, hole);
    if (bits !== 0) bitHoles++;
    if (bytes !== 0) byteHoles++;
    last = member;
  }
  let paddingBits = 0;
  if (inBits) {
    const unitEnd = Math.min(record.sizeBytes * 8, run.endBit);
    paddingBits = (unitEnd - seen) & 0xff;
    seen = unitEnd;
  }
  return {
    before,
    behind,
    byteHoles: byteHoles & 0xff,
    bitHoles: bitHoles & 0xff,
    paddingBytes: (record.sizeBytes - Math.floor(seen / 8)) & 0xffff,
    paddingBits,
  };
}

/** The unit ends later where a bit-field is of a larger type or beyond it. */
function widened(run: BitRun, member: RecordMember): BitRun {
  const sizeBits = member.sizeBytes * 8;
  const end = member.startBit + member.bitSize;
  if (end <= run.endBit && sizeBits <= run.sizeBits) return run;
  const unitEnd = member.offsetBytes * 8 + sizeBits;
  // One that crosses its unit has the offset of the unit before.
  return { endBit: end > unitEnd ? unitEnd + sizeBits : unitEnd, sizeBits };
}

/**
 * Returns the room after a member.
 *
 * @param holes The holes of its struct.
 * @returns The room, zeros for the last member.
 */
export function holeBehind(holes: Holes, member: RecordMember): Hole {
  return holes.behind.get(member) ?? NO_HOLE;
}
