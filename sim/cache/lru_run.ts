/**
 * The fast way through first levels of LRU, in WebAssembly: what
 * `ordered_run.ts` does, with vectors that compare four references, and four
 * ways of a set, at once (`lru_run.as`). Where all levels below are LRU, keep
 * their writes and prefetch nothing, their misses stay in it, too.
 *
 * The lines and counters of the levels move into its memory and are views of it
 * from then on, so that the levels' own methods work on the same state, and
 * anything but `run()` goes on as before. References are read where they stand
 * if `createBatch()` made their batch; others are copied, 12 bytes each, which
 * costs 0.5 to 1 ns.
 */
import { COUNTER } from "./counts.ts";
import type { CacheLevel } from "./level.ts";
import { LINE_FLAG } from "./line_sets.ts";
import { LruSets } from "./lru.ts";
import { LRU_RUN_WASM } from "./lru_run_wasm.ts";
import type { ReferenceBatch } from "./reference.ts";

/** Words of a level's description, in the order of `Level` in lru_run.as. */
const LEVEL_WORDS = 12;
/** Bits of its word of rules, as in lru_run.as. */
const RULE = { inclusive: 1, aboveInclusive: 2, exclusive: 4, canBeDirty: 8 };
/** Bytes of lines that are marked together as changed: BLOCK_SHIFT. */
const BLOCK_BYTES = 1 << 12;
/** Where fetched lines start behind those of the data level: FETCH_SHIFT. */
const FETCH_START_BYTES = 1 << 20;
const PAGE_BYTES = 1 << 16;
/** What the module asks for. */
const LEAST_PAGES = 16;
const COLUMN_NAMES = ["addressLo", "addressHi", "sizeAndKind"] as const;
/** References that are copied at once: 48 KiB. */
const COPIED_AT_ONCE = 4096;
/** Ways that are looked at together. */
const WAYS_AT_ONCE = 4;
/** Addresses in the loop are int32: lines and batch each take half at most. */
const MOST_LINE_BYTES = 2 ** 30;
const MOST_CAPACITY = 2 ** 26;
/** A way without a line, both words. */
const FREE_LINE = BigInt(LINE_FLAG.free);

/** What the functions take: addresses, how many references, and one. */
type Loop = (
  data: number,
  instruction: number,
  references: number,
  lo: number,
  hi: number,
  meta: number,
  count: number,
  one: number,
) => void;

interface LruModule {
  readonly runAlike: Loop;
  readonly runAny: Loop;
  readonly runData: Loop;
  readonly runDataCut: Loop;
}

/** The levels, and the way for what the loop leaves to others. */
export interface LruRunOptions {
  /** The level of reads and writes. */
  readonly data: CacheLevel;
  /** The level of instruction fetches; perhaps the same, or none. */
  readonly instruction: CacheLevel | undefined;
  /** References by kind; a view of the memory of the loop afterwards. */
  readonly references: Float64Array;
  /** Takes one reference of any kind, counting it too. */
  readonly access: (
    lo: number,
    hi: number,
    sizeBytes: number,
    kind: number,
  ) => void;
  /** References that the batch that is not copied holds; 0, or more than 2^26: none. */
  readonly capacity: number;
}

/** The loop with its memory. */
export interface LruRun {
  /** Takes all references of a batch. */
  readonly run: (batch: ReferenceBatch) => void;
  /** The batch that is not copied, if one was asked for. */
  readonly batch: ReferenceBatch | undefined;
  /** References by kind from now on. */
  readonly references: Float64Array;
  /**
   * Empties the caches and counts from zero, in proportion to the lines that
   * were changed; false, and nothing happens, if not all levels are in it.
   */
  readonly reset: () => boolean;
}

/**
 * Returns whether the loop is for these first levels.
 *
 * @param data The level of reads and writes.
 * @param instruction The level of instruction fetches, if there is one.
 * @returns Whether `createLruRun` may be called.
 */
export function canRunLru(
  data: CacheLevel,
  instruction: CacheLevel | undefined,
): boolean {
  const first = firstOf(data, instruction);
  const lineBytes = [...first, ...downFrom(data.next)]
    .reduce((sum, { sets }) => sum + sets.tags.byteLength, 0);
  return lineBytes <= MOST_LINE_BYTES &&
    first.every((level) =>
      level.offsetMask === data.offsetMask &&
      isVectorLru(level) && !level.seesAll &&
      level.sets.tags.byteLength <= FETCH_START_BYTES &&
      // The set is told from the low word alone.
      level.sets.lineShift + Math.log2(level.sets.setMask + 1) <= 32
    );
}

/** Whether a level's sets can be moved by vectors, and it keeps writes. */
function isVectorLru({ sets, keepsWrites, allocates }: CacheLevel): boolean {
  return sets instanceof LruSets && sets.ways % WAYS_AT_ONCE === 0 &&
    keepsWrites && allocates;
}

