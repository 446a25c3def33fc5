/**
 * Breaking prose into lines for mails and terminals.
 */

export interface WrapOptions {
  /** Characters per line at most. */
  readonly width: number;
  /** What later lines start with; default: nothing. */
  readonly indent?: string;
}

/**
 * Breaks text at spaces; what is not printable counts as one.
 *
 * @returns The lines; a word longer than the width stays whole.
 */
export function wrap(text: string, options: WrapOptions): string[] {
  const { width, indent = "" } = options;
  const lines: string[] = [];
  let line = "";
  // Text of a file neither begins a line of its own nor hides one.
  for (
    const word of text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, " ").split(/ +/)
  ) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line.trim() !== "" && longer.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}
