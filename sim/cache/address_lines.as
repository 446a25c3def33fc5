/**
 * The usual lines of textual address traces, in AssemblyScript, a TypeScript
 * that compiles to WebAssembly: `deno task wasm` makes `address_lines_wasm.ts` of
 * it. A line with anything else ends the run, for the careful way in JavaScript.
 *
 * An address is found, checked and put together 16 bytes at a time. Where the
 * next line starts is what everything waits for: so the end of the address is
 * looked for first, and by itself. Constant vectors come from memory, because
 * V8 makes those that it knows again at each use.
 */

// As in address_lines.ts, in bytes from the start of the memory.
const COUNT_AT: i32 = 0;
const ROUNDED_AT: i32 = 4;
const VECTORS_AT: i32 = 64;
const HEX_AT: i32 = 512;
const TURNS_AT: i32 = 1024;
const LO_AT: i32 = 0x4000;
const HI_AT: i32 = 0x6000;
const META_AT: i32 = 0x8000;
const KINDS_AT: i32 = 0x10000;
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

@inline
function put(at: i32, address: i64, meta: i32): void {
  store<i32>(at, i32(address), LO_AT);
  store<i32>(at, i32(address >>> 32), HI_AT);
  store<i32>(at, meta, META_AT);
}

/**
 * Parses lines of lackey, as many as are usual: `I  0401ab70,3`.
 *
 * @param at Where the first one starts.
 * @param end Behind the last one.
 * @param most References at most.
 * @returns Where the line starts that was not parsed; `COUNT_AT` has how many
 *   were.
 */
export function lackey(at: i32, end: i32, most: i32): i32 {
  const comma = vector(0);
  const lower = vector(1);
  const letterA = vector(2);
  const five = vector(3);
  const zero = vector(4);
  const nine = vector(5);
  const fifteen = vector(6);
  const lowBytes = vector(7);
  let out: i32 = 0;
  const outEnd = most << 2;
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
      valueOf(valuesOf(text, isLetter, fifteen, nine), digits, lowBytes),
      size << 2 | kind,
    );
    out += 4;
    at = next;
  }
  store<i32>(COUNT_AT, out >>> 2);
  return at;
}

/** The same for lines of Dinero: `r 1fff000d08 8`, or `0 1fff000d08`. */
export function din(at: i32, end: i32, most: i32): i32 {
  const lower = vector(1);
  const letterA = vector(2);
  const five = vector(3);
  const zero = vector(4);
  const nine = vector(5);
  const fifteen = vector(6);
  const lowBytes = vector(7);
  let out: i32 = 0;
  const outEnd = most << 2;
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
      put(out, address & ~3, CLASSIC_SIZE | (kind & 3));
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
    put(out, address, size << 2 | kind);
    out += 4;
    at = next;
  }
  store<i32>(COUNT_AT, out >>> 2);
  store<i32>(ROUNDED_AT, rounded);
  return at;
}
