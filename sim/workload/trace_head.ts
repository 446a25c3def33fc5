/** Looks at the head of a trace as text, to tell its format. */

/**
 * Returns the first lines of a trace.
 *
 * @returns Its lines without blank ones; the last may be cut off.
 */
export function headLines(head: Uint8Array): string[] {
  let text = "";
  for (const byte of head) text += String.fromCharCode(byte);
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}
