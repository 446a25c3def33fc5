/**
 * The loop of `lru_run.ts` in AssemblyScript, a TypeScript that compiles to
 * WebAssembly: `deno task wasm` makes `lru_run_wasm.ts` of it.
 *
 * References go through in blocks of 16. What most of them do is compared for
 * four at once (`lru_fours.as`): the line is the recent one of its set, the
 * reference ends in it, and a write finds it dirty. The others of a block are
 * taken one by one (`lru_levels.as`), and behind each it is looked up which
 * references of its set are others now, and which no longer: that is cheaper
 * than a jump for each that no processor foresees. What may have changed lines
 * of other sets ends its block. A set is looked through, and moved by one, four
 * ways at a time. A reference that crosses a border and finds both lines as it
 * leaves them changes nothing but counts. Kinds are counted in a pass of their
 * own.
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
import {
  access, admit, bump, FETCH_SHIFT, HIT, holders, INSTRUCTION, INVALIDATIONS,
  Level, miss, MODIFY, modify, moved, READ, SPLITS, WRITE,
} from "./lru_levels";
import {
  areIn, fit, maskOf, plainOf, rowsOf, stand, sumOf, tallied,
} from "./lru_fours";

/** CacheLevel.finishMiss() of the data level, or of the other one. */
@external("env", "finishMiss")
declare function finishMiss(
  isFetch: i32, first: i32, victimLo: i32, victimHi: i32,
  lo: i32, hi: i32, sizeBytes: i32, kind: i32,
): void;

/** Lines of first levels that had to leave with one below. */
@inline
function invalidations(data: Level, fetch: Level): f64 {
  return load<f64>(data.counters + INVALIDATIONS) +
    load<f64>(fetch.counters + INVALIDATIONS);
}

/** Where the set of an address starts. */
@inline
function rowAt(
  address: i32, isFetch: bool, tags: i32, fetchTags: i32, rowShift: i32,
  rowMask: i32, lineShift: i32, setMask: i32, rowBytes: i32,
  fetchSetMask: i32, fetchRowBytes: i32, isCut: bool,
): i32 {
  if (isCut) {
    return tags + (i32(isFetch) << (FETCH_SHIFT + 1)) +
      ((address >>> rowShift) & rowMask);
  }
  const row = address >>> lineShift;
  return isFetch
    ? fetchTags + (row & fetchSetMask) * fetchRowBytes
    : tags + (row & setMask) * rowBytes;
}

/** Whether a line is the recent one of its set, and dirty if it is written. */
@inline
function staysIn(first: i32, line: i64, soils: i32): bool {
  return (load<i64>(first) | i64(soils ^ 1)) == (line | 1);
}

/**
 * Takes references; each of the functions below is this one with other
 * constants in its place.
 */
@inline
function takeAll(
  data: Level, fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
  isCut: bool, isEven: bool, isData: bool,
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
  const rowShift = isEven ? 0 : lineShift - ctz(rowBytes);
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
        lineShift, setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut,
        isEven, isData,
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
        lineShift, setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut,
        isEven, isData,
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
        lineShift, setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut,
        isEven, isData,
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
        lineShift, setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut,
        isEven, isData,
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
      // Most of those that cross a border find both lines as they leave them.
      if (left > room && left - room <= inLine + 1 && kind != MODIFY) {
        const low = address & ~i64(inLine);
        const high = low + inLine + 1;
        const lowRow = rowAt(
          i32(low), isFetch, tags, fetchTags, rowShift, rowMask, lineShift,
          setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut,
        );
        const highRow = rowAt(
          i32(high), isFetch, tags, fetchTags, rowShift, rowMask, lineShift,
          setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut,
        );
        if (staysIn(lowRow, low, soils) && staysIn(highRow, high, soils)) {
          const counters = isFetch ? fetch.counters : data.counters;
          bump(counters + SPLITS, 1);
          bump(counters + (kind << 3), 1);
          rest &= rest - 1;
          continue;
        }
      }
      // Whether other sets may have changed, too.
      let isOver = false;
      // Piece by piece, if it crosses lines.
      for (;;) {
        const line = address & ~i64(inLine);
        const first = rowAt(
          i32(address), isFetch, tags, fetchTags, rowShift, rowMask, lineShift,
          setMask, rowBytes, fetchSetMask, fetchRowBytes, isCut,
        );
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
              // Those of a piece before this one have changed sets, too.
              if (invalidations(data, fetch) != before) isOver = true;
            }
          }
        }
        if (isBlock) {
          // Those after it in this set have to be taken, too, unless they are
          // in this line, and find it dirty if they write.
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

  // Which byte of four counts a kind: as many of them as a byte can count.
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
  takeAll(
    data, fetch, references, lo, hi, meta, count, one, true, false, false,
  );
}

/** The same where ways are as long as a line: 8 ways of 64 bytes. */
export function runEven(
  data: Level, fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(data, fetch, references, lo, hi, meta, count, one, true, true, false);
}

/** The same by any first levels with lines as long, or by a unified one. */
export function runAny(
  data: Level, fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(
    data, fetch, references, lo, hi, meta, count, one, false, false, false,
  );
}

/** As `runAlike()` by a level of reads and writes; fetches are others'. */
export function runDataCut(
  data: Level, _fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(data, data, references, lo, hi, meta, count, one, true, false, true);
}

/** The same by any such level. */
export function runData(
  data: Level, _fetch: Level, references: i32,
  lo: i32, hi: i32, meta: i32, count: i32, one: i32,
): void {
  takeAll(data, data, references, lo, hi, meta, count, one, false, false, true);
}
