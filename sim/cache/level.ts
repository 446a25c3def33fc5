/**
 * One cache of a hierarchy under Dinero IV's rules.
 *
 * The order of what a miss does is Dinero's: the line comes in and the victim
 * leaves, the whole line is read from below (not when a write covers it), a
 * write that is not kept goes below, the dirty victim goes below as a whole
 * line, the next line is prefetched, and then comes the rest of a reference
 * that crosses a line border. (Dinero IV, ref.c, keeps these on a stack; here
 * they are calls in that order.)
 *
 * Above an inclusive level two things differ, so that inclusion can hold at
 * every step: the victim goes below before the new line is read, and a line is
 * read even when a write covers it. The latter holds above an exclusive level
 * too, which has to give up its copy.
 */
import type { ResolvedLevel } from "./config.ts";
import { COUNTER, createCounters } from "./counts.ts";
import { LINE_FLAG, type LineSets } from "./line_sets.ts";
import { MissClassifier, PREFETCHED } from "./miss_classes.ts";
import { createLineSets } from "./policies.ts";
import { REFERENCE_KIND } from "./reference.ts";

// Constants of its own: bench/HOT_PATH.md.
const { read: READ, write: WRITE } = REFERENCE_KIND;
const { dirty: DIRTY, free: FREE } = LINE_FLAG;
const PLACE = COUNTER;
/** A write that covers its whole line, so that nothing has to be read. */
const COVERED_WRITE = WRITE | 4;

/** How a level is linked into its hierarchy. */
export interface CacheLevelLinks {
  /** The level below, or undefined above memory. */
  readonly next: CacheLevel | undefined;
  readonly seed: number;
  /** Whether misses are classified. */
  readonly missClasses: boolean;
}

/** One cache and the way down from it. */
export class CacheLevel {
  readonly config: ResolvedLevel;
  readonly sets: LineSets;
  /** Its counters, at the places of `COUNTER`. */
  counters: Float64Array = createCounters();
  readonly next: CacheLevel | undefined;
  /** The levels directly above. */
  readonly above: CacheLevel[] = [];
  /** Line size - 1. */
  readonly offsetMask: number;
  /** Whether writes stay here until their line leaves. */
  readonly keepsWrites: boolean;
  /** Whether a write that misses takes its line in. */
  readonly allocates: boolean;
  /** Whether `reference` must see every access, even the simplest hit. */
  readonly seesAll: boolean;
  readonly #classifier: MissClassifier | undefined;
  readonly #isInclusive: boolean;
  readonly #isAboveInclusive: boolean;
  readonly #isExclusive: boolean;
  readonly #alwaysFetches: boolean;
  readonly #prefetches: boolean;
  readonly #canBeDirty: boolean;

