/** Kinds of options: how a value is read and what is expected of it. */
import type { JobDraft } from "./fio_draft.ts";
import {
  type FioSize,
  type FioUnits,
  parseDirections,
  parseSize,
  parseSizeOrPercent,
} from "./fio_value.ts";

/** A value as it stands in the file, blanks before it included. */
export interface FioText {
  readonly raw: string;
  /** The value without blanks around it. */
  readonly text: string;
  /** What `k` stands for. */
  readonly units: FioUnits;
}

/** Applies a value; gives what was expected if the value is malformed. */
export type JobSetter = (draft: JobDraft, value: FioText) => string | null;

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
  set: (draft: JobDraft, value: number) => void,
): JobSetter {
  return (draft, { raw, units }) => {
    const number = parseSize(raw, units);
    if (number === null || number < least || number > most) {
      return `a number from ${least} to ${most}`;
    }
    set(draft, number);
    return null;
  };
}

/** A size of the file, or a share of it. */
export function sizeOrPercent(
  set: (draft: JobDraft, value: FioSize) => void,
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
    set(draft, size);
    return null;
  };
}

/** A flag: alone, or with a number, 0 for false. */
export function flag(
  set: (draft: JobDraft, value: boolean) => void,
): JobSetter {
  return (draft, { text }) => {
    if (!/^\d*$/.test(text)) return "0 or 1";
    set(draft, text === "" || Number(text) !== 0);
    return null;
  };
}

/** A text of at least one character. */
export function words(
  set: (draft: JobDraft, value: string) => void,
): JobSetter {
  return (draft, { text }) => {
    if (text === "") return "a name";
    set(draft, text);
    return null;
  };
}

/** One of some words. */
export function choice<Word extends string>(
  known: readonly Word[],
  set: (draft: JobDraft, value: Word) => void,
): JobSetter {
  return (draft, { text }) => {
    const word = known.find((word) => word === text);
    if (word === undefined) return `one of ${known.join(", ")}`;
    set(draft, word);
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
