/**
 * The sums of a footprint, and how the lines that a group touched are added to
 * them once the group has ended.
 */
import {
  type LineSlots,
  MASK_BYTES,
  SLOT,
  TOUCH,
  TOUCHERS,
} from "./line_slots.ts";
import type { RegionIndex } from "../memory/region_index.ts";

/** Places of the sums of a structure in a stage, behind each other. */
export const SUM = {
  reads: 0,
  writes: 1,
  straddles: 2,
  bytes: 3,
  lines: 4,
} as const;

/** How many there are. */
export const SUMS = 5;

// Constants of its own: bench/HOT_PATH.md.
const { bytes: BYTES, lines: LINES } = SUM;
const ZEROED = 1 << TOUCH.zeroing;
const ALLOCATED = 1 << TOUCH.allocator;

/** What is summed. */
export interface SumsOptions {
  /** Whose byte an offset is. */
  readonly index: RegionIndex;
  /** Structures; the last two are zeroing and the slab allocator. */
  readonly structures: number;
  /** Stages. */
  readonly stages: number;
  /** Size of a line in bytes, a power of two. */
  readonly lineBytes: number;
}

/** The bytes of a line that belong to one structure, as masks of its parts. */
interface Owner {
  readonly structure: number;
  readonly masks: readonly number[];
}

/** Sums by structure and stage. */
export class TouchedSums {
  /**
   * By structure x stage, `SUMS` each. Distinct bytes and lines also in a last
   * column, of any stage, and in a last row: what is to be added to those of
   * all structures, because a line that several share counts once in all.
   */
  readonly values: Float64Array;
  /** Sums of a row: all stages, and any stage. */
  readonly rowSums: number;
  readonly #options: SumsOptions;
  /** By line: who owns it, where several structures do. */
  readonly #owners = new Map<number, readonly Owner[]>();
  readonly #whole: readonly number[];

  /**
   * Starts with nothing.
   *
   * @param options What is summed.
   */
  constructor(options: SumsOptions) {
    this.#options = options;
    this.rowSums = (options.stages + 1) * SUMS;
    this.values = new Float64Array((options.structures + 1) * this.rowSums);
    const parts = Math.ceil(options.lineBytes / MASK_BYTES);
    this.#whole = Array.from({ length: parts }, () => -1);
  }

  /**
   * Adds the lines of a group.
   *
   * @param slots The lines.
   */
  addLines(slots: LineSlots): void {
    const { words, slotWords, touchWords, count } = slots;
    const { structures } = this.#options;
    const whole = this.#whole;
    for (let slot = 0; slot < count; slot++) {
      const at = slot * slotWords;
      const line = words[at + SLOT.line] as number;
      const others = words[at + SLOT.others] as number;
      const own = at + SLOT.masks + TOUCH.own * touchWords;
      const structure = words[at + SLOT.structure] as number;
      if (structure >= 0 && others === 0) {
        // Most lines: what is the structure's is all there is.
        this.#add(words, own, whole, structure, 1);
        continue;
      }
      if (structure >= 0 && (others === ZEROED || others === ALLOCATED)) {
        const other = others === ZEROED ? TOUCH.zeroing : TOUCH.allocator;
        const masks = at + SLOT.masks + other * touchWords;
        this.#add(words, own, whole, structure, 1);
        this.#add(words, masks, whole, structures - TOUCHERS + other, 1);
        this.#takeOverlap(words, own, masks);
        continue;
      }
      for (const owner of this.#ownersOf(line)) {
        this.#addShared(words, own, owner.masks, owner.structure);
      }
      if (others !== 0) {
        const zeroing = at + SLOT.masks + TOUCH.zeroing * touchWords;
        const allocator = at + SLOT.masks + TOUCH.allocator * touchWords;
        this.#addShared(words, zeroing, whole, structures - 2);
        this.#addShared(words, allocator, whole, structures - 1);
        // What any of them touched, once.
        for (let i = 0; i < touchWords; i++) {
          words[own + i] = (words[own + i] as number) |
            (words[zeroing + i] as number) | (words[allocator + i] as number);
        }
      }
      this.#add(words, own, whole, structures, 1);
    }
  }