  constructor(config: ResolvedLevel, links: CacheLevelLinks) {
    this.config = config;
    this.next = links.next;
    this.sets = createLineSets(config, links.seed);
    this.offsetMask = config.lineBytes - 1;
    this.keepsWrites = config.write === "back";
    this.seesAll = links.missClasses;
    this.#classifier = links.missClasses
      ? new MissClassifier(config, this.counters)
      : undefined;
    this.allocates = config.allocate;
    this.#isInclusive = config.inclusion === "inclusive";
    this.#isExclusive = config.inclusion === "exclusive";
    this.#canBeDirty = this.keepsWrites && config.holds !== "instruction";
    this.#prefetches = config.prefetch === "nextLine";
    this.#isAboveInclusive = false;
    for (let below = links.next; below !== undefined; below = below.next) {
      if (below.#isInclusive) this.#isAboveInclusive = true;
    }
    this.#alwaysFetches = this.#isAboveInclusive ||
      (links.next !== undefined && links.next.#isExclusive);
    links.next?.above.push(this);
  }

  /**
   * Takes one reference of kind read, write or instruction, of any length.
   *
   * @param sizeBytes Its length, at least 1.
   */
  reference(lo: number, hi: number, sizeBytes: number, kind: number): void {
    let room = this.offsetMask + 1 - (lo & this.offsetMask);
    while (sizeBytes > room) {
      this.#count(PLACE.splits, 1);
      this.#piece(lo, hi, room, kind);
      sizeBytes -= room;
      lo = (lo + room) | 0;
      // The border is a multiple of the line, so a carry leaves zero.
      if (lo === 0) hi = (hi + 1) | 0;
      room = this.offsetMask + 1;
    }
    this.#piece(lo, hi, sizeBytes, kind);
  }

  /** Writes every dirty line below, as Dinero does at the end of a run. */
  copyBack(): void {
    const { tags } = this.sets;
    for (const slot of this.sets.inCopyBackOrder()) {
      const lo = tags[slot] as number;
      if ((lo & DIRTY) === 0) continue;
      tags[slot] = lo & ~DIRTY;
      this.#writeLineBelow(lo & ~DIRTY, tags[slot + 1] as number);
    }
  }

  /**
   * Counts in another array from now on.
   *
   * @param counters The array, which gets the counts up to now.
   */
  countIn(counters: Float64Array): void {
    counters.set(this.counters);
    this.counters = counters;
  }

  /**
   * Does what follows when a miss has taken its line in: counts it, lets out
   * the victim that is in `sets.victimLo` and `Hi`, and fetches the line.
   *
   * @param slot Where the line is now.
   * @param sizeBytes Its length inside the line.
   * @param kind Its kind; a write only if the level allocates.
   */
  finishMiss(
    slot: number,
    lo: number,
    hi: number,
    sizeBytes: number,
    kind: number,
  ): void {
    this.#count(PLACE.misses + kind, 1);
    const lineLo = lo & ~this.offsetMask;
    if (kind !== WRITE) {
      this.#settle(slot, lineLo, hi, kind);
      if (this.#prefetches) this.#prefetchAfter(lineLo, hi, kind);
      return;
    }
    const isCovered = sizeBytes === this.offsetMask + 1;
    this.#settle(slot, lineLo, hi, isCovered ? COVERED_WRITE : WRITE);
    // A level that passes writes on has no dirty victim, so that the write
    // may follow the whole fill.
    if (!this.keepsWrites) this.#writeBelow(lo, hi, sizeBytes);
  }

  /** The part of a reference that is in one line. */
  #piece(lo: number, hi: number, sizeBytes: number, kind: number): void {
    const lineLo = lo & ~this.offsetMask;
    const { counters, sets } = this;
    counters[kind] = (counters[kind] as number) + 1; // PLACE.accesses is 0
    const allocates = kind !== WRITE || this.allocates;
    const slot = allocates ? sets.admit(lineLo, hi) : sets.touch(lineLo, hi);
    this.#classifier?.follow(lineLo, hi, {
      kind,
      missed: slot < 0,
      allocates,
    });
    if (slot < 0) {
      if (allocates) this.finishMiss(~slot, lo, hi, sizeBytes, kind);
      else {
        this.#count(PLACE.misses + WRITE, 1);
        this.#writeBelow(lo, hi, sizeBytes);
      }
    } else if (kind === WRITE) {
      if (this.keepsWrites) this.#soil(slot);
      else this.#writeBelow(lo, hi, sizeBytes);
    }
  }

  /** Lets the victim of a new line out and reads the line from below. */
  #settle(slot: number, lineLo: number, lineHi: number, kind: number): void {
    const isWrite = (kind & WRITE) !== 0;
    if (isWrite && this.keepsWrites) this.#soil(slot);
    const victimHi = this.sets.victimHi;
    let victimLo = this.sets.victimLo;
    const hasVictim = (victimLo & FREE) === 0;
    if (hasVictim && this.#isInclusive) {
      victimLo |= this.#invalidateAbove(victimLo & ~DIRTY, victimHi);
    }
    if (hasVictim && this.#isAboveInclusive) this.#letOut(victimLo, victimHi);
    if (kind !== COVERED_WRITE || this.#alwaysFetches) {
      this.#fetch(lineLo, lineHi, isWrite ? READ : kind);
    }
    if (hasVictim && !this.#isAboveInclusive) this.#letOut(victimLo, victimHi);
  }

  /** Reads a line from below; exclusive levels hand it over, perhaps dirty. */
  #fetch(lineLo: number, lineHi: number, kind: number): void {
    const next = this.next;
    this.#count(PLACE.bytesFromNext, this.offsetMask + 1);
    if (next === undefined) return;
    if (!next.#isExclusive) {
      next.reference(lineLo, lineHi, this.offsetMask + 1, kind);
      return;
    }
    if (!next.#handOver(lineLo, lineHi, kind)) return;
    if (!this.#canBeDirty) {
      next.#writeLineBelow(lineLo, lineHi);
      return;
    }
    const slot = this.sets.find(lineLo, lineHi);
    if (slot >= 0) this.#soil(slot);
  }

  /** Sends a victim below: dirty ones always, clean ones to exclusive levels. */
  #letOut(victimLo: number, victimHi: number): void {
    const isDirty = (victimLo & DIRTY) !== 0;
    const next = this.next;
    if (next !== undefined && next.#isExclusive) {
      if (isDirty) this.#count(PLACE.writebacks, 1);
      this.#count(PLACE.bytesToNext, this.offsetMask + 1);
      next.#takeVictim(victimLo, victimHi);
    } else if (isDirty) {
      this.#writeLineBelow(victimLo & ~DIRTY, victimHi);
    }
  }

