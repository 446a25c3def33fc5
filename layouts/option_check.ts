/**
 * One way of refusing what a caller gave: a value is held against its schema,
 * and the first thing that is wrong is named, with what was found and what was
 * expected. A wrong kind of value and an unknown key are a `TypeError`, a value
 * outside its range a `RangeError`.
 */
import { z } from "zod";
import { unknownKey } from "./known_keys.ts";
import { describeValue } from "./value_text.ts";

export function wholeNumber(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): z.ZodType<number> {
  const error = most === Number.MAX_SAFE_INTEGER
    ? `a whole number from ${least}`
    : `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** Any number in a range; NaN and the infinities are none. */
export function numberFrom(
  least: number,
  most: number = Number.MAX_VALUE,
): z.ZodType<number> {
  const error = most === Number.MAX_VALUE
    ? `a number from ${least}`
    : `a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

/** A text that says something. */
export function someText(): z.ZodType<string> {
  const error = "a string that is not empty";
  return z.string({ error }).min(1, { error });
}

/** A list that holds something. */
export function someOf<Item extends z.ZodType>(
  item: Item,
): z.ZodType<readonly z.output<Item>[]> {
  return z.array(item, { error: "a list" })
    .min(1, { error: "a list that is not empty" });
}

/** Marks a check of what a value is, and not of how large it is. */
const KIND = { isKind: true } as const;

/** Any number, NaN among them: its range is checked where it is used. */
export function anyNumber(): z.ZodType<number> {
  return z.custom<number>((value) => typeof value === "number", {
    error: "a number",
    params: KIND,
  });
}

/** A function, of whatever arguments. */
export function callback<Value>(): z.ZodType<Value> {
  return z.custom<Value>((value) => typeof value === "function", {
    error: "a function",
    params: KIND,
  });
}

/**
 * A value of a class, or of a shape that is checked where it was made.
 *
 * @param expected What it is, for the message.
 */
export function valueOf<Value>(
  expected: string,
  isOne: (value: Readonly<Record<string, unknown>>) => boolean,
): z.ZodType<Value> {
  return z.custom<Value>(
    (value) =>
      typeof value === "object" && value !== null &&
      isOne(value as Readonly<Record<string, unknown>>),
    { error: expected, params: KIND },
  );
}

/**
 * Holds a value against its schema.
 *
 * @param what What cannot be done with it, such as `assemble a path`.
 * @param label Which argument it is, where there are several.
 * @throws {TypeError} If it, or a part of it, is of another kind, is missing or
 *   has an unknown key.
 * @throws {RangeError} If a part of it is outside its range.
 */
export function checkValue(
  what: string,
  schema: z.ZodType,
  value: unknown,
  label?: string,
): void {
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  throw complaint(what, parsed.error.issues[0] as z.core.$ZodIssue, {
    schema,
    value,
    label,
  });
}

function complaint(
  what: string,
  issue: z.core.$ZodIssue,
  from: { schema: z.ZodType; value: unknown; label?: string | undefined },
): Error {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  const where = pathText(path) || (from.label ?? "");
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = knownKeys(from.schema, path);
    return unknownKey(what, where, { key, known });
  }
  const found = valueAt(from.value, path);
  const expected = expectedBy(issue);
  const text = `Cannot ${what}: found ${where === "" ? "" : `${where} `}` +
    `${describeValue(found)}, expected ${expected}`;
  return isKind(issue, found) ? new TypeError(text) : new RangeError(text);
}

/** Whether the value is of another kind than expected, whatever it says. */
function isKind(issue: z.core.$ZodIssue, found: unknown): boolean {
  if (found === undefined) return true;
  switch (issue.code) {
    case "invalid_type":
      // NaN, an infinity and a fraction are numbers that no option takes.
      return !(typeof found === "number" &&
        ["number", "int"].includes(issue.expected));
    case "invalid_value":
      return !issue.values.some((value) => typeof value === typeof found);
    case "invalid_union":
      // The key that says which form it is names none of them.
      if (issue.errors.length === 0) return typeof found !== "string";
      return issue.errors.every((errors) =>
        errors[0] !== undefined && errors[0].path.length === 0 &&
        isKind(errors[0], found)
      );
    case "custom":
      return issue.params?.["isKind"] === true;
    default:
      return false;
  }
}

/**
 * Says what a schema expects where it complains.
 *
 * @returns It in a few words, without "expected" before them.
 */
export function expectedBy(issue: z.core.$ZodIssue): string {
  return expectedWords(issue).replace(/^expected /, "");
}

function expectedWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of: ${issue.values.map(String).join(", ")}`;
    case "invalid_type":
      return issue.message.startsWith("Invalid input")
        ? KINDS[issue.expected] ?? issue.expected
        : issue.message;
    case "too_small":
    case "too_big":
      if (!/^Too (small|big): /.test(issue.message)) return issue.message;
      return issue.code === "too_small"
        ? `${issue.inclusive === false ? "more than" : "at least"} ` +
          String(issue.minimum)
        : `${issue.inclusive === false ? "less than" : "at most"} ` +
          String(issue.maximum);
    default:
      return issue.message.replace(/^Invalid input$/, "another form")
        .replace(/^(Invalid|Too) \w+: /, "").replace(/, received .*$/, "");
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  bigint: "a bigint",
  array: "a list",
  object: "an object",
  record: "an object",
  map: "a Map",
};

/** Keys of the object that a path leads to, as far as its schema says them. */
export function knownKeys(
  schema: z.ZodType,
  path: readonly (string | number)[],
): string[] {
  let at: unknown = schema;
  for (const step of path) {
    const inner = unwrapped(at);
    at = inner instanceof z.ZodObject
      ? inner.shape[String(step)]
      : inner instanceof z.ZodArray
      ? inner.element
      : undefined;
  }
  const end = unwrapped(at);
  return end instanceof z.ZodObject ? Object.keys(end.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  let at = schema;
  while (
    at instanceof z.ZodOptional || at instanceof z.ZodDefault ||
    at instanceof z.ZodNullable || at instanceof z.ZodReadonly
  ) at = at.unwrap();
  return at;
}

/** A path as a program writes it, such as `limits.maxSectors`. */
function pathText(path: readonly (string | number)[]): string {
  return path.map((step, index) =>
    typeof step === "number" || /^\d+$/.test(step)
      ? `[${step}]`
      : index === 0
      ? step
      : `.${step}`
  ).join("");
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    at = at === null || at === undefined
      ? undefined
      : Reflect.get(Object(at), step);
  }
  return at;
}
