/**
 * The loop of `lru_run.ts` in AssemblyScript, a TypeScript that compiles to
 * WebAssembly: `deno task wasm` makes `lru_run_wasm.ts` of it.
 *
 * References go through in blocks of 16. What most of them do is compared for
 * four at once: the line is the recent one of its set, the reference ends in it,
 * and a write finds it dirty. The others of a block are taken one by one, and
 * behind each it is looked up which references of its set are others now, and
 * which no longer: that is cheaper than a jump for each that no processor
 * foresees. What may have changed lines of other sets ends its block. A set is
 * looked through, and moved by one, four ways at a time. Kinds are counted in a
 * pass of their own.
 *
 * How it is written follows the code that V8 makes of it (`perf annotate`):
 *
 * - Deno's V8 compares each index with the memory's length, and a second time
 *   if the memory might be smaller than what is added to the index: so the
 *   module asks for 1 MiB of it (`--initialMemory`).
 * - Constant vectors are made again at each use: those of the loop come from
 *   `one`, which V8 does not know.
 * - Stores are as wide as the loads that may follow soon, or the processor has
 *   to wait until the narrow store has left its queue.
 */

// As in reference.ts, line_sets.ts and counts.ts; in bytes, 8 a counter.
const READ: i32 = 0;
const WRITE: i32 = 1;
const INSTRUCTION: i32 = 2;
const MODIFY: i32 = 3;
const DIRTY: i64 = 1;
const FREE: i64 = 2;
const MISSES: i32 = 3 << 3;
const WRITEBACKS: i32 = 15 << 3;
const SPLITS: i32 = 16 << 3;
const BYTES_FROM_NEXT: i32 = 17 << 3;
const BYTES_TO_NEXT: i32 = 18 << 3;
const INVALIDATIONS: i32 = 21 << 3;
const DIRTY_INVALIDATIONS: i32 = 22 << 3;
const VICTIM_FILLS: i32 = 23 << 3;
// `RULE` of lru_run_memory.ts.
const INCLUSIVE: i32 = 1;
const ABOVE_INCLUSIVE: i32 = 2;
const EXCLUSIVE: i32 = 4;
const CAN_BE_DIRTY: i32 = 8;
/** log2 of the bytes of lines that are marked together as changed. */
const BLOCK_SHIFT: i32 = 12;
/** Fetched lines stand 2 << 19 bytes, 1 MiB, behind those of the data level. */
const FETCH_SHIFT: i32 = 19;
/** No line that had to leave: flags that no line has together. */
const HIT: i64 = 3;

/** A level; `LEVEL_WORDS` of lru_run_memory.ts lists the same. */
@unmanaged
class Level {
  tags: i32;
  setMask: i32;
  rowBytes: i32;
  lineShift: i32;
  lineBytes: i32;
  /** The level below: 0 above memory. */
  next: i32;
  counters: i32;
  /** Whether misses are for `finishMiss`, and what is below is no `Level`. */
  leavesMisses: i32;
  /** What holds between this level and others, as bits. */
  rules: i32;
  /** The levels directly above: 0 where there is none. */
  above: i32;
  otherAbove: i32;
  /** A byte for each block of lines: whether any of them was here. */
  changed: i32;
}

/** CacheLevel.finishMiss() of the data level, or of the other one. */
@external("env", "finishMiss")
declare function finishMiss(
  isFetch: i32, first: i32, victimLo: i32, victimHi: i32,
  lo: i32, hi: i32, sizeBytes: i32, kind: i32,
): void;

/** Takes a reference by the levels' own methods, and counts it. */
@external("env", "access")
declare function access(lo: i32, hi: i32, sizeBytes: i32, kind: i32): void;

@inline
function bump(at: i32, amount: f64): void {
  store<f64>(at, load<f64>(at) + amount);
}

/** Which of two ways hold a line, as bits. */
@inline
function holders(line: v128, ways: v128, clean: v128): i32 {
  return i64x2.bitmask(i64x2.eq(v128.and(ways, clean), line));
}

