/** The command that a result carries, by which it can be made again. */
import { repeatingWords } from "../report/repeating_words.ts";
import type { LabResult } from "../result/result.ts";
import { quoteWord, splitWords } from "../text/shell_words.ts";

/**
 * Returns the command of a run.
 *
 * @param words What was typed after `lab`.
 * @param repeated The result whose options the run takes, if it takes any: its
 *   own command comes first, and what was typed is added to it.
 * @returns The words that decide figures, quoted; nothing if there are others.
 */
export function toldCommand(
  words: readonly string[],
  repeated?: LabResult,
): string | undefined {
  const typed = repeatingWords(words);
  const first = repeated === undefined ? ["run"] : commandOf(repeated);
  if (typed === undefined || first === undefined) return undefined;
  return [...first, ...typed.slice(1)].map(quoteWord).join(" ");
}

function commandOf({ config }: LabResult): string[] | undefined {
  const { command } = config;
  return typeof command === "string"
    ? repeatingWords(splitWords(command))
    : undefined;
}
