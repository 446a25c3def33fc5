/**
 * The hot loop of the model: batches of references into first levels with
 * ordered sets (LRU, FIFO) that keep their writes.
 *
 * Its inner loop settles a reference inside one line that is in front of its
 * set, where no policy has to learn anything. What ends the inner loop is
 * looked for in the rest of its set in the same function, if that is LRU: one
 * pass that finds the line, shifts those before it and, on a miss, has already
 * thrown out the last one (as `LruSets.admit` does). Only misses are calls.
 *
 * How it is written follows the code that V8 makes of it (`perf annotate`):
 *
 * - A closure over constants: as long as an isolate made only one of them, V8
 *   folds masks, shifts, and the address and length of the lines into the code,
 *   which then takes 0.7 of the time. More hierarchies of this kind in one
 *   isolate run, but none that is made after the first is that fast.
 * - The lines of both first levels are in one array, so that a fetch and a load
 *   differ in a few bits of an index and not in a branch that no processor
 *   could predict. What is equal in both levels folds away.
 * - `| 0` after every sum that lives across the outer loop, or V8 keeps it as a
 *   tagged number; shifts instead of a unary minus, which V8 does in floating
 *   point because of -0; no imported constants (`LINE_FLAG` says why).
 */
import { COUNTER } from "./counts.ts";
import type { CacheLevel } from "./level.ts";
import { LINE_FLAG } from "./line_sets.ts";
import { LruSets } from "./lru.ts";
import { OrderedSets } from "./ordered_sets.ts";
import { REFERENCE_KIND, type ReferenceBatch } from "./reference.ts";

const {
  read: READ,
  write: WRITE,
  instruction: INSTRUCTION,
  modify: MODIFY,
} = REFERENCE_KIND;
const { dirty: DIRTY } = LINE_FLAG;
const SPLITS = COUNTER.splits;

/** The first levels, and the way for what the loop leaves to others. */
export interface OrderedRunOptions {
  /** The level of reads and writes. */
  readonly data: CacheLevel;
  /** The level of instruction fetches; perhaps the same. */
  readonly instruction: CacheLevel;
  /** References by kind, counted up. */
  readonly references: Float64Array;
  /** Takes one reference of any kind, counting it too. */
  readonly access: (
    lo: number,
    hi: number,
    sizeBytes: number,
    kind: number,
  ) => void;
}

/**
 * Takes the references of a batch from one index up to another. V8 optimizes a
 * function that is called often at once and for good; one long loop it
 * replaces while it runs, and throws the code away at its end: callers give
 * some thousand references at a time.
 */
export type OrderedRun = (
  batch: ReferenceBatch,
  from: number,
  end: number,
) => void;

/** Returns whether the loop is for these first levels. */
export function canRunOrdered(
  data: CacheLevel,
  instruction: CacheLevel,
): boolean {
  return [data, instruction].every((level) => {
    const { sets } = level;
    return sets instanceof OrderedSets && level.keepsWrites &&
      level.allocates && !level.seesAll &&
      // The low word alone gives the set.
      sets.lineShift + Math.log2(sets.setMask + 1) <= 32;
  });
}

/** Makes the loop of two first levels, and lays their lines into one array. */
export function createOrderedRun(options: OrderedRunOptions): OrderedRun {
  return loopOver(shareTags(options.data, options.instruction), options);
}

