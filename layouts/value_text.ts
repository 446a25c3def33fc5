/**
 * A value as shown to the one who gave it: quoted if it is short, and nothing
 * in it moves a terminal's cursor.
 */

/** Longest part of a wrong value that a message quotes. */
const LONGEST_QUOTE = 40;

/**
 * Says what a value is, in a few words.
 *
 * @returns The value itself if it is short, or what kind it is.
 */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "function":
      return "a function";
    case "bigint":
      return `${quoteless(String(value))}n`;
    case "symbol":
      return "a symbol";
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  }
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name !== "string" || name === "Object" || name === ""
    ? "an object"
    : `a ${quoteless(name)}`;
}

/**
 * Quotes a text, cut where it is long.
 *
 * @returns It in double quotes, what is not printable written out.
 */
export function quote(text: string): string {
  const cut = text.length > LONGEST_QUOTE
    ? `${text.slice(0, LONGEST_QUOTE)}...`
    : text;
  // What moves a terminal's cursor is written out.
  return JSON.stringify(cut).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function quoteless(text: string): string {
  return quote(text).slice(1, -1);
}

/**
 * Refuses what is not text.
 *
 * @param what What cannot be done, such as `find ABI`.
 * @throws {TypeError} If it is not a string.
 */
export function checkString(what: string, label: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new TypeError(
    `Cannot ${what}: found ${label} ${describeValue(value)}, expected a string`,
  );
}

/**
 * Refuses what is not a whole number of a range.
 *
 * @param what What cannot be done, such as `make a batch`.
 * @param range The least and the most that it may be, with how that is said.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not a whole one of the range.
 */
export function checkWhole(
  what: string,
  label: string,
  value: unknown,
  range: {
    readonly least?: number;
    readonly most?: number;
    readonly expected: string;
  },
): void {
  const { least = -Infinity, most = Infinity, expected } = range;
  const isNumber = typeof value === "number";
  if (
    isNumber && Number.isSafeInteger(value) && value >= least && value <= most
  ) return;
  const text = `Cannot ${what}: found ${label} ${
    describeValue(value)
  }, expected ${expected}`;
  throw isNumber ? new RangeError(text) : new TypeError(text);
}

/**
 * Refuses what something else was to have made.
 *
 * @param what What cannot be done, such as `replay I/Os`.
 * @param made What it was to be, and whether a value is one.
 * @throws {TypeError} If it is none.
 */
export function checkMade(
  what: string,
  label: string,
  value: unknown,
  made: {
    readonly expected: string;
    readonly isOne: (value: Readonly<Record<string, unknown>>) => boolean;
  },
): void {
  const isObject = typeof value === "object" && value !== null;
  if (isObject && made.isOne(value as Readonly<Record<string, unknown>>)) {
    return;
  }
  throw new TypeError(
    `Cannot ${what}: found ${label} ${
      describeValue(value)
    }, expected ${made.expected}`,
  );
}
