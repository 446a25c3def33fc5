/** The options of a section of a job file, read into the draft of a job. */
import { nearNames } from "../../layouts/near_names.ts";
import type { JobDraft } from "./fio_draft.ts";
import { type FioHost, replaceVariables } from "./fio_host.ts";
import { type FioOption, type FioSection, jobFileError } from "./fio_lines.ts";
import { UNUSED_OPTIONS } from "./fio_options.ts";
import type { FioRemarks } from "./fio_remarks.ts";
import { JOB_ALIASES, JOB_SETTERS } from "./fio_settings.ts";
import { sizesOf } from "./fio_setup.ts";
import { noteLongSizes } from "./fio_long_sizes.ts";

export interface OptionContext {
  /** The machine whose environment values may ask for. */
  readonly host: FioHost;
  /** Where what is not used is noted. */
  readonly remarks: FioRemarks;
}

/**
 * Reads the options of a section.
 *
 * @throws {SyntaxError} If one is malformed, or none of fio's.
 */
export function readOptions(
  draft: JobDraft,
  section: FioSection,
  context: OptionContext,
): void {
  // fio sorts kb_base before all others.
  for (const option of section.options) {
    if (option.key === "kb_base") readKbBase(draft, option);
  }
  for (const option of section.options) {
    readOption(draft, option, context);
    if (option.key === "read_iolog") draft.readIologOption = option;
  }
}

function readKbBase(draft: JobDraft, { value, valueAt }: FioOption): void {
  const text = value?.trim() ?? "";
  if (text !== "1000" && text !== "1024") {
    throw jobFileError(valueAt, text, "kb_base to be 1000 or 1024");
  }
  draft.kbBase = Number(text);
}

function readOption(
  draft: JobDraft,
  option: FioOption,
  context: OptionContext,
): void {
  const { remarks } = context;
  const { key, at, valueAt } = option;
  const set = JOB_SETTERS.get(JOB_ALIASES.get(key) ?? key);
  const reason = UNUSED_OPTIONS.get(key);
  if (reason !== undefined) remarks.unused.set(key, reason);
  if (set === undefined) {
    if (reason !== undefined) return;
    const known = [
      ...UNUSED_OPTIONS.keys(),
      ...JOB_SETTERS.keys(),
      ...JOB_ALIASES.keys(),
    ];
    const [nearest] = nearNames(key, known);
    const such = nearest === undefined ? "" : ` such as "${nearest}"`;
    throw jobFileError(at, key, `an option of fio${such}`);
  }
  const found = option.value?.trim() ?? "";
  const { raw, unset } = replaced(option, context);
  const sizes = sizesOf(draft);
  const expected = set(draft, {
    raw,
    text: raw.trim(),
    units: { kbBase: draft.kbBase, odd: remarks.odd },
  });
  if (expected === null) {
    noteLongSizes(draft, option, sizes);
    return;
  }
  const why = unset.length === 0 ? "" : `; ${unset.join(", ")} is not set`;
  throw jobFileError(valueAt, found, `${key} to be ${expected}${why}`);
}

/** The value with variables and keywords replaced. */
function replaced(
  option: FioOption,
  { host, remarks }: OptionContext,
): { raw: string; unset: readonly string[] } {
  const { key, valueAt } = option;
  const raw = option.value ?? "";
  if (!raw.includes("$")) return { raw, unset: [] };
  // Of other words in names fio's own stand for themselves there.
  const found = replaceVariables(raw, host);
  if ("expected" in found) {
    if (/^(filename|directory|filename_format|name|ioengine)$/.test(key)) {
      // Only whether two names are equal matters.
      remarks.unread.add(`${key}=${raw.trim()}`);
      return { raw, unset: [] };
    }
    throw jobFileError(valueAt, found.found, found.expected);
  }
  for (const word of found.ofHost) remarks.ofHost.add(word);
  return { raw: found.text, unset: found.unset };
}