  /** Adds what is a structure's, and takes it out of the sum of all. */
  #addShared(
    words: Int32Array,
    at: number,
    owned: readonly number[],
    structure: number,
  ): void {
    this.#add(words, at, owned, structure, 1);
    this.#add(words, at, owned, this.#options.structures, -1);
  }

  /** Takes what two have both touched of a line out of the sum of all. */
  #takeOverlap(words: Int32Array, one: number, other: number): void {
    const { values } = this;
    const { stages, structures } = this.#options;
    const parts = this.#whole.length;
    const first = Math.imul(structures, this.rowSums);
    const any = (first + Math.imul(stages, SUMS)) | 0;
    let ofOne = 0;
    let ofOther = 0;
    for (let part = 0; part < parts; part++) {
      let anyOne = 0;
      let anyOther = 0;
      for (let stage = 0; stage < stages; stage++) {
        const place = (Math.imul(part, stages) + stage) | 0;
        const mask = words[one + place] as number;
        const otherMask = words[other + place] as number;
        if (mask !== 0) ofOne |= 1 << stage;
        if (otherMask !== 0) ofOther |= 1 << stage;
        anyOne |= mask;
        anyOther |= otherMask;
        if ((mask & otherMask) === 0) continue;
        const own = (first + stage * SUMS + BYTES) | 0;
        values[own] = (values[own] as number) - bitsOf(mask & otherMask);
      }
      values[any + BYTES] = (values[any + BYTES] as number) -
        bitsOf(anyOne & anyOther);
    }
    for (let stage = 0; stage < stages; stage++) {
      if ((ofOne & ofOther & 1 << stage) === 0) continue;
      const own = (first + stage * SUMS + LINES) | 0;
      values[own] = (values[own] as number) - 1;
    }
    if (ofOne === 0 || ofOther === 0) return;
    values[any + LINES] = (values[any + LINES] as number) - 1;
  }

  /** Who owns which bytes of a line. */
  #ownersOf(line: number): readonly Owner[] {
    let owners = this.#owners.get(line);
    if (owners === undefined) {
      owners = this.#findOwners(line);
      this.#owners.set(line, owners);
    }
    return owners;
  }

  #findOwners(line: number): Owner[] {
    const { index, lineBytes } = this.#options;
    const owners = new Map<number, number[]>();
    for (let byte = 0; byte < lineBytes; byte++) {
      const structure = index.structureAt(line * lineBytes + byte);
      const masks = owners.get(structure) ?? this.#whole.map(() => 0);
      const part = Math.floor(byte / MASK_BYTES);
      masks[part] = (masks[part] ?? 0) | 1 << byte % MASK_BYTES;
      owners.set(structure, masks);
    }
    return [...owners].map(([structure, masks]) => ({ structure, masks }));
  }

  /**
   * Adds the bytes of a line whose masks begin at `at`, as far as they are
   * `owned`, and the line to a row, so many times; positional, as it is called
   * per line.
   */
  #add(
    words: Int32Array,
    at: number,
    owned: readonly number[],
    row: number,
    times: number,
  ): void {
    const { values } = this;
    const { stages } = this.#options;
    const first = Math.imul(row, this.rowSums);
    let touched = 0;
    let bytes = 0;
    for (let part = 0; part < owned.length; part++) {
      const mask = owned[part] as number;
      const masks = (at + Math.imul(part, stages)) | 0;
      let anyStage = 0;
      for (let stage = 0; stage < stages; stage++) {
        const found = (words[masks + stage] as number) & mask;
        if (found === 0) continue;
        anyStage |= found;
        const own = (first + stage * SUMS) | 0;
        const more = Math.imul(times, bitsOf(found));
        values[own + BYTES] = (values[own + BYTES] as number) + more;
        if ((touched >>> stage & 1) !== 0) continue;
        touched |= 1 << stage;
        values[own + LINES] = (values[own + LINES] as number) + times;
      }
      bytes += bitsOf(anyStage);
    }
    if (touched === 0) return;
    const any = (first + Math.imul(stages, SUMS)) | 0;
    values[any + BYTES] = (values[any + BYTES] as number) + times * bytes;
    values[any + LINES] = (values[any + LINES] as number) + times;
  }
}

/** How many bits are set (Hacker's Delight, 5-1). */
function bitsOf(mask: number): number {
  let bits = mask - (mask >>> 1 & 0x55555555) | 0;
  bits = (bits & 0x33333333) + (bits >>> 2 & 0x33333333) | 0;
  bits = bits + (bits >>> 4) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}