/** Two ways after a move by one: the lanes up to a place take what was before. */
@inline
function moved(before: v128, ways: v128, stays: v128): v128 {
  return v128.bitselect(ways, v128.shuffle<i64>(before, ways, 1, 2), stays);
}

/**
 * LruSets.admit(): the line stands in front afterwards, dirty if `soils` is 1.
 * Gives the line that had to leave, or `HIT`.
 */
function admit(first: i32, rowBytes: i32, line: i64, soils: i32): i64 {
  const wanted = i64x2.splat(line);
  const clean = i64x2.splat(~DIRTY);
  const end = first + rowBytes;
  let carry = wanted;
  for (let at = first; at < end; at += 32) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const found = holders(wanted, a, clean) | holders(wanted, b, clean) << 2;
    if (found != 0) {
      const place = ctz(found);
      const held = load<i64>(at + (place << 3));
      const until = i32x4.splat(place);
      v128.store(at, moved(carry, a, i32x4.gt_s(i32x4(0, 0, 1, 1), until)));
      v128.store(at, moved(a, b, i32x4.gt_s(i32x4(2, 2, 3, 3), until)), 16);
      store<i64>(first, held | soils);
      return HIT;
    }
    v128.store(at, v128.shuffle<i64>(carry, a, 1, 2));
    v128.store(at, v128.shuffle<i64>(a, b, 1, 2), 16);
    carry = b;
  }
  if (soils != 0) store<i64>(first, line | DIRTY);
  return i64x2.extract_lane(carry, 1);
}

/** LruSets.find(): where the way with a line is, 0 if no way has it. */
function find(level: Level, line: i64): i32 {
  const row = i32(line >>> i64(level.lineShift)) & level.setMask;
  const first = level.tags + row * level.rowBytes;
  const wanted = i64x2.splat(line);
  const clean = i64x2.splat(~DIRTY);
  const end = first + level.rowBytes;
  for (let at = first; at < end; at += 32) {
    const found = holders(wanted, v128.load(at), clean) |
      holders(wanted, v128.load(at, 16), clean) << 2;
    if (found != 0) return at + (ctz(found) << 3);
  }
  return 0;
}

/** LruSets.insert(): a line in front, with its flags; who had to leave. */
function insert(first: i32, rowBytes: i32, line: i64): i64 {
  const end = first + rowBytes;
  let carry = i64x2.splat(line);
  for (let at = first; at < end; at += 16) {
    const ways = v128.load(at);
    v128.store(at, v128.shuffle<i64>(carry, ways, 1, 2));
    carry = ways;
  }
  return i64x2.extract_lane(carry, 1);
}

/** LruSets.remove(): those behind it move by one, and the last way is free. */
function remove(level: Level, way: i32): void {
  const last = (way - level.tags) / level.rowBytes * level.rowBytes +
    level.tags + level.rowBytes - 8;
  for (; way < last; way += 8) store<i64>(way, load<i64>(way, 8));
  store<i64>(last, FREE);
}

/** Whether a level is there, and filled with what leaves those above alone. */
@inline
function isExclusive(level: Level): bool {
  return changetype<i32>(level) != 0 && (level.rules & EXCLUSIVE) != 0;
}

/** The row of a line; it is marked as changed. */
@inline
function rowOf(level: Level, line: i64): i32 {
  const row = i32(line >>> i64(level.lineShift)) & level.setMask;
  const offset = row * level.rowBytes;
  store<u8>(level.changed + (offset >>> BLOCK_SHIFT), 1);
  return level.tags + offset;
}

/** CacheLevel.reference(). */
function reference(level: Level, address: i64, sizeBytes: i32, kind: i32): void {
  const lineBytes = level.lineBytes;
  let room = lineBytes - (i32(address) & (lineBytes - 1));
  while (sizeBytes > room) {
    bump(level.counters + SPLITS, 1);
    piece(level, address, room, kind);
    address += room;
    sizeBytes -= room;
    room = lineBytes;
  }
  piece(level, address, sizeBytes, kind);
}

