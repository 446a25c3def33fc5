/**
 * The memory of the loop over first levels of LRU (`lru_run.as`): where the
 * descriptions of the levels, their counters, their lines and the batches of
 * references are in it.
 */
import { moduleMemory } from "../memory/wasm_module.ts";
import { COUNTER } from "./counts.ts";
import type { CacheLevel } from "./level.ts";
import { LINE_FLAG } from "./line_sets.ts";
import { LruSets } from "./lru.ts";
import { batchBytes, batchIn, type ReferenceBatch } from "./reference.ts";
import { giveRoom, PARSER_BYTES, ROOM_BYTES } from "./text_room.ts";

/** Words of a level's description, in the order of `Level` in lru_levels.as. */
const LEVEL_WORDS = 12;
/** Bits of its word of rules, as in lru_levels.as. */
const RULE = { inclusive: 1, aboveInclusive: 2, exclusive: 4, canBeDirty: 8 };
/** Bytes of lines that are marked together as changed: BLOCK_SHIFT. */
const BLOCK_BYTES = 1 << 12;
/** Where fetched lines start after those of the data level: FETCH_SHIFT. */
export const FETCH_START_BYTES = 1 << 20;
/** Addresses in the loop are int32: lines and batch each take half at most. */
export const MOST_LINE_BYTES = 2 ** 30;
const MOST_CAPACITY = 2 ** 26;
/** A way without a line, both words. */
const FREE_LINE = BigInt(LINE_FLAG.free);

export const COLUMN_NAMES = ["addressLo", "addressHi", "sizeAndKind"] as const;

/** References that are copied at once: 48 KiB. */
export const COPIED_AT_ONCE = 4096;

export interface LruMemoryOptions {
  /** The levels of reads, writes and fetches, each once, reads first. */
  readonly first: readonly CacheLevel[];
  /** They and, where misses stay in the loop, all below. */
  readonly laid: readonly CacheLevel[];
  /** Whether misses stay in the loop. */
  readonly keepsMisses: boolean;
  /** References by kind. */
  readonly references: Float64Array;
  /**
   * References of the batch that need not be copied; 0, or more than 2^26:
   * none.
   */
  readonly capacity: number;
}

/** The memory, with the lines and counters of the levels in it. */
export interface LruMemory {
  readonly memory: WebAssembly.Memory;
  /** Where a level is described; 0 where it is none of the loop's. */
  readonly levelAt: (level: CacheLevel | undefined) => number;
  /** References by kind from now on. */
  readonly references: Float64Array;
  /** The batch that need not be copied, if one was asked for. */
  readonly batch: ReferenceBatch | undefined;
  /** The batch that others are copied into, 4096 references at once. */
  readonly staged: ReferenceBatch;
  /**
   * Empties the caches and counts from zero, in proportion to the lines that
   * were changed; false, and nothing happens, if not all levels are in it.
   */
  readonly reset: () => boolean;
}

