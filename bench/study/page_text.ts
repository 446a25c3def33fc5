/** Text of the page of results. */
import { wrap } from "../text/wrap.ts";

/** Columns of the page, in characters. */
export const PAGE_WIDTH = 80;

export function proseLines(sentence: string): string[] {
  return wrap(sentence, { width: PAGE_WIDTH });
}