/** The part of a reference that lies in one line. */
function piece(level: Level, address: i64, sizeBytes: i32, kind: i32): void {
  const line = address & ~i64(level.lineBytes - 1);
  bump(level.counters + (kind << 3), 1);
  const held = admit(rowOf(level, line), level.rowBytes, line, kind & 1);
  if (held != HIT) miss(level, line, held, sizeBytes, kind);
}

/** CacheLevel.finishMiss(), of a level that keeps its writes. */
function miss(level: Level, line: i64, held: i64, sizeBytes: i32, kind: i32): void {
  const rules = level.rules;
  bump(level.counters + MISSES + (kind << 3), 1);
  const hasVictim = (held & FREE) == 0;
  if (hasVictim) {
    if ((rules & INCLUSIVE) != 0) held |= invalidateAbove(level, held & ~DIRTY);
    if ((rules & ABOVE_INCLUSIVE) != 0) letOut(level, held);
  }
  const next = changetype<Level>(level.next);
  const isCovered = kind == WRITE && sizeBytes == level.lineBytes;
  if (!isCovered || (rules & ABOVE_INCLUSIVE) != 0 || isExclusive(next)) {
    fetch(level, line, kind == WRITE ? READ : kind);
  }
  if (hasVictim && (rules & ABOVE_INCLUSIVE) == 0) letOut(level, held);
}

/** CacheLevel.#fetch(). */
function fetch(level: Level, line: i64, kind: i32): void {
  const next = changetype<Level>(level.next);
  bump(level.counters + BYTES_FROM_NEXT, level.lineBytes);
  if (level.next == 0) return;
  if (!isExclusive(next)) {
    reference(next, line, level.lineBytes, kind);
    return;
  }
  if (!handOver(next, line, kind)) return;
  if ((level.rules & CAN_BE_DIRTY) == 0) {
    writeLineBelow(next, line);
    return;
  }
  const way = find(level, line);
  if (way != 0) store<i64>(way, load<i64>(way) | DIRTY);
}

/** CacheLevel.#letOut(). */
function letOut(level: Level, victim: i64): void {
  const isDirty = (victim & DIRTY) != 0;
  const next = changetype<Level>(level.next);
  if (isExclusive(next)) {
    if (isDirty) bump(level.counters + WRITEBACKS, 1);
    bump(level.counters + BYTES_TO_NEXT, level.lineBytes);
    takeVictim(next, victim);
  } else if (isDirty) writeLineBelow(level, victim & ~DIRTY);
}

/** CacheLevel.#handOver(). */
function handOver(level: Level, line: i64, kind: i32): bool {
  bump(level.counters + (kind << 3), 1);
  const way = find(level, line);
  if (way != 0) {
    const found = load<i64>(way);
    remove(level, way);
    return (found & DIRTY) != 0;
  }
  bump(level.counters + MISSES + (kind << 3), 1);
  const next = changetype<Level>(level.next);
  if (isExclusive(next)) {
    bump(level.counters + BYTES_FROM_NEXT, level.lineBytes);
    return handOver(next, line, kind);
  }
  fetch(level, line, kind);
  return false;
}

/** CacheLevel.#takeVictim(). */
function takeVictim(level: Level, victim: i64): void {
  const line = victim & ~DIRTY;
  if (isHeldBy(level.above, line) || isHeldBy(level.otherAbove, line)) {
    if (line != victim) writeLineBelow(level, line);
    return;
  }
  bump(level.counters + VICTIM_FILLS, 1);
  const held = insert(rowOf(level, line), level.rowBytes, victim);
  if ((held & FREE) == 0) letOut(level, held);
}

/** Whether there is such a level, and it holds a line. */
@inline
function isHeldBy(level: i32, line: i64): bool {
  return level != 0 && find(changetype<Level>(level), line) != 0;
}