/** Lays levels and batches out, and moves lines and counters there. */
export function createLruMemory(options: LruMemoryOptions): LruMemory {
  const { first, laid, keepsMisses } = options;
  const capacity = options.capacity > MOST_CAPACITY ? 0 : options.capacity;

  // A parser's, descriptions, counters, lines, which of them were changed,
  // columns, text.
  const levelsAt = PARSER_BYTES + 64;
  const countersAt = levelsAt + laid.length * LEVEL_WORDS * 4;
  const referencesAt = countersAt + laid.length * COUNTER.length * 8;
  const dataAt = align(referencesAt + options.references.byteLength);
  const { tagsAt, changedAt, end: stagedAt } = layLines(options, dataAt);
  const batchAt = stagedAt + batchBytes(COPIED_AT_ONCE);
  const textAt = batchAt + batchBytes(capacity);
  const memory = moduleMemory(textAt + ROOM_BYTES);
  const { buffer } = memory;
  const levelAt = (level: CacheLevel | undefined) =>
    level === undefined || !laid.includes(level)
      ? 0
      : levelsAt + laid.indexOf(level) * LEVEL_WORDS * 4;

  laid.forEach((level, at) => {
    const { sets, next } = level;
    const lines = tagsAt[at] as number;
    const counters = countersAt + at * COUNTER.length * 8;
    new Int32Array(buffer, levelAt(level), LEVEL_WORDS).set([
      lines,
      sets.setMask,
      sets.ways * 8,
      sets.lineShift,
      level.offsetMask + 1,
      levelAt(next),
      counters,
      keepsMisses ? 0 : 1,
      rulesOf(level),
      levelAt(level.above[0]),
      levelAt(level.above[1]),
      changedAt[at] as number,
    ]);
    if (sets instanceof LruSets) {
      sets.moveTo(new Int32Array(buffer, lines, sets.tags.length));
    }
    level.countIn(new Float64Array(buffer, counters, COUNTER.length));
  });
  const references = new Float64Array(
    buffer,
    referencesAt,
    options.references.length,
  );
  references.set(options.references);

  const reset = () => {
    if (!keepsMisses) return false;
    references.fill(0);
    for (const [at, level] of laid.entries()) {
      level.counters.fill(0);
      const { length } = level.sets.tags;
      const lines = new BigInt64Array(buffer, tagsAt[at], length / 2);
      // The loop marks nothing of the first ones.
      if (first.includes(level)) lines.fill(FREE_LINE);
      else {
        freeChanged(
          lines,
          new Uint8Array(buffer, changedAt[at], blocksOf(level)),
        );
      }
    }
    return true;
  };
  const batch = capacity === 0 ? undefined : batchIn(buffer, batchAt, capacity);
  if (batch !== undefined) giveRoom(batch, memory, textAt);
  return {
    ...{ memory, levelAt, references, batch, reset },
    staged: batchIn(buffer, stagedAt, COPIED_AT_ONCE),
  };
}

/** Places lines, and the marks of those that were changed, after an address. */
function layLines({ first, laid }: LruMemoryOptions, dataAt: number) {
  let end = dataAt;
  const tagsAt = laid.map((level, at) => {
    const start = at === 1 && first.length === 2
      ? dataAt + FETCH_START_BYTES
      : end;
    end = align(start + level.sets.tags.byteLength);
    return start;
  });
  const changedAt = laid.map((level) => {
    const start = end;
    end = align(start + blocksOf(level));
    return start;
  });
  return { tagsAt, changedAt, end };
}

/** Empties the blocks of lines that are marked as changed. */
function freeChanged(lines: BigInt64Array, changed: Uint8Array): void {
  const block = BLOCK_BYTES / lines.BYTES_PER_ELEMENT;
  let at = changed.indexOf(1);
  while (at >= 0) {
    lines.fill(FREE_LINE, at * block, (at + 1) * block);
    changed[at] = 0;
    at = changed.indexOf(1, at);
  }
}

/** The levels from one down to memory. */
export function downFrom(level: CacheLevel | undefined): CacheLevel[] {
  return level === undefined ? [] : [level, ...downFrom(level.next)];
}

/** What holds between a level and those above and below it. */
function rulesOf({ config, next }: CacheLevel): number {
  const isAbove = downFrom(next).some((below) =>
    below.config.inclusion === "inclusive"
  );
  return (config.inclusion === "inclusive" ? RULE.inclusive : 0) |
    (isAbove ? RULE.aboveInclusive : 0) |
    (config.inclusion === "exclusive" ? RULE.exclusive : 0) |
    (config.holds === "instruction" ? 0 : RULE.canBeDirty);
}

function blocksOf({ sets }: CacheLevel): number {
  return Math.ceil(sets.tags.byteLength / BLOCK_BYTES);
}

/** The next address that a line of the processor starts at. */
function align(at: number): number {
  return Math.ceil(at / 64) * 64;
}
