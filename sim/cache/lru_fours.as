/**
 * What `lru_run.as` asks of four references at once: where their sets are, and
 * whether they find their lines as they leave them.
 */
import { FETCH_SHIFT, INSTRUCTION } from "./lru_levels";

/** Which of 16 references have the highest bit of their lanes set, as bits. */
@inline
export function maskOf(a: v128, b: v128, c: v128, d: v128): i32 {
  return i8x16.bitmask(i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(a, b),
    i16x8.narrow_i32x4_s(c, d),
  ));
}

/** The sum of four lanes. */
@inline
export function sumOf(lanes: v128): i32 {
  const pairs = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** Counts four references by kind, in a byte for each. */
@inline
export function tallied(
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
export function rowsOf(
  los: v128, areFetches: v128, start: v128, rowMasks: v128, rowShift: i32,
  lineShift: i32, setMask: i32, rowBytes: i32, fetchSetMask: i32,
  fetchRowBytes: i32, isCut: bool, isEven: bool, isData: bool,
): v128 {
  let rows: v128;
  if (isEven) {
    rows = v128.and(los, rowMasks);
  } else if (isCut) {
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
export function fit(los: v128, metas: v128, offsets: v128, limit: v128): v128 {
  return i32x4.gt_s(
    limit,
    i32x4.add(v128.and(los, offsets), i32x4.shr_u(metas, 2)),
  );
}

/** Which of four lines are the recent ones of their sets, dirty if written. */
@inline
export function stand(
  rows: v128, lines: v128, his: v128, metas: v128, bit0: v128,
  bit1: v128, isData: bool, isUnified: bool,
): v128 {
  const rows01 = i64x2.extract_lane(rows, 0);
  const rows23 = i64x2.extract_lane(rows, 1);
  const tags01 = v128.load64_lane(
    i32(rows01 >>> 32), v128.load64_zero(i32(rows01)), 1,
  );
  const tags23 = v128.load64_lane(
    i32(rows23 >>> 32), v128.load64_zero(i32(rows23)), 1,
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
export function plainOf(fits: v128, metas: v128, isData: bool): v128 {
  const areOthers = i32x4.shl(metas, 30);
  return v128.andnot(
    fits,
    isData ? areOthers : v128.and(areOthers, i32x4.shl(metas, 31)),
  );
}

/** Which of four references are to a line, of those in its set. */
@inline
export function areIn(
  inRow: v128, lines: v128, line: v128, his: v128, above: v128,
): v128 {
  return v128.and(
    v128.and(inRow, i32x4.eq(lines, line)),
    i32x4.eq(his, above),
  );
}
