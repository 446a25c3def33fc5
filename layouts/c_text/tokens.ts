/** The words of C, with their places; comments are blanks. */
import type { SourceText } from "./source_text.ts";

/** Names of macros that a token came out of, so that none expands itself. */
export interface HideSet {
  /** A macro. */
  readonly name: string;
  /** The others. */
  readonly rest: HideSet | undefined;
  /** How many there are. */
  readonly depth: number;
}

/** A word of C. */
export interface Token {
  /**
   * `word` is an identifier or keyword, `mark` punctuation, `directive` a
   * whole line that begins with `#`, `other` what C has no use for.
   */
  readonly kind:
    | "word"
    | "number"
    | "string"
    | "mark"
    | "directive"
    | "other";
  readonly text: string;
  /** Where; for what a macro gave, where the macro is. */
  readonly at: number;
  /** Macros that it came out of. */
  readonly hide?: HideSet | undefined;
}

// Long runs are scanned by hand: a pattern of alternatives needs memory for each
// of them, and a hostile text has millions.
const WORD = /[A-Za-z_$][\w$]*/y;
const MARK =
  /\.\.\.|<<=?|>>=?|->|\+\+|--|&&|\|\||##|[-+*\/%&|^=!<>]=|[-+*\/%&|^=!<>~?:;,.(){}[\]#]/y;
/** Longest number that is one: 64 binary digits, their prefix and suffix. */
const LONGEST_NUMBER = 70;

/**
 * Reads a text word by word.
 *
 * @param range First place, and the one after the last; all by default.
 */
export function* tokens(
  source: SourceText,
  range: { readonly start: number; readonly end: number } = {
    start: 0,
    end: source.text.length,
  },
): Generator<Token, void> {
  const { text } = source;
  const { end } = range;
  let at = range.start;
  // A directive is first on its line; what it is made of is not.
  let first = at === 0 || text[at - 1] === "\n";
  while (at < end) {
    const behind = behindBlanks(text, at);
    if (behind > at) {
      first ||= endsLine(text, at, behind);
      at = behind;
      continue;
    }
    if (first && text[at] === "#") {
      const stop = directiveEnd(text, at);
      yield { kind: "directive", text: text.slice(at, stop), at };
      at = stop;
      continue;
    }
    first = false;
    const token = tokenAt(text, at);
    yield token;
    at += token.text.length;
  }
}

function tokenAt(text: string, at: number): Token {
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const word = take(WORD);
  if (word !== undefined) return { kind: "word", text: word, at };
  const char = text[at] ?? "";
  if (isDigit(char) || char === "." && isDigit(text[at + 1] ?? "")) {
    return { kind: "number", text: text.slice(at, numberEnd(text, at)), at };
  }
  if (char === '"' || char === "'") {
    const stop = stringEnd(text, at);
    if (stop > at) return { kind: "string", text: text.slice(at, stop), at };
  }
  const mark = take(MARK);
  if (mark !== undefined) return { kind: "mark", text: mark, at };
  const other = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return { kind: "other", text: other, at };
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9";
}

function numberEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < from + LONGEST_NUMBER && /[\w.]/.test(text[at] ?? "")) {
    // 1e+5 is one number; sizes are not written so, but it must not be three.
    const sign = text[at + 1] ?? "";
    const exponent = /[eEpP]/.test(text[at] ?? "") && /[+-]/.test(sign) &&
      !/^0[xX]/.test(text.slice(from, from + 2));
    at += exponent ? 2 : 1;
  }
  return at;
}

/** The place after a string; its own place if it has no end on its line. */
function stringEnd(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at];
    if (char === "\n") return from;
    if (char === "\\") at++;
    else if (char === quote) return at + 1;
  }
  return from;
}

/**
 * Skips blanks and comments. A line that ends with a backslash continues with
 * the next (ISO C, 5.1.1.2); a comment without an end is the rest of the text.
 */
function behindBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const char = text[at];
    if (
      char === " " || char === "\t" || char === "\n" || char === "\r" ||
      char === "\v" || char === "\f"
    ) {
      at++;
    } else if (char === "\\" && continues(text, at)) {
      at = text.indexOf("\n", at) + 1;
    } else if (char === "/" && text[at + 1] === "/") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (char === "/" && text[at + 1] === "*") {
      const end = text.indexOf("*/", at + 2);
      at = end < 0 ? text.length : end + 2;
    } else {
      return at;
    }
  }
}

function continues(text: string, at: number): boolean {
  return text[at + 1] === "\n" ||
    text[at + 1] === "\r" && text[at + 2] === "\n";
}

/** Whether blanks end a line: that of a backslash does not. */
function endsLine(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (text[at] !== "\n") continue;
    const before = text[at - 1] === "\r" ? at - 2 : at - 1;
    if (text[before] !== "\\") return true;
  }
  return false;
}

/** A directive ends with its line, unless a comment or backslash continues. */
function directiveEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const char = text[at];
    if (char === undefined || char === "\n") return at;
    if (char === "\\" && continues(text, at)) {
      at = text.indexOf("\n", at) + 1;
    } else if (char === "/" && text[at + 1] === "*") {
      const end = text.indexOf("*/", at + 2);
      if (end < 0) return text.length;
      at = end + 2;
    } else if (char === "/" && text[at + 1] === "/") {
      const end = text.indexOf("\n", at);
      return end < 0 ? text.length : end;
    } else {
      at++;
    }
  }
}
