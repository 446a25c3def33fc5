/**
 * C as found in a mail: quoted with `>`, or as a patch with `+` in front. What
 * is not C becomes blanks, so that every place keeps its line and column.
 */

/** Lines of a patch that are not C. */
const PATCH_HEAD =
  /^(?:diff --git |index [0-9a-f]+\.\.|--- |\+\+\+ |@@ |new file mode |deleted file mode |similarity index |rename )/;

/**
 * Blanks out what a mail puts around C.
 *
 * @returns A text of the same length and lines.
 */
export function withoutMail(text: string): string {
  const lines = text.replaceAll("\u00a0", " ").replaceAll("\ufeff", " ")
    .split("\n").map((line) => ({ line, body: behindQuoting(line) }));
  const isPatch = lines.some(({ line, body }) => {
    const own = line.slice(body, body + 40);
    return PATCH_HEAD.test(own) || /^\+[ \t]*[\w{}#/*]/.test(own);
  });
  return lines.map(({ line, body }) => {
    const own = line.slice(body, body + 40);
    if (isPatch && (PATCH_HEAD.test(own) || /^-(?!-)/.test(own))) {
      return blank(line);
    }
    const start = isPatch && own.startsWith("+") ? body + 1 : body;
    return blank(line.slice(0, start)) + line.slice(start);
  }).join("\n");
}

/**
 * Returns the place after the quoting of a reply, one level or more: `> > `, of
 * some clients `| `, which after a blank is C's own.
 */
function behindQuoting(line: string): number {
  let behind = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    const bar = char === "|" && (at === 0 || behind > 0);
    if (char === ">" || bar) behind = at + 1;
    else if (char !== " " || at > behind) break;
  }
  // The blank after the last is none of the line's own.
  return behind > 0 && line[behind] === " " ? behind + 1 : behind;
}

function blank(text: string): string {
  return text.endsWith("\r")
    ? `${" ".repeat(text.length - 1)}\r`
    : " ".repeat(text.length);
}
