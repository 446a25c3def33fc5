/** From a setup to the words of the command that gives it again. */
import { z } from "zod";
import { type Field, valueAt } from "../../sim/text/field.ts";
import { shortLists } from "../../sim/text/short_lists.ts";
import { RUN_FIELDS } from "./options.ts";

export interface SetupWords {
  /** Options and their values, unquoted. */
  readonly words: readonly string[];
  /** What no option can say, each a sentence. */
  readonly notes: readonly string[];
}

/**
 * Returns the options that describe a setup.
 *
 * @param setup The setup, or what an untrusted file says about one; what is not
 * a value of its field is left out.
 * @param fields Fields that are looked at; default: all of a run.
 * @returns Words of a command line, and notes.
 */
export function setupWords(
  setup: object,
  fields: readonly Field[] = RUN_FIELDS,
): SetupWords {
  const words: string[] = [];
  const notes: string[] = [];
  for (const field of fields) {
    const { note, path, schema } = field;
    const value = valueAt(setup, path);
    if (value === undefined || value === null) continue;
    // A parent with words of its own has those of its entries, too.
    if (note.isRepeated === false || field.parent?.note.words) continue;
    if (!schema.safeParse(value).success || note.isUsual?.(value)) continue;
    const unsaid = note.unsaid?.(value) ?? [];
    notes.push(...unsaid);
    if (unsaid.length > 0 && !Array.isArray(value)) continue;
    words.push(...wordsOf(field, value, setup));
  }
  return { words, notes };
}

function wordsOf(
  { note, parent }: Field,
  value: NonNullable<unknown>,
  setup: object,
): readonly string[] {
  if (note.words !== undefined) return note.words(value, { ...setup });
  if (note.entry !== undefined) {
    return [parent?.note.flag ?? "", `${note.entry}=${value}`];
  }
  const { flag } = note;
  if (flag === undefined) return [];
  if (note.value === undefined) {
    return value === !flag.startsWith("--no-") ? [flag] : [];
  }
  if (note.text === undefined) return [];
  const text = z.encode(note.text, value);
  return Array.isArray(text)
    ? shortLists(text).flatMap((list) => [flag, list])
    : [flag, String(text)];
}
