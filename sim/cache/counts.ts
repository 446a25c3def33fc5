/**
 * What the model counts, with one written definition for each figure.
 *
 * Laws that hold in every run (`tests/sim/cache/conservation_test.ts`):
 * hits + misses = accesses by definition, misses never exceed accesses, the
 * miss classes of a kind add up to its misses, and the write accesses of a
 * level below a write-back level are its write-backs plus its passed writes.
 */

/** The trace as it was read, before anything is split. */
export interface ReferenceCounts {
  /** Reads; a modify is a read and a write in dinero mode, a read in cachegrind mode. */
  readonly reads: number;
  /** Writes. */
  readonly writes: number;
  /** Instruction fetches. */
  readonly instructions: number;
  /** References of a kind that no first level holds, counted and left out. */
  readonly ignored: number;
}

/** The misses of one kind of access by cause (Hill, 1987). */
export interface MissClassCounts {
  /** First touch of the line. */
  readonly compulsory: number;
  /** A fully associative cache of the same size misses too. */
  readonly capacity: number;
  /** Only the placement in sets is to blame. */
  readonly conflict: number;
}

/** What one level saw. Sizes in bytes, the rest in lines or accesses. */
export interface LevelCounts {
  /** Name of the level. */
  readonly name: string;
  /** Reads that reached the level, counted per line touched. */
  readonly readAccesses: number;
  /** Reads whose line was not there. */
  readonly readMisses: number;
  /** Writes that reached the level: stores, passed writes, write-backs. */
  readonly writeAccesses: number;
  /** Writes whose line was not there. */
  readonly writeMisses: number;
  /** Instruction fetches that reached the level. */
  readonly instructionAccesses: number;
  /** Instruction fetches whose line was not there. */
  readonly instructionMisses: number;
  /** Dirty lines written to the next level, by eviction or copy-back. */
  readonly writebacks: number;
  /** References cut at a line border of this level. */
  readonly splits: number;
  /** Bytes read from the next level. */
  readonly bytesFromNext: number;
  /** Bytes written to the next level. */
  readonly bytesToNext: number;
  /** Next-line prefetches issued; not in the accesses above. */
  readonly prefetches: number;
  /** Prefetches whose line was not there. */
  readonly prefetchMisses: number;
  /** Lines that left because an inclusive level below gave up its copy. */
  readonly invalidations: number;
  /** Of those, dirty ones: their data joined the line below. */
  readonly dirtyInvalidations: number;
  /** Lines, clean or dirty, that the level above left to this exclusive one. */
  readonly victimFills: number;
  /** Read, write and instruction misses by cause, if asked for. */
  readonly missClasses: {
    readonly read: MissClassCounts;
    readonly write: MissClassCounts;
    readonly instruction: MissClassCounts;
  } | null;
}

/** Counts of a whole hierarchy. */
export interface HierarchyCounts {
  /** The trace. */
  readonly references: ReferenceCounts;
  /** The levels, in the order of the configuration. */
  readonly levels: readonly LevelCounts[];
}

/** Places in the counter array of a level; accesses and misses by kind. */
export const COUNTER = {
  accesses: 0,
  misses: 3,
  compulsory: 6,
  capacity: 9,
  conflict: 12,
  writebacks: 15,
  splits: 16,
  bytesFromNext: 17,
  bytesToNext: 18,
  prefetches: 19,
  prefetchMisses: 20,
  invalidations: 21,
  dirtyInvalidations: 22,
  victimFills: 23,
  length: 24,
} as const;

/** Makes the counter array of a level: doubles, so that no count overflows. */
export function createCounters(): Float64Array {
  return new Float64Array(COUNTER.length);
}

/**
 * Gives the counters of a level their names.
 *
 * @param classified Whether misses were classified.
 * @returns A copy that later references do not change.
 */
export function nameCounters(
  name: string,
  counters: Float64Array,
  classified: boolean,
): LevelCounts {
  const count = (place: number) => counters[place] ?? 0;
  const classes = (kind: number): MissClassCounts => ({
    compulsory: count(COUNTER.compulsory + kind),
    capacity: count(COUNTER.capacity + kind),
    conflict: count(COUNTER.conflict + kind),
  });
  return {
    name,
    readAccesses: count(COUNTER.accesses),
    readMisses: count(COUNTER.misses),
    writeAccesses: count(COUNTER.accesses + 1),
    writeMisses: count(COUNTER.misses + 1),
    instructionAccesses: count(COUNTER.accesses + 2),
    instructionMisses: count(COUNTER.misses + 2),
    writebacks: count(COUNTER.writebacks),
    splits: count(COUNTER.splits),
    bytesFromNext: count(COUNTER.bytesFromNext),
    bytesToNext: count(COUNTER.bytesToNext),
    prefetches: count(COUNTER.prefetches),
    prefetchMisses: count(COUNTER.prefetchMisses),
    invalidations: count(COUNTER.invalidations),
    dirtyInvalidations: count(COUNTER.dirtyInvalidations),
    victimFills: count(COUNTER.victimFills),
    missClasses: classified
      ? { read: classes(0), write: classes(1), instruction: classes(2) }
      : null,
  };
}
