/**
 * Four usual lines of textual address traces at once, for `address_lines.as`:
 * their ends are bits of one mask, and the mask of the next four is made before
 * these are looked at, so that nothing waits for where they start. All that may
 * be wrong with them, or a size of two digits, is one jump.
 *
 * The relaxed instructions are one each of a processor, and here as exact as the
 * others: what they may do differently they do for indices from 16 to 127, and
 * for weights above 127.
 */

// As in address_lines.ts, in bytes from the start of the memory.
const OUT_AT: i32 = 0;
const FOUR_AT: i32 = 256;
const LINES_AT: i32 = 0x800;
/**
 * What `LINES_AT` has for lines by their length: for their first 16 bytes, for
 * the last ones from `LONG` on, and `LONGER` behind those, for the last ones with
 * a size of two digits.
 */
const LONG: i32 = 80;
const LONGER: i32 = 80;

@inline
function constant(index: i32): v128 {
  return v128.load(FOUR_AT + (index << 4));
}

/** What is a line feed of 32 bytes. */
@inline
function feedsOf(first: v128, second: v128, feed: v128): i32 {
  return i8x16.bitmask(i8x16.eq(first, feed)) |
    i8x16.bitmask(i8x16.eq(second, feed)) << 16;
}

/** The line feeds among the 64 bytes that begin 8 bytes into a line. */
@inline
function feedsBehind(at: i32, feed: v128): u64 {
  return u64(u32(feedsOf(v128.load(at, 8), v128.load(at, 24), feed))) |
    u64(u32(feedsOf(v128.load(at, 40), v128.load(at, 56), feed))) << 32;
}

/** The digits' values; of any other byte one above 15, each of its own. */
@inline
function digitsOf(
  text: v128, toTop: v128, six: v128, fromTop: v128, letterA: v128, ten: v128,
): v128 {
  return i8x16.min_u(
    i8x16.add(i8x16.sub_sat_u(i8x16.add(text, toTop), six), fromTop),
    i8x16.add_sat_u(i8x16.sub(text, letterA), ten),
  );
}

/** The digits of an address, last one first, and nothing after the first. */
@inline
function turnedDigits(digits: v128, lineBytes: i32): v128 {
  return i8x16.relaxed_swizzle(digits, v128.load(lineBytes << 4, LINES_AT));
}

/** Two addresses of their digits. */
@inline
function addressesOf(first: v128, second: v128, weights: v128): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.relaxed_dot_i8x16_i7x16_s(first, weights),
    i16x8.relaxed_dot_i8x16_i7x16_s(second, weights),
  );
}

/** What four lines end with: a separator, a digit and a line feed, as digits. */
@inline
function endsOf(
  digits0: v128, digits1: v128, digits2: v128, digits3: v128,
): v128 {
  return v128.shuffle<i64>(
    v128.shuffle<i32>(digits0, digits1, 2, 6, 3, 7),
    v128.shuffle<i32>(digits2, digits3, 2, 6, 3, 7),
    1, 3,
  );
}

/** What four lines start with: each but the first after the one before. */
@inline
function startsOf(at: i32, at0: i32, at1: i32, at2: i32): v128 {
  let starts = v128.load32_zero(at);
  starts = v128.load32_lane(at0, starts, 1, 16);
  starts = v128.load32_lane(at1, starts, 2, 16);
  return v128.load32_lane(at2, starts, 3, 16);
}

/** What a line starts with that has this letter, and its kind after it. */
@inline
function expectedOf(starts: v128): v128 {
  const letters = i8x16.relaxed_swizzle(starts, constant(8));
  return i8x16.relaxed_swizzle(
    constant(11),
    v128.or(v128.and(letters, constant(9)), constant(10)),
  );
}

/** Writes four references: sizes less one, by 4, and kinds as highest bytes. */
@inline
function putFour(
  out: i32, column: i32, turned0: v128, turned1: v128, turned2: v128,
  turned3: v128, sizes: v128, kinds: v128,
): void {
  const weights = constant(14);
  const first = addressesOf(turned0, turned1, weights);
  const second = addressesOf(turned2, turned3, weights);
  v128.store(out, v128.shuffle<i32>(first, second, 0, 2, 4, 6));
  v128.store(out + column, v128.shuffle<i32>(first, second, 1, 3, 5, 7));
  v128.store(
    out + 2 * column,
    i32x4.add(sizes, i32x4.shr_u(kinds, 24)),
  );
}

/**
 * Parses lines by fours, as long as they are of the commonest kind: the same
 * code for both formats, whose beginnings and separators are constants in
 * memory.
 *
 * @returns Where the line starts that was not parsed; `OUT_AT` has where its
 *   reference belongs.
 */