  /** Gives a line to the level above and keeps no copy; whether it is dirty. */
  #handOver(lineLo: number, lineHi: number, kind: number): boolean {
    const { sets } = this;
    this.#count(PLACE.accesses + kind, 1);
    const slot = sets.touch(lineLo, lineHi);
    if (slot < 0) {
      this.#count(PLACE.misses + kind, 1);
      return this.#passFetch(lineLo, lineHi, kind);
    }
    const found = sets.tags[slot] as number;
    sets.remove(slot);
    return (found & DIRTY) !== 0;
  }

  /** Reads a line from below on behalf of the level above. */
  #passFetch(lineLo: number, lineHi: number, kind: number): boolean {
    const next = this.next;
    if (next !== undefined && next.#isExclusive) {
      this.#count(PLACE.bytesFromNext, this.offsetMask + 1);
      return next.#handOver(lineLo, lineHi, kind);
    }
    this.#fetch(lineLo, lineHi, kind);
    return false;
  }

  /** Takes in what the level above let go of. */
  #takeVictim(victimLo: number, victimHi: number): void {
    const lineLo = victimLo & ~DIRTY;
    const isHeldAbove = this.above.some((upper) =>
      upper.sets.find(lineLo, victimHi) >= 0
    );
    if (isHeldAbove) {
      // The other first level still holds it: here it may not be.
      if (lineLo !== victimLo) this.#writeLineBelow(lineLo, victimHi);
      return;
    }
    this.#count(PLACE.victimFills, 1);
    const { sets } = this;
    const slot = sets.insert(lineLo, victimHi);
    sets.tags[slot] = victimLo;
    if ((sets.victimLo & FREE) === 0) {
      this.#letOut(sets.victimLo, sets.victimHi);
    }
  }

  /** Makes all levels above forget a line of this one; `DIRTY` or 0. */
  #invalidateAbove(lo: number, hi: number): number {
    let dirty = 0;
    for (const upper of this.above) {
      dirty |= upper.#invalidate(lo, hi, this.offsetMask + 1);
    }
    return dirty;
  }

  /** Forgets all lines inside an aligned range, here and above. */
  #invalidate(lo: number, hi: number, sizeBytes: number): number {
    const { sets } = this;
    let dirty = 0;
    for (let offset = 0; offset < sizeBytes; offset += this.offsetMask + 1) {
      const slot = sets.find((lo + offset) | 0, hi);
      if (slot < 0) continue;
      const flag = (sets.tags[slot] as number) & DIRTY;
      dirty |= flag;
      sets.remove(slot);
      this.#count(PLACE.invalidations, 1);
      if (flag !== 0) this.#count(PLACE.dirtyInvalidations, 1);
    }
    for (const upper of this.above) {
      dirty |= upper.#invalidate(lo, hi, sizeBytes);
    }
    return dirty;
  }

  /** Dinero's miss prefetch with a distance of one line. */
  #prefetchAfter(lineLo: number, lineHi: number, kind: number): void {
    const lo = (lineLo + this.offsetMask + 1) | 0;
    const hi = lo === 0 ? (lineHi + 1) | 0 : lineHi;
    this.#count(PLACE.prefetches, 1);
    const slot = this.sets.admit(lo, hi);
    const missed = slot < 0;
    const access = { kind: PREFETCHED, missed, allocates: true };
    this.#classifier?.follow(lo, hi, access);
    if (!missed) return;
    this.#count(PLACE.prefetchMisses, 1);
    this.#settle(~slot, lo, hi, kind);
  }

  /** Writes a whole dirty line back. */
  #writeLineBelow(lineLo: number, lineHi: number): void {
    this.#count(PLACE.writebacks, 1);
    this.#writeBelow(lineLo, lineHi, this.offsetMask + 1);
  }

  #writeBelow(lo: number, hi: number, sizeBytes: number): void {
    this.#count(PLACE.bytesToNext, sizeBytes);
    const next = this.next;
    if (next === undefined) return;
    // An exclusive level holds nothing that is above it: the write passes.
    if (next.#isExclusive) next.#writeBelow(lo, hi, sizeBytes);
    else next.reference(lo, hi, sizeBytes, WRITE);
  }

  #soil(slot: number): void {
    const { tags } = this.sets;
    tags[slot] = (tags[slot] as number) | DIRTY;
  }

  #count(place: number, amount: number): void {
    this.counters[place] = (this.counters[place] as number) + amount;
  }
}
