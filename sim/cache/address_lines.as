/**
 * The usual lines of textual address traces, in AssemblyScript, a TypeScript
 * that compiles to WebAssembly: `deno task wasm` makes `address_lines_wasm.ts` of
 * it. A line with anything else ends the run, for the careful way in JavaScript.
 *
 * The commonest lines are taken four at once (`address_fours.as`). A classic
 * label, or an address of more than 13 digits, is for the lines one by one, where
 * the end of the address is looked for first, and by itself.
 *
 * Constant vectors come from memory, because V8 makes those that it knows again
 * at each use; from the start of it, because an address that V8 knows is not
 * compared with the memory's length.
 */
import { fours, longerFours } from "./address_fours";

// As in address_lines.ts, in bytes from the start of the memory.
const OUT_AT: i32 = 0;
const ROUNDED_AT: i32 = 4;
const VECTORS_AT: i32 = 64;
const TURNS_AT: i32 = 1024;
const HEX_AT: i32 = 0x600;
const KINDS_AT: i32 = 0x2000;
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
  // Last digit first, and nothing after the first one.
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
 * @param column How far after it the high word does, and after that its size
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
