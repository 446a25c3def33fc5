/**
 * The usual lines of textual address traces, in AssemblyScript, a TypeScript
 * that compiles to WebAssembly: `deno task wasm` makes `address_lines_wasm.ts` of
 * it. A line with anything else ends the run, for the careful way in JavaScript.
 *
 * The commonest lines are taken four at once: their ends are bits of one mask,
 * and the mask of the next four is made before these are looked at, so that
 * nothing waits for where they start. All that may be wrong with them, or a size
 * of two digits, is one jump. A classic label, or an address of more than 13
 * digits, is for the lines one by one, where the end of the address is looked for
 * first, and by itself.
 *
 * Constant vectors come from memory, because V8 makes those that it knows again
 * at each use; from the start of it, because an address that V8 knows is not
 * compared with the memory's length. The relaxed instructions are one each of a
 * processor, and here as exact as the others: what they may do differently they
 * do for indices from 16 to 127, and for weights above 127.
 */

// As in address_lines.ts, in bytes from the start of the memory.
const OUT_AT: i32 = 0;
const ROUNDED_AT: i32 = 4;
const VECTORS_AT: i32 = 64;
const FOUR_AT: i32 = 256;
const TURNS_AT: i32 = 1024;
const HEX_AT: i32 = 0x600;
const LINES_AT: i32 = 0x800;
const KINDS_AT: i32 = 0x2000;
/**
 * What `LINES_AT` has for lines by their length: for their first 16 bytes, for
 * the last ones from `LONG` on, and `LONGER` behind those, for the last ones with
 * a size of two digits.
 */
const LONG: i32 = 80;
const LONGER: i32 = 80;
/** The bit of what begins no line, and that of a classic label. */
const NO_KIND: i32 = 0x80;
const CLASSIC: i32 = 4;
const CLASSIC_SIZE: i32 = 4 << 2;
/** A comma or a blank, a digit, a line feed: what follows an address. */
const TAIL_MASK: i32 = 0x00ff00ff;
const LINE_FEED: i32 = 0x0a;
const SPACE: i32 = 0x20;
const COMMA: i32 = 0x2c;
const ZERO: i32 = 0x30;

/** The digits' values, and which bytes are no digits. */
@inline
function valuesOf(text: v128, isLetter: v128, fifteen: v128, nine: v128): v128 {
  return i8x16.add(v128.and(text, fifteen), v128.and(isLetter, nine));
}

@inline
function vector(index: i32): v128 {
  return v128.load(VECTORS_AT + (index << 4));
}

/** The value of so many hexadecimal digits. */
@inline
function valueOf(values: v128, digits: i32, lowBytes: v128): i64 {
  // Last digit first, and nothing behind the first one.
  const turned = i8x16.swizzle(values, v128.load(TURNS_AT + (digits << 4)));
  const bytes = v128.or(turned, i16x8.shr_u(turned, 4));
  return i64x2.extract_lane(
    i8x16.narrow_i16x8_u(v128.and(bytes, lowBytes), bytes),
    0,
  );
}

/** Writes a reference into the columns, which are `column` bytes apart. */
@inline
function put(out: i32, column: i32, address: i64, meta: i32): void {
  store<i32>(out, i32(address));
  store<i32>(out + column, i32(address >>> 32));
  store<i32>(out + 2 * column, meta);
}

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

/** What is a line feed of the 64 bytes that stand 8 behind a line's start. */
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

/** The digits of an address, last one first, and nothing behind the first. */
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

/** What four lines start with: each but the first behind the one before. */
@inline
function startsOf(at: i32, at0: i32, at1: i32, at2: i32): v128 {
  let starts = v128.load32_zero(at);
  starts = v128.load32_lane(at0, starts, 1, 16);
  starts = v128.load32_lane(at1, starts, 2, 16);
  return v128.load32_lane(at2, starts, 3, 16);
}

