/**
 * Command lines for a POSIX shell: words quoted where they must be, and broken
 * between words alone, because a break inside of quotes is part of the word.
 */

export interface CommandLineLimits {
  /** Characters per line at most; a longer word stays whole. */
  readonly width: number;
}

/** What later lines start with. */
const INDENT = "      ";

/** Quotes a word if a shell would take it apart. */
export function quoteWord(word: string): string {
  return /^[\w.,:/=+@%-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Takes a command line apart as a shell does, without expanding anything.
 *
 * @returns The words, without their quotes.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  // A word is made of quoted pieces, escaped characters and plain ones; a
  // quote that is never closed stands for itself.
  for (const [word] of line.matchAll(/(?:'[^']*'|"[^"]*"|\\.|\S)+/gs)) {
    words.push(
      word.replaceAll(
        /'([^']*)'|"([^"]*)"|\\(.)/gs,
        (_, single, double, escaped) => single ?? double ?? escaped,
      ),
    );
  }
  return words;
}

/**
 * Writes words as a command that can be pasted.
 *
 * @param words The words, unquoted.
 * @returns The lines, all but the last ending in a backslash.
 */
export function commandLines(
  words: readonly string[],
  limits: CommandLineLimits,
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words.map((word) => quoteWord(printed(word)))) {
    const longer = line === "" ? word : `${line} ${word}`;
    // Two characters more for the backslash.
    if (line.trim() !== "" && longer.length + 2 > limits.width) {
      lines.push(`${line} \\`);
      line = INDENT + word;
    } else line = longer;
  }
  return [...lines, line];
}

/** What a terminal would take for a command of its own is no such thing. */
function printed(word: string): string {
  return word.replaceAll(/\p{C}/gu, "?");
}
