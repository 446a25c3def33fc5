/** Names of programs that a stranger's result may have run. */

/**
 * Tells the name of a program from a path.
 *
 * @param text The text.
 * @returns Whether it can only mean a program in PATH.
 */
export function isProgramName(text: string): boolean {
  return /^\w[\w.+-]*$/.test(text);
}
