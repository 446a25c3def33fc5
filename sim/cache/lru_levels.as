/**
 * The levels of a hierarchy of LRU for `lru_run.as`: their lines, and what a
 * miss of one does to the others. Each function is named after the one of
 * `LruSets` or `CacheLevel` that does the same.
 */

// As in reference.ts, line_sets.ts and counts.ts; in bytes, 8 a counter.
export const READ: i32 = 0;
export const WRITE: i32 = 1;
export const INSTRUCTION: i32 = 2;
export const MODIFY: i32 = 3;
const DIRTY: i64 = 1;
const FREE: i64 = 2;
const MISSES: i32 = 3 << 3;
const WRITEBACKS: i32 = 15 << 3;
export const SPLITS: i32 = 16 << 3;
const BYTES_FROM_NEXT: i32 = 17 << 3;
const BYTES_TO_NEXT: i32 = 18 << 3;
export const INVALIDATIONS: i32 = 21 << 3;
const DIRTY_INVALIDATIONS: i32 = 22 << 3;
const VICTIM_FILLS: i32 = 23 << 3;
// `RULE` of lru_run_memory.ts.
const INCLUSIVE: i32 = 1;
const ABOVE_INCLUSIVE: i32 = 2;
const EXCLUSIVE: i32 = 4;
const CAN_BE_DIRTY: i32 = 8;
/** log2 of the bytes of lines that are marked together as changed. */
const BLOCK_SHIFT: i32 = 12;
/** Fetched lines are 2 << 19 bytes, 1 MiB, after those of the data level. */
export const FETCH_SHIFT: i32 = 19;
/** No line that had to leave: flags that no line has together. */
export const HIT: i64 = 3;

/** A level; `LEVEL_WORDS` of lru_run_memory.ts lists the same. */
@unmanaged
export class Level {
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

/** Takes a reference by the levels' own methods, and counts it. */
@external("env", "access")
export declare function access(lo: i32, hi: i32, sizeBytes: i32, kind: i32): void;

@inline
export function bump(at: i32, amount: f64): void {
  store<f64>(at, load<f64>(at) + amount);
}

/** Which of two ways hold a line, as bits. */
@inline
export function holders(line: v128, ways: v128, clean: v128): i32 {
  return i64x2.bitmask(i64x2.eq(v128.and(ways, clean), line));
}

/** Two ways after a move by one: lanes up to a place take what was before. */
@inline
export function moved(before: v128, ways: v128, stays: v128): v128 {
  return v128.bitselect(ways, v128.shuffle<i64>(before, ways, 1, 2), stays);
}

/**
 * LruSets.admit(): the line is in front afterwards, dirty if `soils` is 1.
 * Gives the line that had to leave, or `HIT`.
 */
export function admit(first: i32, rowBytes: i32, line: i64, soils: i32): i64 {
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

/** LruSets.remove(): those after it move by one, and the last way is free. */
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
export function reference(
  level: Level, address: i64, sizeBytes: i32, kind: i32,
): void {
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

/** The part of a reference that is in one line. */
function piece(level: Level, address: i64, sizeBytes: i32, kind: i32): void {
  const line = address & ~i64(level.lineBytes - 1);
  bump(level.counters + (kind << 3), 1);
  const held = admit(rowOf(level, line), level.rowBytes, line, kind & 1);
  if (held != HIT) miss(level, line, held, sizeBytes, kind);
}

/** CacheLevel.finishMiss(), of a level that keeps its writes. */
export function miss(
  level: Level, line: i64, held: i64, sizeBytes: i32, kind: i32,
): void {
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
export function modify(
  data: Level, references: i32, address: i64, sizeBytes: i32,
): void {
  if (data.leavesMisses != 0) {
    access(i32(address), i32(address >>> 32), sizeBytes, MODIFY);
    return;
  }
  bump(references + (READ << 3), 1);
  bump(references + (WRITE << 3), 1);
  reference(data, address, sizeBytes, READ);
  reference(data, address, sizeBytes, WRITE);
}
