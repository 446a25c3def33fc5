/** Kinds of options: how a value is read and what is expected of it. */
import type { JobDraft } from "./fio_draft.ts";
import {
  type FioSize,
  type FioUnits,
  parseDirections,
  parseSize,
  parseSizeOrPercent,
} from "./fio_value.ts";

/** A value as written in the file, leading blanks included. */
export interface FioText {
  readonly raw: string;
  /** The value without blanks around it. */
  readonly text: string;
  /** What `k` stands for. */
  readonly units: FioUnits;
}

/** Applies a value; gives what was expected if the value is malformed. */
export type JobSetter = (draft: JobDraft, value: FioText) => string | null;

/** The member of a draft that takes a value, or what does. */
type Target<Value> =
  | {
    [Key in keyof JobDraft]: Value extends JobDraft[Key] ? Key : never;
  }[keyof JobDraft]
  | ((draft: JobDraft, value: Value) => void);

function put<Value>(
  draft: JobDraft,
  to: Target<Value>,
  value: Value,
): void {
  if (typeof to === "function") to(draft, value);
  else Object.assign(draft, { [to]: value });
}

export interface Limits {
  readonly least: number;
  readonly most: number;
}

/** Any number of bytes. */
export const BYTES: Limits = { least: 0, most: Number.MAX_SAFE_INTEGER };
/** A number of I/Os or blocks. */
export const BLOCKS: Limits = { least: 0, most: 2 ** 31 };

/**
 * A number option.
 *
 * @param limits The least and the most.
 */
export function count(
  { least, most }: Limits,
  to: Target<number>,
): JobSetter {
  return (draft, { raw, units }) => {
    const number = parseSize(raw, units);
    if (number === null || number < least || number > most) {
      return `a number from ${least} to ${most}`;
    }
    put(draft, to, number);
    return null;
  };
}

/** A size of the file, or a share of it. */
export function sizeOrPercent(
  to: Target<FioSize>,
): JobSetter {
  return (draft, { raw, text, units }) => {
    if (/^\d+z$/.test(text)) {
      return "a number of bytes or percent: zones (z) of zoned devices are " +
        "not modelled";
    }
    const size = parseSizeOrPercent(raw, units);
    if (size === null) {
      return `a number from 0 to ${Number.MAX_SAFE_INTEGER}, or a percentage ` +
        "of at most 100";
    }
    put(draft, to, size);
    return null;
  };
}

/** A flag: alone, or with a number, 0 for false. */
export function flag(
  to: Target<boolean>,
): JobSetter {
  return (draft, { text }) => {
    if (!/^\d*$/.test(text)) return "0 or 1";
    put(draft, to, text === "" || Number(text) !== 0);
    return null;
  };
}

/** A text of at least one character. */
export function words(
  to: Target<string>,
): JobSetter {
  return (draft, { text }) => {
    if (text === "") return "a name";
    put(draft, to, text);
    return null;
  };
}

/** One of some words. */
export function choice<Word extends string>(
  known: readonly Word[],
  to: Target<Word>,
): JobSetter {
  return (draft, { text }) => {
    const word = known.find((word) => word === text);
    if (word === undefined) return `one of ${known.join(", ")}`;
    put(draft, to, word);
    return null;
  };
}

/**
 * Something that is not modelled, whatever its value.
 *
 * @param reason Why, and what to do about it.
 */
export function refused(reason: string): JobSetter {
  return () => `left out: ${reason}`;
}

/** A comma, or fio's other separators between two sizes. */
export const SIZE_SEPARATORS = /,|(?<=[^\s,:-])[:-]/;

/** Block sizes by direction. */
export function sizes(
  expected: string,
  field: "bs" | "blockAlign",
): JobSetter {
  return (draft, { raw, units }) => {
    const values = parseDirections(raw, {
      separators: SIZE_SEPARATORS,
      parse: (part) => {
        const bytes = parseSize(part, units);
        return bytes === null || bytes < 1 ? null : bytes;
      },
      before: draft[field],
    });
    if (values === null) return expected;
    draft[field] = values;
    return null;
  };
}
