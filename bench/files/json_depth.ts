/**
 * How deep a JSON text is nested: `JSON.parse()` takes any depth, but what
 * walks the value afterwards runs out of stack.
 */

/** Deeper than any file of the lab. */
export const MOST_JSON_DEPTH = 64;

/**
 * Finds where a JSON text is nested too deeply.
 *
 * @param text The text; it need not be JSON.
 * @param most Levels that are taken; 64 if absent.
 * @returns The offset of the first bracket that is too deep; -1 if none is.
 */
export function tooDeepAt(
  text: string,
  most: number = MOST_JSON_DEPTH,
): number {
  const quote = 0x22;
  const backslash = 0x5c;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        for (at++; at < text.length; at++) {
          const code = text.charCodeAt(at);
          if (code === backslash) at++;
          else if (code === quote) break;
        }
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > most) return at;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
    }
  }
  return -1;
}