export function fours(
  at: i32, end: i32, out: i32, outEnd: i32, column: i32,
): i32 {
  const feed = constant(0);
  const toTop = constant(1);
  const six = constant(2);
  const fromTop = constant(3);
  const letterA = constant(4);
  const ten = constant(5);
  let feeds = feedsBehind(at, feed);
  // Four ends of lines are looked for within 72 bytes.
  let times = min((end - at) >> 7, (outEnd - out) >> 4);
  while (times > 0) {
    const from = at + 9;
    const at1 = from + i32(ctz(feeds));
    feeds &= feeds - 1;
    const at2 = from + i32(ctz(feeds));
    feeds &= feeds - 1;
    const at3 = from + i32(ctz(feeds));
    feeds &= feeds - 1;
    const next = from + i32(ctz(feeds));
    feeds = feedsBehind(next, feed);

    const text0 = v128.load(at);
    const text1 = v128.load(at1);
    const text2 = v128.load(at2);
    const text3 = v128.load(at3);
    const starts = v128.shuffle<i64>(
      v128.shuffle<i32>(text0, text1, 0, 4, 1, 5),
      v128.shuffle<i32>(text2, text3, 0, 4, 1, 5),
      0, 2,
    );
    const expected = expectedOf(starts);
    // Nothing where separator and line feed are, and the size less one.
    const rest = constant(6);
    const turned0 = i8x16.sub(
      turnedDigits(
        digitsOf(text0, toTop, six, fromTop, letterA, ten),
        at1 - at,
      ),
      rest,
    );
    const turned1 = i8x16.sub(
      turnedDigits(
        digitsOf(text1, toTop, six, fromTop, letterA, ten),
        at2 - at1,
      ),
      rest,
    );
    const turned2 = i8x16.sub(
      turnedDigits(
        digitsOf(text2, toTop, six, fromTop, letterA, ten),
        at3 - at2,
      ),
      rest,
    );
    const turned3 = i8x16.sub(
      turnedDigits(
        digitsOf(text3, toTop, six, fromTop, letterA, ten),
        next - at3,
      ),
      rest,
    );
    // The highest bit of what is too much; a digit has none.
    const wrong = v128.or(
      i8x16.add_sat_u(
        i8x16.max_u(
          i8x16.max_u(turned0, turned1),
          i8x16.max_u(turned2, turned3),
        ),
        constant(7),
      ),
      i8x16.add_sat_u(v128.xor(starts, expected), constant(12)),
    );
    if (i8x16.bitmask(wrong) != 0) break;
    putFour(
      out, column, turned0, turned1, turned2, turned3,
      i32x4.shr_u(endsOf(turned0, turned1, turned2, turned3), 14), expected,
    );
    out += 16;
    at = next;
    times--;
    if (times == 0) times = min((end - at) >> 7, (outEnd - out) >> 4);
  }
  store<i32>(OUT_AT, out);
  return at;
}

/** The digits of the line whose last 16 bytes are there. */
@inline
function digitsAt(at: i32): v128 {
  return digitsOf(
    v128.load(at), constant(1), constant(2), constant(3), constant(4),
    constant(5),
  );
}

/**
 * Parses lines by fours, as long as there are sizes of two digits, or lines of
 * more than 16 bytes, among them. It is not called in the loop above, for V8
 * would load all constants again after the call.
 */
export function longerFours(
  at: i32, end: i32, out: i32, outEnd: i32, column: i32,
): i32 {
  let isLonger = true;
  while (isLonger && at <= end - 72 && out <= outEnd - 16) {
    let feeds = feedsBehind(at, constant(0));
    const from = at - 7;
    const at0 = from + i32(ctz(feeds));
    feeds &= feeds - 1;
    const at1 = from + i32(ctz(feeds));
    feeds &= feeds - 1;
    const at2 = from + i32(ctz(feeds));
    feeds &= feeds - 1;
    const at3 = from + i32(ctz(feeds));
    const digits0 = digitsAt(at0);
    const digits1 = digitsAt(at1);
    const digits2 = digitsAt(at2);
    const digits3 = digitsAt(at3);
    const ends = endsOf(digits0, digits1, digits2, digits3);
    const starts = startsOf(at, at0, at1, at2);
    const expected = expectedOf(starts);
    const byte = i32x4.splat(0xff);
    const separator = constant(15);
    // A separator, digits and a line feed are bytes 0 to 3, or the last three.
    const second = v128.and(i32x4.shr_u(ends, 8), byte);
    const units = v128.and(i32x4.shr_u(ends, 16), byte);
    const areLonger = i32x4.eq(v128.and(ends, byte), separator);
    const tens = v128.and(second, areLonger);
    const sizes = i32x4.sub(
      i32x4.add(i32x4.mul(tens, constant(17)), units),
      i32x4.splat(1),
    );
    const longer = i32x4.bitmask(areLonger);
    const longest = max(
      max(at0 - at + 16, at1 - at0),
      max(at2 - at1, at3 - at2),
    );
    const turned0 = turnedDigits(
      digits0, LONG + at0 - at + 16 + (longer & 1) * LONGER,
    );
    const turned1 = turnedDigits(
      digits1, LONG + at1 - at0 + (longer >>> 1 & 1) * LONGER,
    );
    const turned2 = turnedDigits(
      digits2, LONG + at2 - at1 + (longer >>> 2 & 1) * LONGER,
    );
    const turned3 = turnedDigits(
      digits3, LONG + at3 - at2 + (longer >>> 3) * LONGER,
    );
    const areWrong = v128.or(
      v128.or(
        v128.andnot(i32x4.ne(second, separator), areLonger),
        i32x4.ne(i32x4.shr_u(ends, 24), constant(18)),
      ),
      v128.or(
        v128.or(
          i32x4.gt_s(units, constant(16)),
          i32x4.gt_s(tens, constant(16)),
        ),
        i32x4.lt_s(sizes, i32x4.splat(0)),
      ),
    );
    const wrong = v128.or(
      i8x16.add_sat_u(
        i8x16.max_u(
          i8x16.max_u(turned0, turned1),
          i8x16.max_u(turned2, turned3),
        ),
        constant(13),
      ),
      i8x16.add_sat_u(v128.xor(starts, expected), constant(12)),
    );
    if (i8x16.bitmask(v128.or(areWrong, wrong)) != 0) break;
    putFour(
      out, column, turned0, turned1, turned2, turned3, i32x4.shl(sizes, 2),
      expected,
    );
    out += 16;
    at = at3 + 16;
    isLonger = longer != 0 || longest > 16;
  }
  store<i32>(OUT_AT, out);
  return at;
}