/** What a line starts with that has this letter, and its kind behind it. */
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
function fours(at: i32, end: i32, out: i32, outEnd: i32, column: i32): i32 {
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

/** The digits of the line whose last 16 bytes stand there. */
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
 * would load all constants again behind the call.
 */
function longerFours(
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
 const longest = max(max(at0 - at + 16, at1 - at0), max(at2 - at1, at3 - at2));
  const turned0 = turnedDigits(
    digits0, LONG + at0 - at + 16 + (longer & 1) * LONGER,
  );
  const turned1 = turnedDigits(
    digits1, LONG + at1 - at0 + (longer >>> 1 & 1) * LONGER,
  );
  const turned2 = turnedDigits(
    digits2, LONG + at2 - at1 + (longer >>> 2 & 1) * LONGER,
  );
  const turned3 = turnedDigits(digits3, LONG + at3 - at2 + (longer >>> 3) * LONGER);
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

/** Lines that are taken one by one before the next four are tried. */
const FEWEST: i32 = 4;
const MOST: i32 = 64;

/**
 * Parses lines, as many as are usual.
 *
 * @param isLackey Whose lines.
 */
@inline
function lines(
  at: i32, end: i32, out: i32, column: i32, most: i32, isLackey: bool,
): i32 {
  const outEnd = out + (most << 2);
  let few = FEWEST;
  let limit: i32;
  store<i32>(ROUNDED_AT, 0);
  do {
    const before = out;
    at = fours(at, end, out, outEnd, column);
    out = load<i32>(OUT_AT);
    if (out != before) few = FEWEST;
    at = longerFours(at, end, out, outEnd, column);
    limit = load<i32>(OUT_AT);
    if (limit == out) {
      // Neither: so another kind of line is among these four.
      limit = min(outEnd, out + (few << 2));
      few = min(few << 1, MOST);
      at = isLackey
        ? lackeyLines(at, end, out, limit, column)
        : dinLines(at, end, out, limit, column);
    }
    out = load<i32>(OUT_AT);
  } while (out == limit && limit != outEnd);
  return at;
}

/**
 * Parses lines of lackey, as many as are usual: `I  0401ab70,3`.
 *
 * @param at Where the first one starts.
 * @param end Behind the last one.
 * @param out Where the low word of the first address belongs.
 * @param column How far behind it the high word does, and behind that its size
 *   and kind.
 * @param most References at most.
 * @returns Where the line starts that was not parsed; `OUT_AT` has where its
 *   reference belongs.
 */
export function lackey(
  at: i32, end: i32, out: i32, column: i32, most: i32,
): i32 {
  return lines(at, end, out, column, most, true);
}

/** The same for lines of Dinero: `r 1fff000d08 8`, or `0 1fff000d08`. */
export function din(
  at: i32, end: i32, out: i32, column: i32, most: i32,
): i32 {
  return lines(at, end, out, column, most, false);
}

/** Parses lines of lackey one by one. */
function lackeyLines(
  at: i32, end: i32, out: i32, outEnd: i32, column: i32,
): i32 {
  const comma = vector(0);
  const lower = vector(1);
  const letterA = vector(2);
  const five = vector(3);
  const zero = vector(4);
  const nine = vector(5);
  const fifteen = vector(6);
  const lowBytes = vector(7);
  while (out < outEnd && at < end) {
    const text = v128.load(at, 3);
    const digits = ctz(i8x16.bitmask(i8x16.eq(text, comma)));
    const isLetter = i8x16.le_u(i8x16.sub(v128.or(text, lower), letterA), five);
    const isDigit = i8x16.le_u(i8x16.sub(text, zero), nine);
    const others = ~i8x16.bitmask(v128.or(isLetter, isDigit)) &
      ((1 << digits) - 1);
    const head = load<i32>(at);
    const kind = i32(load<u8>(KINDS_AT + (head & 0xffff)));
    const to = at + digits;
    const tail = load<i32>(to, 3);
    // One jump for all that may be wrong: no comma, no digit, other letters.
    if (
      ((digits - 1) >>> 4 | others | kind & NO_KIND |
        (head & 0xff0000) ^ SPACE << 16) != 0
    ) break;
    let size = ((tail >>> 8) & 0xff) - ZERO;
    let next = to + 6;
    if (
      (tail & TAIL_MASK) != (LINE_FEED << 16 | COMMA) || u32(size - 1) > 8
    ) {
      // A size of two digits.
      const second = ((tail >>> 16) & 0xff) - ZERO;
      if (
        tail >>> 24 != LINE_FEED || u32(size) > 9 || u32(second) > 9
      ) break;
      size = size * 10 + second;
      if (size == 0) break;
      next++;
    }
    put(
      out,
      column,
      valueOf(valuesOf(text, isLetter, fifteen, nine), digits, lowBytes),
      size << 2 | kind,
    );
    out += 4;
    at = next;
  }
  store<i32>(OUT_AT, out);
  return at;
}

/** Parses lines of Dinero one by one. */
function dinLines(
  at: i32, end: i32, out: i32, outEnd: i32, column: i32,
): i32 {
  const lower = vector(1);
  const letterA = vector(2);
  const five = vector(3);
  const zero = vector(4);
  const nine = vector(5);
  const fifteen = vector(6);
  const lowBytes = vector(7);
  let rounded: i32 = 0;
  while (out < outEnd && at < end) {
    const text = v128.load(at, 2);
    // A blank, a line feed, or whatever else is below digits and letters.
    const digits = ctz(i8x16.bitmask(i8x16.le_u(text, lower)));
    const isLetter = i8x16.le_u(i8x16.sub(v128.or(text, lower), letterA), five);
    const isDigit = i8x16.le_u(i8x16.sub(text, zero), nine);
    const others = ~i8x16.bitmask(v128.or(isLetter, isDigit)) &
      ((1 << digits) - 1);
    const kind = i32(load<u8>(KINDS_AT + i32(load<u16>(at))));
    const to = at + digits;
    const tail = load<i32>(to, 2);
    if (((digits - 1) >>> 4 | others | kind & NO_KIND) != 0) break;
    let address = valueOf(
      valuesOf(text, isLetter, fifteen, nine),
      digits,
      lowBytes,
    );
    if (kind >= CLASSIC) {
      if ((tail & 0xff) != LINE_FEED) break;
      if ((i32(address) & 3) != 0) rounded++;
      put(out, column, address & ~3, CLASSIC_SIZE | (kind & 3));
      out += 4;
      at = to + 3;
      continue;
    }
    let size = i32(load<u8>(HEX_AT + ((tail >>> 8) & 0xff)));
    let next = to + 5;
    if (
      (tail & TAIL_MASK) != (LINE_FEED << 16 | SPACE) || u32(size - 1) > 14
    ) {
      // A size of two digits.
      const second = i32(load<u8>(HEX_AT + ((tail >>> 16) & 0xff)));
      if (
        tail >>> 24 != LINE_FEED || (tail & 0xff) != SPACE || size > 15 ||
        second > 15
      ) break;
      size = size << 4 | second;
      if (size == 0) break;
      next++;
    }
    put(out, column, address, size << 2 | kind);
    out += 4;
    at = next;
  }
  store<i32>(OUT_AT, out);
  store<i32>(ROUNDED_AT, load<i32>(ROUNDED_AT) + rounded);
  return at;
}
