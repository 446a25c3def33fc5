/**
 * The key `__proto__` in JSON of a stranger: schemas pass over it in silence,
 * wherever they take other keys, so that what it holds would be lost.
 */

/**
 * As it is or with escapes: after a quote and in front of a colon, a string of
 * JSON can hold none of it.
 */
const PROTO_KEY =
  /(?<!\\)"(?:_|\\u005[fF]){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006[fF])(?:t|\\u0074)(?:o|\\u006[fF])(?:_|\\u005[fF]){2}"\s*:/;

/** What a message says was found. */
export const FOUND_PROTO_KEY = 'the key "__proto__"';

/**
 * Finds the key in a text.
 *
 * @returns Its offset; -1 if there is none.
 */
export function protoKeyAt(text: string): number {
  return PROTO_KEY.exec(text)?.index ?? -1;
}
