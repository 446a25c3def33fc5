/**
 * The words of a command that make the same figures again, wherever they then
 * go. A result may be untrusted: the command that repeats it, which people
 * paste, is `run` with options that decide figures and with nothing else, so
 * that it neither writes a file nor starts a program of theirs.
 */

import { isProgramName } from "../setup/program_name.ts";
import { RUN_FIELDS } from "../setup/options.ts";

/** How many words follow an option that decides figures. */
export const REPEATED_OPTIONS: ReadonlyMap<string, 0 | 1> = new Map<
  string,
  0 | 1
>([
  ...RUN_FIELDS.flatMap(({ note: { flag, value, isRepeated } }) =>
    flag === undefined || isRepeated === false
      ? []
      : [[flag, value === undefined ? 0 : 1] as const]
  ),
  // Names limits of the queue, and is not part of a setup itself.
  ["--device", 1],
  // A kernel and structs of the user's own, which are not words of a setup.
  ...["--struct", "--config", "--role", "--type", "--define"].map((flag) =>
    [flag, 1] as const
  ),
  ...["--btf", "--btf-base", "--pahole"].map((flag) => [flag, 1] as const),
  // What a report has, and a file with a setup.
  ["--by", 1],
  ["--setup", 1],
]);

/** Options that do not; `?` for a word that may follow. */
export const DROPPED_OPTIONS: ReadonlyMap<string, 0 | 1 | "?"> = new Map<
  string,
  0 | 1 | "?"
>([
  ["--details", 0],
  ["--json", 1],
  ["--samples", 0],
  ["--mail", 1],
  ["--markdown", 1],
  ["--csv", 1],
  ["--html", 1],
  ["--svg", 1],
  ["--resume", "?"],
  ["--repeat", 1],
  ["--watchdog", 1],
  ["--memory", 1],
  ["--iolog", 1],
  ["--blktrace", 1],
  ["--placement-log", 1],
  ["--quiet", 0],
  ["--force", 0],
]);

/**
 * Leaves out what does not decide the figures of a run.
 *
 * @param words The words after `lab`, unquoted.
 * @returns `run` and its options; nothing if there is any other word.
 */
export function repeatingWords(
  words: readonly string[],
): string[] | undefined {
  const kept = ["run"];
  for (let i = words[0] === "run" ? 1 : 0; i < words.length; i++) {
    const word = words[i] as string;
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const follows = REPEATED_OPTIONS.get(name) ?? DROPPED_OPTIONS.get(name);
    if (follows === undefined) return undefined;
    const own: string[] = [word];
    if (equals >= 0) {
      if (follows === 0) return undefined;
    } else if (follows === 1) {
      const value = words[++i];
      if (value === undefined) return undefined;
      own.push(value);
    } else if (follows === "?" && !(words[i + 1] ?? "-").startsWith("-")) i++;
    if (name === "--cc" && !isCompiler(own)) return undefined;
    if (REPEATED_OPTIONS.has(name)) kept.push(...own);
  }
  return kept;
}

/** A name for PATH, never a file that a stranger may have left somewhere. */
function isCompiler(words: readonly string[]): boolean {
  const value = words[1] ?? words[0]?.slice("--cc=".length) ?? "";
  return isProgramName(value);
}
