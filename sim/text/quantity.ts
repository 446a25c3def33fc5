/**
 * Sizes, counts and times as fio, dd and blktrace users write them: the one
 * parser of every option and every file of the lab that takes them.
 *
 *     4096  4k  4K  4Ki  4KiB  0x1000     4096: a suffix is a power of 1024, as
 *     1e3   0.5M   64M   1G               fio and dd have it, in counts too
 *     10us  2.5ms  1s   2m                times
 *
 * `4kB` is 4000 bytes to dd and 4096 to fio, `8b` is 8 bytes or 8 blocks: what
 * two tools read differently is refused, with both readings.
 */

/** What a number counts. */
export type QuantityKind = "count" | "size" | "percent" | "time";

/** What an option takes. */
export interface QuantityRange {
  /** What it counts. */
  readonly kind: QuantityKind;
  /** The smallest value taken, in units of it. */
  readonly least: number;
  /** The largest value taken; default: 2^53 - 1. */
  readonly most?: number | undefined;
  /** Whether it may have a fraction; default: false. */
  readonly fraction?: boolean | undefined;
  /** Of times: the unit of the value, and of a bare number; default: s. */
  readonly unit?: TimeUnit | undefined;
}

/** Units of time, as fio names them. */
export type TimeUnit = "ns" | "us" | "ms" | "s" | "m" | "h";

/** A number that is none, or not in its range: what was found and expected. */
export class QuantityError extends RangeError {
  override readonly name = "QuantityError";
  readonly found: string;
  readonly expected: string;
  /** Whether it is a number that tools disagree on. */
  readonly isAmbiguous: boolean;

  /**
   * Makes the error.
   *
   * @param isAmbiguous Whether it is a number that tools disagree on.
   */
  constructor(found: string, expected: string, isAmbiguous = false) {
    super(`Cannot read a number: found ${found}, expected ${expected}`);
    this.found = found;
    this.expected = expected;
    this.isAmbiguous = isAmbiguous;
  }
}

/** Powers of 1024: one letter as in fio and dd, or with an i as in IEC 80000. */
const BINARY = "kmgtp";

const NS: Readonly<Record<TimeUnit, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Texts that show how each is written; messages name those in the range. */
const EXAMPLES: Readonly<Record<QuantityKind, readonly string[]>> = {
  count: ["4096", "4k", "1e3"],
  size: ["4096", "4k", "64MiB"],
  percent: ["5", "0.5", "5%"],
  time: ["10", "0.5", "500ms", "2m"],
};

/** Refuses a text; of what is ambiguous it says what to write instead. */
type Refusal = (found: string, instead?: string) => never;

const NUMBER = /^(\d{1,20}(?:\.\d{1,20})?|\.\d{1,20})(e\d{1,3})?([a-zµ%]*)$/i;

/**
 * Reads a size, a count, a percentage or a time.
 *
 * @returns The value: bytes, percent, or the unit of the time.
 * @throws {QuantityError} If it is not a number, if tools disagree on what it
 * is, or if it is out of its range.
 */
export function parseQuantity(text: string, range: QuantityRange): number {
  const { least, most = Number.MAX_SAFE_INTEGER, fraction = false } = range;
  const refuse: Refusal = (found, expected) => {
    throw new QuantityError(
      found,
      expected ?? rangeText(range),
      expected !== undefined,
    );
  };
  const value = valueOf(text, range, refuse);
  if (Number.isNaN(value)) return refuse(quote(text));
  if (value > most) {
    throw new QuantityError(quote(text), rangeText({ ...range, most }), false);
  }
  if (!(value >= least)) return refuse(quote(text));
  if (fraction || Number.isInteger(value)) return value;
  return refuse(
    Number(text) === value ? quote(text) : `${quote(text)}, which is ${value}`,
  );
}

/**
 * Says which values a range has.
 *
 * @returns Such as `a whole number from 1 to 256`.
 */
function rangeText(range: QuantityRange): string {
  const { kind, least, most, fraction = false, unit = "s" } = range;
  const what = {
    count: fraction ? "a number" : "a whole number",
    size: "a size",
    percent: "a percentage",
    time: "a time",
  }[kind];
  const bytes = (most ?? least) === 1 ? " byte" : " bytes";
  const of = kind === "size" ? bytes : kind === "time" ? ` ${unit}` : "";
  // A count below 0 is a whole number, too; a size or a time is none.
  const hasEnds = least > 0 || most !== undefined || kind === "count";
  const to = most === undefined ? "" : ` to ${most}`;
  const bounds = hasEnds ? ` from ${least}${to}${of},` : "";
  const fitting = EXAMPLES[kind].filter((text) => isIn(text, range)).slice(-3);
  // Nobody writes a number of threads as 1e3: few need no example.
  const shown = kind === "count" && fitting.length < 2 ? [] : fitting;
  const last = shown.pop();
  if (last === undefined) return `${what}${bounds.replace(/,$/, "")}`;
  const first = shown.length === 0 ? "" : `${shown.join(", ")} or `;
  return `${what}${bounds} such as ${first}${last}`;
}

function isIn(text: string, range: QuantityRange): boolean {
  const value = valueOf(text, range, () => NaN as never);
  return value >= range.least && value <= (range.most ?? Infinity) &&
    (range.fraction === true || Number.isInteger(value));
}

function valueOf(
  text: string,
  { kind, unit = "s" }: QuantityRange,
  refuse: Refusal,
): number {
  if (/^0x[\da-f]{1,14}$/i.test(text) && kind !== "time") return Number(text);
  const [, digits = "", power = "", suffix = ""] = NUMBER.exec(text) ?? [];
  if (digits === "") return NaN;
  const number = Number(digits + power);
  if (kind === "time") {
    const found = suffix === ""
      ? unit
      : suffix === "µs"
      ? "us"
      : suffix.toLowerCase();
    if (!isTimeUnit(found)) return NaN;
    return scaled(number, NS[found], NS[unit]);
  }
  if (kind === "percent") return suffix.replace("%", "") === "" ? number : NaN;
  if (suffix === "") return number;
  if (suffix === "B" && kind === "size") return number;
  const parts = /^([kmgtp])(i?)(b?)$/i.exec(suffix);
  if (suffix === "b") {
    return refuse(
      `${quote(text)}, which is bytes to fio and blocks of 512 bytes to dd`,
      `${number}, or ${number * 512}`,
    );
  }
  if (parts === null) return NaN;
  const [, letter = "", iec = "", bytes = ""] = parts;
  const exponent = BINARY.indexOf(letter.toLowerCase()) + 1;
  const binary = number * 1024 ** exponent;
  if (bytes !== "" && iec === "") {
    return refuse(
      `${quote(text)}, which is ${number * 1000 ** exponent} to dd and ` +
        `${binary} to fio`,
      `${digits}${power}${letter.toUpperCase()}iB (${binary}) or ` +
        `${number * 1000 ** exponent}`,
    );
  }
  if (bytes !== "" && kind === "count") return NaN;
  return binary;
}

/** Keeps decimal fractions whole: 2.5 us are 2500 ns, 0.1 ms are 100 us. */
function scaled(number: number, from: number, to: number): number {
  const value = from >= to ? number * (from / to) : number / (to / from);
  const near = Math.round(value);
  return Math.abs(value - near) <= 1e-9 * Math.max(1, near) ? near : value;
}

function isTimeUnit(text: string): text is TimeUnit {
  return Object.hasOwn(NS, text);
}

function quote(text: string): string {
  return text === "" ? "nothing" : `"${shown(text)}"`;
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
