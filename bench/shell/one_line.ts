/** Messages as one line, however long what is quoted in them is. */

/** Of a message: its beginning, and its end, which says what is to be done. */
const SHOWN_CHARACTERS = { first: 1500, last: 500 } as const;

/**
 * Makes a message one line that a reader can take in: names and lists in it are
 * as long as an untrusted file makes them.
 */
export function oneLine(message: string): string {
  const { first, last } = SHOWN_CHARACTERS;
  const cut = message.length - first - last;
  const shown = cut <= 0
    ? message
    : `${message.slice(0, first)}... (${cut} characters more) ...` +
      message.slice(-last);
  return shown.replaceAll(/\s*\n\s*/g, " ");
}
