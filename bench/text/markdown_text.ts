/**
 * Text in GitHub's Markdown: what is in a file of results must neither become
 * markup nor call anybody.
 */

/** Marks that mean something inside of a line (CommonMark 6, GFM, math). */
const MARKS = /[\\`*_{}[\]<>|#~&$]/g;

/** Escapes text for a cell of a table or a part of a line. */
export function markdownText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, " ")
    .replaceAll(MARKS, (mark) => `\\${mark}`)
    // Links without brackets (GFM 6.9).
    .replaceAll(/(:)(?=\/\/)|(?<=www)\./gi, (mark) => `\\${mark}`)
    // GitHub sends a message to @name, escaped or not.
    .replaceAll(/@(?=[\p{L}\p{N}])/gu, "@ ");
}

/**
 * Escapes text for a paragraph of its own.
 *
 * @returns One line of Markdown that is neither a list, a rule nor a heading.
 */
export function markdownParagraph(text: string): string {
  return markdownText(text).trim()
    .replace(/^(?=[-+=])/, "\\")
    .replace(/^(\d+)(?=[.)])/, "$1\\");
}
