/**
 * The fast way through first levels of LRU, in WebAssembly: what
 * `ordered_run.ts` does, with vectors that compare four references, and four
 * ways of a set, at once (`lru_run.as`). Where all levels below are LRU, keep
 * their writes and prefetch nothing, their misses stay in it, too.
 *
 * The lines and counters of the levels move into its memory and are views of it
 * from then on, so that the levels' own methods work on the same state, and
 * anything but `run()` continues as before. References are read where they are
 * if `createBatch()` made their batch; others are copied, 12 bytes each, which
 * costs 0.5 to 1 ns.
 */
import { wasmModule } from "../memory/wasm_module.ts";
import type { CacheLevel } from "./level.ts";
import { LruSets } from "./lru.ts";
import {
  COLUMN_NAMES,
  COPIED_AT_ONCE,
  createLruMemory,
  downFrom,
  FETCH_START_BYTES,
  MOST_LINE_BYTES,
} from "./lru_run_memory.ts";
import { LRU_RUN_WASM } from "./lru_run_wasm.ts";
import type { ReferenceBatch } from "./reference.ts";

/** Ways that are looked at together. */
const WAYS_AT_ONCE = 4;

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
  readonly runEven: Loop;
  readonly runAlike: Loop;
  readonly runAny: Loop;
  readonly runData: Loop;
  readonly runDataCut: Loop;
}

const instantiate = wasmModule<LruModule>(LRU_RUN_WASM);

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

/** Returns whether the loop is for these first levels. */
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
      // The low word alone gives the set.
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

/** Whether a row is cut out of an address by one shift and one mask. */
function isCut({ sets: { ways }, offsetMask }: CacheLevel): boolean {
  return (ways & (ways - 1)) === 0 && ways * 8 <= offsetMask + 1;
}

/** The fastest of the functions that these first levels can have. */
function chooseLoop(
  { runEven, runAlike, runAny, runData, runDataCut }: LruModule,
  { data, instruction }: LruRunOptions,
): Loop {
  if (instruction === undefined) return isCut(data) ? runDataCut : runData;
  const { ways, setMask } = data.sets;
  const areAlike = data !== instruction && ways === instruction.sets.ways &&
    setMask === instruction.sets.setMask;
  if (!areAlike || !isCut(data)) return runAny;
  return ways * 8 === data.offsetMask + 1 ? runEven : runAlike;
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

/** Makes the loop, and lays lines and counters into its memory. */
export function createLruRun(options: LruRunOptions): LruRun {
  const { data, instruction } = options;
  const first = firstOf(data, instruction);
  const all = [...first, ...downFrom(data.next)];
  const keepsMisses = all.every(keepsItsMisses);
  const laidOut = createLruMemory({
    first,
    laid: keepsMisses ? all : first,
    keepsMisses,
    references: options.references,
    capacity: options.capacity,
  });
  const { memory, levelAt, references, staged } = laidOut;
  const { buffer } = memory;

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
  const take = (batch: ReferenceBatch, count: number) => {
    const { addressLo, addressHi, sizeAndKind } = batch;
    run(
      levelAt(data),
      levelAt(instruction),
      references.byteOffset,
      addressLo.byteOffset,
      addressHi.byteOffset,
      sizeAndKind.byteOffset,
      count,
      1,
    );
  };
  return {
    references,
    reset: laidOut.reset,
    batch: laidOut.batch,
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
