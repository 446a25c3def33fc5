/** A sentence of the answer, and how names are listed in one. */
import { printableCell } from "../text/plain_table.ts";

export interface AnswerSentence {
  readonly key: "lines" | "instructions" | "time" | "contradiction" | "rule";
  /** The sentence, or two that belong together. */
  readonly text: string;
}

export type Listing = (names: readonly string[], separator?: string) => string;

/**
 * Returns what lists names; a phrase is one of them.
 *
 * @param most How many at most; the others are counted.
 */
export function listing(most: number): Listing {
  return (names, separator = ", ") => {
    const shown = names.slice(0, most).map((name) =>
      separator === ", " && !name.includes(" ") ? printableCell(name) : name
    );
    const rest = names.length - shown.length;
    const more = separator === ", " ? ` and ${rest} more` : `; ${rest} more`;
    return shown.join(separator) + (rest > 0 ? more : "");
  };
}
