/**
 * The macros that a file of C defines, which are mere text to a parser, and
 * the file's text without them and without comments.
 */

export interface Define {
  readonly name: string;
  /** First index of the directive, of its body, and the one after it. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** C whose macros were taken out. */
export interface WithoutDefines {
  /** Text of the same length, with blanks for comments and defines. */
  readonly text: string;
  /** The defines, in the order of the text. */
  readonly defines: readonly Define[];
}

const STRING = String.raw`"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?`;
const COMMENT = String.raw`\/\*[^]*?(?:\*\/|$(?![^]))|\/\/(?:\\\r?\n|[^\n])*`;
/** A directive continues after a spliced line, and after a comment. */
const DEFINE = String
  .raw`^[ \t]*#[ \t]*define\b(?:${STRING}|${COMMENT}|\\\r?\n|[^\n])*`;
const PARTS = new RegExp(`${DEFINE}|${COMMENT}|${STRING}`, "gm");
/** Its name and parameters. */
const HEAD =
  /^[ \t]*#[ \t]*define(?:[ \t]|\\\r?\n)+(\w+)(?:\((?:[^()\n]|\\\r?\n)*\))?/;

/**
 * Takes comments and defines out of C.
 *
 * @returns The text without them, and the defines.
 */
export function withoutDefines(text: string): WithoutDefines {
  const defines: Define[] = [];
  const left = text.replace(PARTS, (part: string, start: number) => {
    if (part.startsWith('"') || part.startsWith("'")) return part;
    const head = HEAD.exec(part);
    if (head !== null) {
      defines.push({
        name: head[1] ?? "",
        start,
        body: start + head[0].length,
        end: start + part.length,
      });
    }
    return blank(part);
  });
  return { text: left, defines };
}

/** @returns Blanks, with the same line ends. */
function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}
