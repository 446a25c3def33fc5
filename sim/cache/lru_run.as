/**
 * The loop of `lru_run.ts` in AssemblyScript, a TypeScript that compiles to
 * WebAssembly: `deno task wasm` makes `lru_run_wasm.ts` of it.
 *
 * References go through in groups of four. What most of them do is compared for
 * all four at once: the line is the recent one of its set, the reference ends
 * in it, and a write finds it dirty. The first of a group that does not is taken
 * by itself, and the next group starts behind it, for it may have moved lines.
 * A set is looked through, and moved by one, four ways at a time.
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
/** Fetched lines stand 2 << 19 bytes, 1 MiB, behind those of the data level. */
const FETCH_SHIFT: i32 = 19;
/** No line that had to leave: flags that no line has together. */
const HIT: i64 = 3;

/** A level; `LEVEL_WORDS` of lru_run.ts lists the same. */
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
  const row = i32(address >>> i64(level.lineShift)) & level.setMask;
  bump(level.counters + (kind << 3), 1);
  const first = level.tags + row * level.rowBytes;
  const held = admit(first, level.rowBytes, line, kind & 1);
  if (held != HIT) miss(level, line, held, sizeBytes, kind);
}

/** CacheLevel.finishMiss(), where no level has any rule but the default. */
function miss(level: Level, line: i64, held: i64, sizeBytes: i32, kind: i32): void {
  const lineBytes = level.lineBytes;
  const next = changetype<Level>(level.next);
  bump(level.counters + MISSES + (kind << 3), 1);
  if (kind != WRITE || sizeBytes != lineBytes) {
    bump(level.counters + BYTES_FROM_NEXT, lineBytes);
    if (level.next != 0) {
      reference(next, line, lineBytes, kind == WRITE ? READ : kind);
    }
  }
  if ((held & (FREE | DIRTY)) == DIRTY) {
    bump(level.counters + WRITEBACKS, 1);
    bump(level.counters + BYTES_TO_NEXT, lineBytes);
    if (level.next != 0) reference(next, held & ~DIRTY, lineBytes, WRITE);
  }
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

/**
 * Takes references; each of the functions below is this one with other
 * constants in its place.
 */
@inline
function takeAll(
  data: Level, fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
  areAlike: bool,
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
  const allBut0 = i32x4.splat(~one);
  const clean = i64x2.splat(~i64(one));
  const bit1 = i32x4.splat(one << 1);
  const fetchBit = areAlike ? bit1 : i32x4.splat(isUnified ? 0 : one << 1);
  const offsets = i32x4.splat(inLine);
  const limit = i32x4.splat(inLine + 2);
  const start = i32x4.splat(tags);

  const end = count << 2;
  const groupEnd = end - 15;
  let writes: i32 = 0;
  let fetches: i32 = 0;
  let others: i32 = 0;
  let writesOf = i32x4.splat(0);
  let fetchesOf = i32x4.splat(0);
  let at: i32 = 0;
  while (at < groupEnd) {
    const metas = v128.load(meta + at);
    const los = v128.load(lo + at);
    const areFetches = v128.and(metas, fetchBit);
    let rows: v128;
    if (areAlike) {
      rows = v128.and(i32x4.shr_u(los, rowShift), rowMasks);
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
    rows = i32x4.add(rows, i32x4.add(start, i32x4.shl(areFetches, FETCH_SHIFT)));
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
      v128.and(
        v128.xor(
          v128.shuffle<i32>(tags01, tags23, 0, 2, 4, 6),
          v128.or(v128.andnot(los, offsets), bit0),
        ),
        v128.or(metas, allBut0),
      ),
      v128.xor(
        v128.shuffle<i32>(tags01, tags23, 1, 3, 5, 7),
        v128.load(hi + at),
      ),
    );
    if (!areAlike && isUnified) {
      differs = v128.or(
        differs,
        v128.and(v128.and(metas, bit0), i32x4.shr_u(metas, 1)),
      );
    }
    const fits = i32x4.gt_s(
      limit,
      i32x4.add(v128.and(los, offsets), i32x4.shr_u(metas, 2)),
    );
    const settled = i32x4.bitmask(
      v128.and(fits, i32x4.eq(differs, i32x4.splat(0))),
    );
    if (settled == 0b1111) {
      writesOf = i32x4.add(writesOf, v128.and(metas, bit0));
      fetchesOf = i32x4.add(
        fetchesOf,
        areAlike ? areFetches : v128.and(metas, bit1),
      );
      at += 16;
      continue;
    }

    // Those before the first other one are settled; it is counted with them.
    const place = ctz(~settled);
    const counted = (2 << place) - 1;
    writes += popcnt(i32x4.bitmask(i32x4.shl(metas, 31)) & counted);
    fetches += popcnt(i32x4.bitmask(i32x4.shl(metas, 30)) & counted);
    at += place << 2;
    const found = load<i32>(meta + at);
    let address = (i64(load<i32>(hi + at)) << 32) | i64(load<u32>(lo + at));
    at += 4;
    const kind = found & 3;
    let left = found >>> 2;
    if (kind == MODIFY) {
      writes--;
      fetches--;
      others++;
      modify(data, references, address, left);
      continue;
    }
    const isFetch = kind == INSTRUCTION;
    const soils = kind & 1;
    // Piece by piece, if it crosses lines.
    for (;;) {
      const line = address & ~i64(inLine);
      const room = inLine + 1 - (i32(address) & inLine);
      let first = isFetch ? fetchTags : tags;
      if (areAlike) first += (i32(address) >>> rowShift) & rowMask;
      else {
        const row = i32(address) >>> lineShift;
        first += isFetch
          ? (row & fetchSetMask) * fetchRowBytes
          : (row & setMask) * rowBytes;
      }
      const wanted = i64x2.splat(line);
      const a = v128.load(first);
      const b = v128.load(first, 16);
      const among = holders(wanted, a, clean) | holders(wanted, b, clean) << 2;
      if (among != 0) {
        const way = ctz(among);
        const until = i32x4.splat(way);
        const recent = i64x2.splat(load<i64>(first + (way << 3)) | soils);
        const isBehind = i32x4.gt_s(i32x4(-1, -1, 1, 1), until);
        v128.store(first, moved(recent, a, isBehind));
        v128.store(first, moved(a, b, i32x4.gt_s(i32x4(2, 2, 3, 3), until)), 16);
      } else {
        const held = admit(first, isFetch ? fetchRowBytes : rowBytes, line, soils);
        if (held != HIT) {
          const level = isFetch ? fetch : data;
          const bytes = min(left, room);
          if (level.leavesMisses != 0) {
            finishMiss(
              isFetch ? 1 : 0, first, i32(held), i32(held >>> 32),
              i32(address), i32(address >>> 32), bytes, kind,
            );
          } else miss(level, line, held, bytes, kind);
        }
      }
      if (left <= room) break;
      left -= room;
      address += room;
      const counters = isFetch ? fetch.counters : data.counters;
      bump(counters + SPLITS, 1);
      bump(counters + (kind << 3), 1);
    }
  }

  const all = (at >>> 2) - others;
  for (; at < end; at += 4) {
    const found = load<i32>(meta + at);
    access(load<i32>(lo + at), load<i32>(hi + at), found >>> 2, found & 3);
  }
  writesOf = i32x4.add(writesOf, v128.shuffle<i32>(writesOf, writesOf, 2, 3, 0, 1));
  writes += i32x4.extract_lane(writesOf, 0) + i32x4.extract_lane(writesOf, 1);
  fetchesOf = i32x4.add(
    fetchesOf,
    v128.shuffle<i32>(fetchesOf, fetchesOf, 2, 3, 0, 1),
  );
  fetches += (i32x4.extract_lane(fetchesOf, 0) +
    i32x4.extract_lane(fetchesOf, 1)) >> 1;
  const reads = all - writes - fetches;
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
  takeAll(data, fetch, references, lo, hi, meta, count, one, true);
}

/** The same by any first levels with lines as long, or by a unified one. */
export function runAny(
  data: Level, fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(data, fetch, references, lo, hi, meta, count, one, false);
}
