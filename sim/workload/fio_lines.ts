/**
 * Lines of fio job files: sections with their options, comments cut, included
 * files in place (__parse_jobs_ini() in fio's init.c).
 */
import { dirname, isAbsolute, join, normalize } from "@std/path";
import { inputError } from "../text/input_error.ts";

export interface FioPlace {
  readonly file: string;
  /** Line from 1. */
  readonly line: number;
  /** Column from 1. */
  readonly column: number;
}

export interface FioOption {
  readonly key: string;
  /** Its value with the blanks before it; null without an equals sign. */
  readonly value: string | null;
  /** Where its name is. */
  readonly at: FioPlace;
  /** Where its value is, or should be. */
  readonly valueAt: FioPlace;
}

export interface FioSection {
  readonly name: string;
  /** Where it begins. */
  readonly at: FioPlace;
  /** Its options, in order. */
  readonly options: readonly FioOption[];
}

/** Deepest nesting of included files. */
const DEEPEST_INCLUDE = 16;

/**
 * Cuts the comment off a line, and blanks at its end: fio cuts at the first `;`
 * or `#`, wherever it is.
 */
export function cutComment(line: string): string {
  return line.replace(/[;#].*$/s, "").trimEnd();
}

/**
 * Returns the title of a line that begins a section.
 *
 * @returns The title; null if it is another line.
 */
export function sectionTitle(line: string): string | null {
  return /^\s*\[([^\]]+)\]$/.exec(line)?.[1] ?? null;
}

/**
 * Returns the name of the file that a line includes.
 *
 * @returns The name as written; null if the line is something else.
 */
export function includedName(line: string): string | null {
  return /^\s*include[ \t=]+(\S.*)$/.exec(cutComment(line))?.[1] ?? null;
}

/**
 * Finds a file that a job file names. A job file may come from a stranger, so
 * it can name only files of its own folder and below.
 *
 * @param root The job file that the user named.
 * @param from The file in which the name is: the same, or one included.
 * @returns Its path; null if it is elsewhere.
 */
export function nestedPath(
  root: string,
  from: string,
  name: string,
): string | null {
  const folder = normalize(dirname(root));
  const path = normalize(isAbsolute(name) ? name : join(dirname(from), name));
  const prefix = folder === "." ? "" : folder.replace(/\/?$/, "/");
  if (!path.startsWith(prefix)) return null;
  const inside = path.slice(prefix.length);
  return isAbsolute(inside) || /^\.\.(\/|$)/.test(inside) ? null : path;
}

export function jobFileError(
  place: FioPlace,
  found: string,
  expected: string,
): SyntaxError {
  return inputError({
    kind: "fio job file",
    name: place.file,
    where: `line ${place.line}, column ${place.column}`,
    found: found === "" ? "nothing" : JSON.stringify(found.slice(0, 40)),
    expected,
  });
}

/**
 * Cuts a job file into sections.
 *
 * @param options The texts of files that it may include, by path; and its own
 *   path, by which they are found. Default: its name.
 * @returns The sections, at least one.
 * @throws {SyntaxError} If a line is malformed or an included file is missing.
 */
export function jobSections(
  name: string,
  text: string,
  options: { included: ReadonlyMap<string, string>; path?: string | undefined },
): FioSection[] {
  const { included, path: root = name } = options;
  const sections: { name: string; at: FioPlace; options: FioOption[] }[] = [];
  const read = (file: string, text: string, depth: number) => {
    for (const [i, raw] of text.split(/\r?\n/).entries()) {
      const line = cutComment(raw);
      const column = line.length - line.trimStart().length + 1;
      const at = { file, line: i + 1, column };
      const words = line.trim();
      if (words === "") continue;
      if (words.startsWith("[")) {
        const title = sectionTitle(line);
        if (title === null) throw jobFileError(at, words, "a section [name]");
        if (depth > 0) {
          throw jobFileError(at, words, "options, as in any included file");
        }
        sections.push({ name: title, at, options: [] });
        continue;
      }
      const section = sections.at(-1);
      if (section === undefined) {
        throw jobFileError(at, words, "a section [name] before any option");
      }
      const nested = includedName(line);
      if (nested === null) section.options.push(optionOf(line, at));
      else {
        const from = depth === 0 ? root : file;
        const path = nestedPath(root, from, nested);
        const inner = path === null ? undefined : included.get(path);
        if (path === null || inner === undefined || depth >= DEEPEST_INCLUDE) {
          throw jobFileError(at, nested, includeExpected(path, depth));
        }
        read(path, inner, depth + 1);
      }
    }
  };
  read(name, text, 0);
  return sections;
}

function includeExpected(path: string | null, depth: number): string {
  if (path === null) {
    return "an included file in the folder of the job file or below";
  }
  return depth >= DEEPEST_INCLUDE
    ? `at most ${DEEPEST_INCLUDE} files that include one another`
    : "an included file that exists";
}

function optionOf(line: string, at: FioPlace): FioOption {
  const equals = line.indexOf("=");
  if (equals < 0) {
    return {
      key: line.trim(),
      value: null,
      at,
      valueAt: { ...at, column: line.length + 1 },
    };
  }
  const value = line.slice(equals + 1);
  const lead = value.length - value.trimStart().length;
  return {
    key: line.slice(0, equals).trim(),
    value,
    at,
    valueAt: { ...at, column: equals + 2 + lead },
  };
}