/** Whether a level has no rule that its misses could not stay with. */
function keepsItsMisses(level: CacheLevel): boolean {
  return isVectorLru(level) && level.config.prefetch === "none" &&
    !level.seesAll;
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

/** Whether a row is cut out of an address by one shift and one mask. */
function isCut({ sets: { ways }, offsetMask }: CacheLevel): boolean {
  return (ways & (ways - 1)) === 0 && ways * 8 <= offsetMask + 1;
}

/** The fastest of the functions that these first levels can have. */
function chooseLoop(
  { runAlike, runAny, runData, runDataCut }: LruModule,
  { data, instruction }: LruRunOptions,
): Loop {
  if (instruction === undefined) return isCut(data) ? runDataCut : runData;
  const { ways, setMask } = data.sets;
  const areAlike = data !== instruction && ways === instruction.sets.ways &&
    setMask === instruction.sets.setMask;
  return areAlike && isCut(data) ? runAlike : runAny;
}

/** The first levels, each once. */
function firstOf(
  data: CacheLevel,
  instruction: CacheLevel | undefined,
): CacheLevel[] {
  return instruction === undefined || data === instruction
    ? [data]
    : [data, instruction];
}

/** The levels from one down to memory. */
function downFrom(level: CacheLevel | undefined): CacheLevel[] {
  return level === undefined ? [] : [level, ...downFrom(level.next)];
}

/**
 * Makes the loop, and lays lines and counters into its memory.
 *
 * @param options The levels.
 */
export function createLruRun(options: LruRunOptions): LruRun {
  const { data, instruction } = options;
  const capacity = options.capacity > MOST_CAPACITY ? 0 : options.capacity;
  const first = firstOf(data, instruction);
  const all = [...first, ...downFrom(data.next)];
  const keepsMisses = all.every(keepsItsMisses);
  const laid = keepsMisses ? all : first;

  // Descriptions, counters, lines, which of them were changed, columns.
  const levelsAt = 64;
  const countersAt = levelsAt + laid.length * LEVEL_WORDS * 4;
  const referencesAt = countersAt + laid.length * COUNTER.length * 8;
  const dataAt = align(referencesAt + options.references.byteLength);
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
  const stagedAt = end;
  const batchAt = stagedAt + columnBytes(COPIED_AT_ONCE);
  const pages = Math.ceil((batchAt + columnBytes(capacity)) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({
    initial: Math.max(LEAST_PAGES, pages),
  });
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

  const finishMiss = (
    isFetch: number,
    firstAt: number,
    victimLo: number,
    victimHi: number,
    lo: number,
    hi: number,
    sizeBytes: number,
    kind: number,
  ) => {
    const level = isFetch === 0 ? data : instruction ?? data;
    level.sets.victimLo = victimLo;
    level.sets.victimHi = victimHi;
    const slot = (firstAt - level.sets.tags.byteOffset) >> 2;
    level.finishMiss(slot, lo, hi, sizeBytes, kind);
  };
  const { access } = options;
  const module = instantiate(memory, { access, finishMiss });
  const run = chooseLoop(module, options);
  const reset = () => {
    if (!keepsMisses) return false;
    references.fill(0);
    for (const [at, level] of laid.entries()) {
      level.counters.fill(0);
      const lines = new BigInt64Array(
        buffer,
        tagsAt[at],
        level.sets.tags.length / 2,
      );
      // The loop marks nothing of the first ones.
      if (first.includes(level)) {
        lines.fill(FREE_LINE);
        continue;
      }
      const changed = new Uint8Array(buffer, changedAt[at], blocksOf(level));
      const block = BLOCK_BYTES / lines.BYTES_PER_ELEMENT;
      for (
        let one = changed.indexOf(1);
        one >= 0;
        one = changed.indexOf(1, one)
      ) {
        lines.fill(FREE_LINE, one * block, (one + 1) * block);
        changed[one] = 0;
      }
    }
    return true;
  };
  const take = (batch: ReferenceBatch, count: number) => {
    const { addressLo, addressHi, sizeAndKind } = batch;
    run(
      levelAt(data),
      levelAt(instruction),
      referencesAt,
      addressLo.byteOffset,
      addressHi.byteOffset,
      sizeAndKind.byteOffset,
      count,
      1,
    );
  };
  const staged = batchIn(buffer, stagedAt, COPIED_AT_ONCE);
  return {
    references,
    reset,
    batch: capacity === 0 ? undefined : batchIn(buffer, batchAt, capacity),
    run: (batch) => {
      if (COLUMN_NAMES.every((name) => batch[name].buffer === buffer)) {
        take(batch, batch.length);
        return;
      }
      for (let at = 0; at < batch.length; at += COPIED_AT_ONCE) {
        const count = Math.min(COPIED_AT_ONCE, batch.length - at);
        for (const name of COLUMN_NAMES) {
          staged[name].set(batch[name].subarray(at, at + count));
        }
        take(staged, count);
      }
    },
  };
}

/** How many blocks of lines a level has. */
function blocksOf({ sets }: CacheLevel): number {
  return Math.ceil(sets.tags.byteLength / BLOCK_BYTES);
}

/** Bytes of the three columns of a batch. */
function columnBytes(capacity: number): number {
  return align(capacity * 4) * COLUMN_NAMES.length;
}

/** A batch whose columns stand in the memory of the loop. */
function batchIn(
  buffer: ArrayBufferLike,
  at: number,
  capacity: number,
): ReferenceBatch {
  const column = (index: number) =>
    new Int32Array(buffer, at + index * align(capacity * 4), capacity);
  return {
    length: 0,
    addressLo: column(0),
    addressHi: column(1),
    sizeAndKind: column(2),
  };
}

let compiled: WebAssembly.Module | undefined;

function instantiate(
  memory: WebAssembly.Memory,
  imports: Readonly<Record<string, WebAssembly.ImportValue>>,
): LruModule {
  compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(LRU_RUN_WASM));
  const { exports } = new WebAssembly.Instance(compiled, {
    env: { memory, ...imports },
  });
  return exports as unknown as LruModule;
}

/** The next address that a line of the processor starts at. */
function align(at: number): number {
  return Math.ceil(at / 64) * 64;
}