/** CacheLevel.#invalidateAbove(): `DIRTY` or 0. */
function invalidateAbove(level: Level, line: i64): i64 {
  let dirty: i64 = 0;
  if (level.above != 0) {
    dirty = invalidate(changetype<Level>(level.above), line, level.lineBytes);
  }
  if (level.otherAbove != 0) {
    dirty |= invalidate(
      changetype<Level>(level.otherAbove), line, level.lineBytes,
    );
  }
  return dirty;
}

/** CacheLevel.#invalidate(). */
function invalidate(level: Level, line: i64, sizeBytes: i32): i64 {
  let dirty: i64 = 0;
  for (let offset = 0; offset < sizeBytes; offset += level.lineBytes) {
    const way = find(level, line + offset);
    if (way == 0) continue;
    const flag = load<i64>(way) & DIRTY;
    dirty |= flag;
    remove(level, way);
    bump(level.counters + INVALIDATIONS, 1);
    if (flag != 0) bump(level.counters + DIRTY_INVALIDATIONS, 1);
  }
  if (level.above != 0) {
    dirty |= invalidate(changetype<Level>(level.above), line, sizeBytes);
  }
  if (level.otherAbove != 0) {
    dirty |= invalidate(changetype<Level>(level.otherAbove), line, sizeBytes);
  }
  return dirty;
}

/** CacheLevel.#writeLineBelow(). */
function writeLineBelow(level: Level, line: i64): void {
  bump(level.counters + WRITEBACKS, 1);
  writeBelow(level, line, level.lineBytes);
}

/** CacheLevel.#writeBelow(). */
function writeBelow(level: Level, line: i64, sizeBytes: i32): void {
  bump(level.counters + BYTES_TO_NEXT, sizeBytes);
  if (level.next == 0) return;
  const next = changetype<Level>(level.next);
  if (isExclusive(next)) writeBelow(next, line, sizeBytes);
  else reference(next, line, sizeBytes, WRITE);
}

/** Takes a read and then a write of one place, and counts them. */
function modify(data: Level, references: i32, address: i64, sizeBytes: i32): void {
  if (data.leavesMisses != 0) {
    access(i32(address), i32(address >>> 32), sizeBytes, MODIFY);
    return;
  }
  bump(references + (READ << 3), 1);
  bump(references + (WRITE << 3), 1);
  reference(data, address, sizeBytes, READ);
  reference(data, address, sizeBytes, WRITE);
}

/** Which of 16 references have the highest bit of their lanes set, as bits. */
@inline
function maskOf(a: v128, b: v128, c: v128, d: v128): i32 {
  return i8x16.bitmask(i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(a, b),
    i16x8.narrow_i32x4_s(c, d),
  ));
}

/** Lines of first levels that had to leave with one below. */
@inline
function invalidations(data: Level, fetch: Level): f64 {
  return load<f64>(data.counters + INVALIDATIONS) +
    load<f64>(fetch.counters + INVALIDATIONS);
}

