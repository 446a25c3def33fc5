/**
 * The hot part of a footprint: takes accesses, and marks the bytes that they
 * touch. Distinct bytes and lines are counted once the group has ended.
 */
import {
  type AccessBatch,
  ALLOCATOR_FLAG,
  STAGE_MASK,
} from "./access_batch.ts";
import { SUM, SUMS, type SumsOptions, TouchedSums } from "./touched_sums.ts";
import { LineSlots, MASK_BYTES, SLOT, TOUCH, TOUCHERS } from "./line_slots.ts";

/** Takes accesses. */
export interface FootprintCounter {
  /** What was counted, of groups that have ended. */
  readonly sums: TouchedSums;
  /** Takes the accesses of a batch, all of the present group. */
  readonly take: (batch: AccessBatch) => void;
  /** Ends the group. */
  readonly endGroup: () => void;
}

/**
 * Makes a counter.
 *
 * Time is constant per access. Memory is 4 bytes per line of the regions and
 * some 200 per line that a group touches.
 *
 * @param options What accesses are counted by.
 * @returns The counter, with nothing touched.
 */
export function createFootprintCounter(options: SumsOptions): FootprintCounter {
  // Constants of its own: bench/HOT_PATH.md.
  const { index, lineBytes, structures, stages: stageCount } = options;
  const shift = Math.log2(lineBytes) | 0;
  const offsetMask = lineBytes - 1;
  const sums = new TouchedSums(options);
  const { values, rowSums } = sums;
  const { straddles: STRADDLES } = SUM;
  const stageMask = STAGE_MASK;
  const allocatorFlag = ALLOCATOR_FLAG;
  const { allocator: BY_ALLOCATOR } = TOUCH;
  const { others: OTHERS, masks: MASKS } = SLOT;
  const slots = new LineSlots({
    parts: Math.ceil(lineBytes / MASK_BYTES),
    lines: (index.endBytes >>> shift) + 2,
    stages: stageCount,
    structureOf: (line) => lineBytes === 64 ? index.structureOfLine(line) : -1,
  });
  const { touchWords } = slots;

  /** Touches bytes of the line of a slot; positional: called per access. */
  const touch = (
    slot: number,
    at: number,
    sizeBytes: number,
    who: number,
    stage: number,
  ): void => {
    const { words } = slots;
    const own = (slot + MASKS + Math.imul(who, touchWords) + stage) | 0;
    const inLine = at & offsetMask;
    const first = inLine & 31;
    if (who !== 0) {
      words[slot + OTHERS] = (words[slot + OTHERS] as number) | 1 << who;
    }
    if (first + sizeBytes <= 32 && sizeBytes < 32) {
      const part = (own + Math.imul(inLine >>> 5, stageCount)) | 0;
      words[part] = (words[part] as number) | ((1 << sizeBytes) - 1) << first;
      return;
    }
    // Reaches into the next parts.
    for (let byte = inLine; byte < inLine + sizeBytes; byte++) {
      const next = (own + Math.imul(byte >>> 5, stageCount)) | 0;
      words[next] = (words[next] as number) | 1 << (byte & 31);
    }
  };

  const take = (batch: AccessBatch): void => {
    const { length, addressLo, sizeAndKind, stage: stages } = batch;
    for (let i = 0; i < length; i++) {
      const at = addressLo[i] as number;
      const word = sizeAndKind[i] as number;
      const found = stages[i] as number;
      const sizeBytes = word >>> 2;
      const stage = found & stageMask;
      const line = at >>> shift;
      const slot = slots.of(line);
      // The link in a free object is the allocator's, and so is its zeroing;
      // the same bytes still count for their own structure when that uses them.
      const who = found >= allocatorFlag ? BY_ALLOCATOR : found >>> 6;
      const structure = who === 0
        ? index.structureAt(at)
        : structures - TOUCHERS + who;
      const one = (Math.imul(structure, rowSums) + stage * SUMS) | 0;
      // Reads and writes are beside each other.
      const kind = (one + (word & 1)) | 0;
      values[kind] = (values[kind] as number) + 1;
      const last = (at + sizeBytes - 1) >>> shift;
      if (line === last) {
        touch(slot, at, sizeBytes, who, stage);
        continue;
      }
      values[one + STRADDLES] = (values[one + STRADDLES] as number) + 1;
      const border = last << shift;
      touch(slot, at, border - at, who, stage);
      touch(slots.of(last), border, at + sizeBytes - border, who, stage);
    }
  };

  const endGroup = (): void => {
    sums.addLines(slots);
    slots.clear();
  };
  return { sums, take, endGroup };
}
