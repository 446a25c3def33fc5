/**
 * Finds identifiers in C text as a compiler's lexer would: not in comments,
 * strings or character constants. What is here is counted, whatever the parser
 * makes of the place.
 */

export interface FoundIdentifier {
  readonly name: string;
  /** Index of its first character. */
  readonly at: number;
}

// Comments may go over spliced lines; strings and character constants end with
// their line even where the quote is missing, as in `#error don't`.
const TOKEN =
  /\/\*[^]*?(?:\*\/|$)|\/\/(?:\\\r?\n|[^\n])*|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?|\.?\d(?:[eEpP][+-]|[\w.])*|[A-Za-z_$][\w$]*/g;

/**
 * Finds the identifiers that a test lets pass.
 *
 * @returns Each occurrence, in the order of the text.
 */
export function findIdentifiers(
  text: string,
  wanted: (name: string) => boolean,
): FoundIdentifier[] {
  const found: FoundIdentifier[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const [name] = match;
    if (/^[A-Za-z_$]/.test(name) && wanted(name)) {
      found.push({ name, at: match.index });
    }
  }
  return found;
}

/** Places in a text as lines and columns, both from 1. */
export class LineStarts {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (
      let at = text.indexOf("\n");
      at !== -1;
      at = text.indexOf("\n", at + 1)
    ) this.#starts.push(at + 1);
  }

  /**
   * Returns the first index of a line.
   *
   * @param line Its number, from 1.
   * @returns The index; Infinity after the last line.
   */
  start(line: number): number {
    return this.#starts[line - 1] ?? Infinity;
  }

  /** @returns Line and column, from 1. */
  place(at: number): { line: number; column: number } {
    const index = this.#starts.findLastIndex((start) => start <= at);
    return { line: index + 1, column: at - (this.#starts[index] ?? 0) + 1 };
  }
}