function loopOver(tags: Int32Array, options: OrderedRunOptions): OrderedRun {
  const { data, instruction, references, access } = options;
  // Values of the data level, and how those of the instruction level differ.
  const dataRows = rowsOf(data);
  const fetchRows = rowsOf(instruction);
  const rowShift = dataRows.shift;
  const rowShiftDiffers = rowShift ^ fetchRows.shift;
  const rowMask = dataRows.mask;
  const rowMaskDiffers = rowMask ^ fetchRows.mask;
  const rowWords = dataRows.words;
  const rowWordsDiffers = rowWords ^ fetchRows.words;
  const span = data.sets.ways * 2;
  const spanDiffers = span ^ (instruction.sets.ways * 2);
  const offsetMask = data.offsetMask;
  const offsetMaskDiffers = offsetMask ^ instruction.offsetMask;
  const isUnified = data === instruction;
  // The bit that marks a fetch, and how far it is shifted to index its lines.
  const fetchBit = isUnified ? 0 : INSTRUCTION;
  const fetchShift = Math.log2(fetchStart(data)) - 1;
  const isLru = data.sets instanceof LruSets &&
    instruction.sets instanceof LruSets;
  const dataCounters = data.counters;
  const fetchCounters = instruction.counters;

  return (batch, from, end) => {
    const { addressLo, addressHi, sizeAndKind } = batch;
    const stop = end | 0;
    // Hits and misses settled here: all, of them writes, twice the fetches.
    let settled = 0;
    let writes = 0;
    let fetches = 0;
    let at = from | 0;
    while (at < stop) {
      const start = at;
      for (; at < stop; at = (at + 1) | 0) {
        const meta = sizeAndKind[at] as number;
        const lo = addressLo[at] as number;
        // All ones for a fetch (and for a modify, which leaves below).
        const side = (meta << 30) >> 31;
        const inLine = offsetMask ^ (offsetMaskDiffers & side);
        const row = (lo >>> (rowShift ^ (rowShiftDiffers & side))) &
          (rowMask ^ (rowMaskDiffers & side));
        const first = (Math.imul(row, rowWords ^ (rowWordsDiffers & side)) +
          ((meta & fetchBit) << fetchShift)) | 0;
        const tag = tags[first] as number;
        const differs = ((tag ^ (lo & ~inLine)) & ~DIRTY) |
          ((tags[first + 1] as number) ^ (addressHi[at] as number));
        if (differs !== 0) break;
        if ((lo & inLine) + (meta >>> 2) > inLine + 1) break;
        if (isUnified && (meta & 3) === MODIFY) break;
        // Written once, a line is dirty: this is seldom taken. Fetched lines
        // are clean, so that it catches every modify among them.
        if ((meta & ~tag & DIRTY) !== 0) {
          if ((meta & fetchBit) !== 0) break;
          tags[first] = tag | DIRTY;
        }
        writes = (writes + (meta & 1)) | 0;
        fetches = (fetches + (meta & 2)) | 0;
      }
      settled = (settled + at - start) | 0;
      if (at === stop) break;

      const found = sizeAndKind[at] as number;
      let lo = addressLo[at] as number;
      let hi = addressHi[at] as number;
      at = (at + 1) | 0;
      const isModify = (found & 3) === MODIFY;
      const crosses = (lo & offsetMask) + (found >>> 2) > offsetMask + 1;
      if (!isLru || (isModify && crosses)) {
        access(lo, hi, found >>> 2, found & 3);
        continue;
      }
      // A modify of one line is a read, and then a write that hits.
      const meta = isModify ? found ^ MODIFY : found;
      const modifies = isModify ? 1 : 0;
      const side = (meta << 30) >> 31;
      const inLine = offsetMask ^ (offsetMaskDiffers & side);
      const words = span ^ (spanDiffers & side);
      settled = (settled + 1 + modifies) | 0;
      writes = (writes + (meta & 1) + modifies) | 0;
      fetches = (fetches + (meta & 2)) | 0;
      // Piece by piece, if it crosses lines.
      let left = meta >>> 2;
      for (;;) {
        const lineLo = lo & ~inLine;
        const room = (inLine + 1 - (lo & inLine)) | 0;
        const row = (lo >>> (rowShift ^ (rowShiftDiffers & side))) &
          (rowMask ^ (rowMaskDiffers & side));
        const first = (Math.imul(row, rowWords ^ (rowWordsDiffers & side)) +
          ((meta & fetchBit) << fetchShift)) | 0;
        const behind = (first + words) | 0;
        let heldLo = tags[first] as number;
        let heldHi = tags[first + 1] as number;
        let slot = first;
        while ((((heldLo ^ lineLo) & ~DIRTY) | (heldHi ^ hi)) !== 0) {
          slot = (slot + 2) | 0;
          if (slot === behind) break;
          const nextLo = tags[slot] as number;
          const nextHi = tags[slot + 1] as number;
          tags[slot] = heldLo;
          tags[slot + 1] = heldHi;
          heldLo = nextLo;
          heldHi = nextHi;
        }
        tags[first + 1] = hi;
        if (slot !== behind) tags[first] = heldLo | (meta & DIRTY);
        else {
          tags[first] = lineLo;
          const level = side === 0 ? data : instruction;
          level.sets.victimLo = heldLo;
          level.sets.victimHi = heldHi;
          level.finishMiss(
            (first - ((meta & fetchBit) << fetchShift)) | 0,
            lo,
            hi,
            left < room ? left : room,
            meta & 3,
          );
        }
        if (left <= room) {
          if (!isModify) break;
          if (slot !== behind) tags[first] = (tags[first] as number) | DIRTY;
          else {
            // Prefetching may have brought another line to the front.
            settled = (settled - 1) | 0;
            writes = (writes - 1) | 0;
            access(lo, hi, left, WRITE);
          }
          break;
        }
        left = (left - room) | 0;
        lo = (lo + room) | 0;
        if (lo === 0) hi = (hi + 1) | 0;
        const counters = side === 0 ? dataCounters : fetchCounters;
        counters[meta & 3] = (counters[meta & 3] as number) + 1;
        counters[SPLITS] = (counters[SPLITS] as number) + 1;
      }
    }
    const fetched = fetches >> 1;
    const read = settled - writes - fetched;
    count(references, dataCounters, READ, read);
    count(references, dataCounters, WRITE, writes);
    count(references, fetchCounters, INSTRUCTION, fetched);
  };
}

/** Counts references and their first pieces; `COUNTER.accesses` is 0. */
function count(
  references: Float64Array,
  counters: Float64Array,
  kind: number,
  amount: number,
): void {
  references[kind] = (references[kind] as number) + amount;
  counters[kind] = (counters[kind] as number) + amount;
}

/**
 * How the index of a set's first word comes out of the low word of an address:
 * (address >>> shift & mask) x words. Where the ways are a power of two, the
 * multiplication is in the shift.
 */
function rowsOf(level: CacheLevel): {
  shift: number;
  mask: number;
  words: number;
} {
  const { lineShift, setMask, ways } = level.sets;
  const words = ways * 2;
  const shift = lineShift - Math.log2(words);
  return Number.isInteger(shift) && shift >= 0
    ? { shift, mask: Math.imul(setMask, words), words: 1 }
    : { shift: lineShift, mask: setMask, words };
}

/** Where fetched lines start after those of the data level: a power of two. */
function fetchStart(data: CacheLevel): number {
  return 2 ** Math.ceil(Math.log2(data.sets.tags.length));
}

/** One array for the lines of both levels, data in front. */
function shareTags(data: CacheLevel, instruction: CacheLevel): Int32Array {
  if (data === instruction) return data.sets.tags;
  const dataWords = data.sets.tags.length;
  const start = fetchStart(data);
  const tags = new Int32Array(start + instruction.sets.tags.length);
  const moves = [
    [data.sets, tags.subarray(0, dataWords)],
    [instruction.sets, tags.subarray(start)],
  ] as const;
  for (const [sets, part] of moves) {
    if (sets instanceof OrderedSets) sets.moveTo(part);
  }
  return tags;
}