/** The sum of four lanes. */
@inline
function sumOf(lanes: v128): i32 {
  const pairs = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** Counts four references by kind, in a byte for each. */
@inline
function tallied(
  tally: v128, metas: v128, lowest: v128, kindBits: v128, kinds: v128,
): v128 {
  return i8x16.sub(
    tally,
    i8x16.eq(
      v128.and(i8x16.relaxed_swizzle(metas, lowest), kindBits),
      kinds,
    ),
  );
}

/** Where the sets of four references start. */
@inline
function rowsOf(
  los: v128, areFetches: v128, start: v128, rowMasks: v128, rowShift: i32,
  lineShift: i32, setMask: i32, rowBytes: i32, fetchSetMask: i32,
  fetchRowBytes: i32, isCut: bool, isData: bool,
): v128 {
  let rows: v128;
  if (isCut) {
    rows = v128.and(i32x4.shr_u(los, rowShift), rowMasks);
  } else if (isData) {
    rows = i32x4.mul(
      v128.and(i32x4.shr_u(los, lineShift), i32x4.splat(setMask)),
      i32x4.splat(rowBytes),
    );
  } else {
    const lines = i32x4.shr_u(los, lineShift);
    rows = v128.bitselect(
      i32x4.mul(
        v128.and(lines, i32x4.splat(fetchSetMask)),
        i32x4.splat(fetchRowBytes),
      ),
      i32x4.mul(v128.and(lines, i32x4.splat(setMask)), i32x4.splat(rowBytes)),
      i32x4.eq(areFetches, i32x4.splat(INSTRUCTION)),
    );
  }
  return i32x4.add(
    rows,
    isData ? start : i32x4.add(start, i32x4.shl(areFetches, FETCH_SHIFT)),
  );
}

/** Which of four references end in the line that they start in. */
@inline
function fit(los: v128, metas: v128, offsets: v128, limit: v128): v128 {
  return i32x4.gt_s(
    limit,
    i32x4.add(v128.and(los, offsets), i32x4.shr_u(metas, 2)),
  );
}

/** Which of four lines are the recent ones of their sets, dirty if written. */
@inline
function stand(
  rows: v128, lines: v128, his: v128, metas: v128, bit0: v128,
  bit1: v128, isData: bool, isUnified: bool,
): v128 {
  const tags01 = v128.load64_lane(
    i32x4.extract_lane(rows, 1),
    v128.load64_zero(i32x4.extract_lane(rows, 0)),
    1,
  );
  const tags23 = v128.load64_lane(
    i32x4.extract_lane(rows, 3),
    v128.load64_zero(i32x4.extract_lane(rows, 2)),
    1,
  );
  // Bit 0 of a low word is left where the reference is a write and the line
  // is clean. Fetched lines are: that catches every modify among them.
  let differs = v128.or(
    v128.andnot(
      v128.xor(
        v128.shuffle<i32>(tags01, tags23, 0, 2, 4, 6),
        v128.or(lines, bit0),
      ),
      v128.andnot(bit0, metas),
    ),
    v128.xor(v128.shuffle<i32>(tags01, tags23, 1, 3, 5, 7), his),
  );
  if (isData) {
    // No fetch, and no modify.
    differs = v128.or(differs, v128.and(metas, bit1));
  } else if (isUnified) {
    differs = v128.or(
      differs,
      v128.and(v128.and(metas, bit0), i32x4.shr_u(metas, 1)),
    );
  }
  return i32x4.eq(differs, i32x4.splat(0));
}

/** Which of four references that fit are no modifies, and no others' either. */
@inline
function plainOf(fits: v128, metas: v128, isData: bool): v128 {
  const areOthers = i32x4.shl(metas, 30);
  return v128.andnot(
    fits,
    isData ? areOthers : v128.and(areOthers, i32x4.shl(metas, 31)),
  );
}

/** Which of four references are to a line, of those in its set. */
@inline
function areIn(
  inRow: v128, lines: v128, line: v128, his: v128, above: v128,
): v128 {
  return v128.and(
    v128.and(inRow, i32x4.eq(lines, line)),
    i32x4.eq(his, above),
  );
}

/**
 * Takes references; each of the functions below is this one with other
 * constants in its place.
 */
@inline
function takeAll(
  data: Level, fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
  isCut: bool, isData: bool,
): void {
  const isUnified = data == fetch;
  const lineShift = data.lineShift;
  const inLine = data.lineBytes - 1;
  const tags = data.tags;
  const setMask = data.setMask;
  const rowBytes = data.rowBytes;
  const fetchTags = fetch.tags;
  const fetchSetMask = fetch.setMask;
  const fetchRowBytes = fetch.rowBytes;
  const rowShift = lineShift - ctz(rowBytes);
  const rowMask = setMask * rowBytes;
  const rowMasks = i32x4.splat(rowMask);

  const bit0 = i32x4.splat(one);
  const clean = i64x2.splat(~i64(one));
  const bit1 = i32x4.splat(one << 1);
  const fetchBit = isCut ? bit1 : i32x4.splat(isUnified ? 0 : one << 1);
  const offsets = i32x4.splat(inLine);
  const limit = i32x4.splat(inLine + 2);
  const start = i32x4.splat(tags);
  // The place of each way, less one of the first: it always moves.
  const ways01 = i32x4.replace_lane(
    i32x4.replace_lane(i32x4.splat(-one), 2, one), 3, one,
  );
  const ways23 = i32x4.replace_lane(
    i32x4.replace_lane(i32x4.splat(one << 1), 2, 3 * one), 3, 3 * one,
  );
  const end = count << 2;
  let othersModifies: i32 = 0;
  let othersFetches: i32 = 0;
  let at: i32 = 0;
  while (at < end) {
    let next = at + 4;
    let rest: i32 = 1;
    let plain: i32 = 0;
    let writes: i32 = 0;
    let rows0 = start, rows1 = start, rows2 = start, rows3 = start;
    let lines0 = start, lines1 = start, lines2 = start, lines3 = start;
    const isBlock = at + 64 <= end;
    // The last 15 and fewer are taken one by one.
    if (isBlock) {
      next = at + 64;
      const metas0 = v128.load(meta + at);
      const los0 = v128.load(lo + at);
      lines0 = v128.andnot(los0, offsets);
      rows0 = rowsOf(
        los0, v128.and(metas0, fetchBit), start, rowMasks, rowShift,
        lineShift, setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut, isData,
      );
      const fits0 = fit(los0, metas0, offsets, limit);
      const settled0 = v128.and(
        fits0,
        stand(
          rows0, lines0, v128.load(hi + at), metas0, bit0,
          bit1, isData, !isCut && isUnified,
        ),
      );
      const metas1 = v128.load(meta + at, 16);
      const los1 = v128.load(lo + at, 16);
      lines1 = v128.andnot(los1, offsets);
      rows1 = rowsOf(
        los1, v128.and(metas1, fetchBit), start, rowMasks, rowShift,
        lineShift, setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut, isData,
      );
      const fits1 = fit(los1, metas1, offsets, limit);
      const settled1 = v128.and(
        fits1,
        stand(
          rows1, lines1, v128.load(hi + at, 16), metas1, bit0,
          bit1, isData, !isCut && isUnified,
        ),
      );
      const metas2 = v128.load(meta + at, 32);
      const los2 = v128.load(lo + at, 32);
      lines2 = v128.andnot(los2, offsets);
      rows2 = rowsOf(
        los2, v128.and(metas2, fetchBit), start, rowMasks, rowShift,
        lineShift, setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut, isData,
      );
      const fits2 = fit(los2, metas2, offsets, limit);
      const settled2 = v128.and(
        fits2,
        stand(
          rows2, lines2, v128.load(hi + at, 32), metas2, bit0,
          bit1, isData, !isCut && isUnified,
        ),
      );
      const metas3 = v128.load(meta + at, 48);
      const los3 = v128.load(lo + at, 48);
      lines3 = v128.andnot(los3, offsets);
      rows3 = rowsOf(
        los3, v128.and(metas3, fetchBit), start, rowMasks, rowShift,
        lineShift, setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut, isData,
      );
      const fits3 = fit(los3, metas3, offsets, limit);
      const settled3 = v128.and(
        fits3,
        stand(
          rows3, lines3, v128.load(hi + at, 48), metas3, bit0,
          bit1, isData, !isCut && isUnified,
        ),
      );
      rest = maskOf(settled0, settled1, settled2, settled3) ^ 0xffff;
      if (rest == 0) {
        at = next;
        continue;
      }
      plain = maskOf(
        plainOf(fits0, metas0, isData),
        plainOf(fits1, metas1, isData),
        plainOf(fits2, metas2, isData),
        plainOf(fits3, metas3, isData),
      );
      writes = maskOf(
        i32x4.shl(metas0, 31),
        i32x4.shl(metas1, 31),
        i32x4.shl(metas2, 31),
        i32x4.shl(metas3, 31),
      );
    }
    while (rest != 0) {
      const place = ctz(rest);
      const here = at + (place << 2);
      const found = load<i32>(meta + here);
      let address = (i64(load<i32>(hi + here)) << 32) |
        i64(load<u32>(lo + here));
      const kind = found & 3;
      let left = found >>> 2;
      if (isData && kind == INSTRUCTION) {
        othersFetches++;
        access(i32(address), i32(address >>> 32), left, kind);
        rest &= rest - 1;
        continue;
      }
      const isFetch = kind == INSTRUCTION;
      const soils = kind & 1;
      let room = inLine + 1 - (i32(address) & inLine);
      // Whether other sets may have changed, too.
      let isOver = false;
      // Piece by piece, if it crosses lines.
      for (;;) {
        const line = address & ~i64(inLine);
        let first = isFetch ? fetchTags : tags;
        if (isCut) {
          first = tags + (i32(isFetch) << (FETCH_SHIFT + 1)) +
            ((i32(address) >>> rowShift) & rowMask);
        } else {
          const row = i32(address) >>> lineShift;
          first += isFetch
            ? (row & fetchSetMask) * fetchRowBytes
            : (row & setMask) * rowBytes;
        }
        const wanted = i64x2.splat(line);
        const a = v128.load(first);
        const b = v128.load(first, 16);
        const among = holders(wanted, a, clean) |
          holders(wanted, b, clean) << 2;
        if (kind == MODIFY && (among == 0 || left > room)) {
          othersModifies++;
          modify(data, references, address, left);
          isOver = true;
          break;
        }
        if (among != 0) {
          const way = ctz(among);
          const until = i32x4.splat(way);
          const recent = i64x2.splat(load<i64>(first + (way << 3)) | soils);
          v128.store(first, moved(recent, a, i32x4.gt_s(ways01, until)));
          v128.store(first, moved(a, b, i32x4.gt_s(ways23, until)), 16);
        } else {
          const held = admit(
            first, isFetch ? fetchRowBytes : rowBytes, line, soils,
          );
          if (held != HIT) {
            const level = isFetch ? fetch : data;
            const bytes = min(left, room);
            if (level.leavesMisses != 0) {
              isOver = true;
              finishMiss(
                isFetch ? 1 : 0, first, i32(held), i32(held >>> 32),
                i32(address), i32(address >>> 32), bytes, kind,
              );
            } else {
              const before = invalidations(data, fetch);
              miss(level, line, held, bytes, kind);
              // Those of a piece before this one have changed sets all the same.
              if (invalidations(data, fetch) != before) isOver = true;
            }
          }
        }
        if (isBlock) {
          // Those behind it in this set have to be taken, too, unless they are in
          // this line, and find it dirty if they write.
          const row = i32x4.splat(first);
          const same = i32x4.splat(i32(line));
          const above = i32x4.splat(i32(line >>> 32));
          const in0 = i32x4.eq(rows0, row);
          const in1 = i32x4.eq(rows1, row);
          const in2 = i32x4.eq(rows2, row);
          const in3 = i32x4.eq(rows3, row);
          const hi0 = v128.load(hi + at);
          const hi1 = v128.load(hi + at, 16);
          const hi2 = v128.load(hi + at, 32);
          const hi3 = v128.load(hi + at, 48);
          let settled = plain & maskOf(
            areIn(in0, lines0, same, hi0, above),
            areIn(in1, lines1, same, hi1, above),
            areIn(in2, lines2, same, hi2, above),
            areIn(in3, lines3, same, hi3, above),
          );
          // A jump that is foreseen, where a value would have to be waited for.
          if ((settled & writes) != 0 && (load<i32>(first) & 1) == 0) {
            settled &= ~writes;
          }
          rest = (rest | maskOf(in0, in1, in2, in3)) & ~settled;
        }
        if (left <= room) break;
        left -= room;
        address += room;
        room = inLine + 1;
        const counters = isFetch ? fetch.counters : data.counters;
        bump(counters + SPLITS, 1);
        bump(counters + (kind << 3), 1);
      }
      rest &= -2 << place;
      if (isOver) {
        next = here + 4;
        break;
      }
    }
    at = next;
  }

  // Which byte of four tells of a kind: so many of them, less what a byte holds.
  const lowest = i32x4.replace_lane(
    i32x4.replace_lane(
      i32x4.replace_lane(i32x4.splat(0), 1, 0x04040404 * one),
      2,
      0x08080808 * one,
    ),
    3,
    0x0c0c0c0c * one,
  );
  const kindBits = i32x4.splat(0x03030303 * one);
  const kinds = i32x4.splat(0x03020100 * one);
  const inByte = i32x4.splat(0xff * one);
  let writesOf = i32x4.splat(0);
  let fetchesOf = i32x4.splat(0);
  let modifiesOf = i32x4.splat(0);
  let writes: i32 = 0;
  let fetches: i32 = 0;
  let modifies: i32 = 0;
  at = 0;
  while (at <= end - 64) {
    const until = min(end - 63, at + 63 * 64);
    let tally = i32x4.splat(0);
    for (; at < until; at += 64) {
      tally = tallied(tally, v128.load(meta + at), lowest, kindBits, kinds);
      tally = tallied(tally, v128.load(meta + at, 16), lowest, kindBits, kinds);
      tally = tallied(tally, v128.load(meta + at, 32), lowest, kindBits, kinds);
      tally = tallied(tally, v128.load(meta + at, 48), lowest, kindBits, kinds);
    }
    writesOf = i32x4.add(writesOf, v128.and(i32x4.shr_u(tally, 8), inByte));
    fetchesOf = i32x4.add(fetchesOf, v128.and(i32x4.shr_u(tally, 16), inByte));
    modifiesOf = i32x4.add(modifiesOf, i32x4.shr_u(tally, 24));
  }
  for (; at < end; at += 4) {
    const kind = load<i32>(meta + at) & 3;
    writes += kind & 1;
    fetches += kind >>> 1;
    modifies += i32(kind == MODIFY);
  }
  const wholeModifies = sumOf(modifiesOf);
  writes += sumOf(writesOf) + wholeModifies;
  fetches += sumOf(fetchesOf) + wholeModifies;
  modifies += wholeModifies;
  // A modify is a read and a write here, and has both bits of its kind set.
  const reads = count - writes - fetches + 2 * modifies - othersModifies;
  writes -= othersModifies;
  fetches -= modifies + othersFetches;
  bump(references + (READ << 3), reads);
  bump(data.counters + (READ << 3), reads);
  bump(references + (WRITE << 3), writes);
  bump(data.counters + (WRITE << 3), writes);
  bump(references + (INSTRUCTION << 3), fetches);
  bump(fetch.counters + (INSTRUCTION << 3), fetches);
}

/**
 * Takes references by two first levels with as many sets of as many ways, whose
 * ways are a power of two and no longer than a line: a row is then cut out of
 * an address by one shift and one mask.
 *
 * @param data The level of reads and writes.
 * @param fetch The level of instruction fetches.
 * @param references References by kind, counted up, as doubles.
 * @param lo Column of addresses, low words.
 * @param hi Their high words.
 * @param meta Column of sizes and kinds.
 * @param count How many.
 * @param one The number one.
 */
export function runAlike(
  data: Level, fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(data, fetch, references, lo, hi, meta, count, one, true, false);
}

/** The same by any first levels with lines as long, or by a unified one. */
export function runAny(
  data: Level, fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(data, fetch, references, lo, hi, meta, count, one, false, false);
}

/** As `runAlike()` by a level of reads and writes alone; fetches are others'. */
export function runDataCut(
  data: Level, _fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(data, data, references, lo, hi, meta, count, one, true, true);
}

/** The same by any such level. */
export function runData(
  data: Level, _fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(data, data, references, lo, hi, meta, count, one, false, true);
}
