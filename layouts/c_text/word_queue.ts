/** The words of a text, with some look-ahead before they are taken. */
import type { Preprocessor } from "./preprocess.ts";
import type { Token } from "./tokens.ts";

/** Words between parentheses that are looked at, at most. */
const MOST_PARENTHESISED = 200;

/** Words in the order of the text. */
export class WordQueue {
  readonly #words: Preprocessor;
  /** Words that were looked at, and how many of them were taken. */
  #ahead: Token[] = [];
  #taken = 0;

  constructor(words: Preprocessor) {
    this.#words = words;
  }

  /** The word that comes after this many others; `undefined` at the end. */
  peek(index: number): Token | undefined {
    while (this.#ahead.length <= this.#taken + index) {
      const token = this.#words.next();
      if (token === undefined) return undefined;
      this.#ahead.push(token);
    }
    return this.#ahead[this.#taken + index];
  }

  /** Takes the next word; `undefined` at the end. */
  take(): Token | undefined {
    const token = this.peek(0);
    this.#taken++;
    if (this.#taken > 1000 && this.#taken * 2 > this.#ahead.length) {
      this.#ahead = this.#ahead.slice(this.#taken);
      this.#taken = 0;
    }
    return token;
  }

  takeAll(count: number): Token[] {
    return Array.from({ length: count }, () => this.take())
      .filter((token) => token !== undefined);
  }

  /** Puts words back, in front of those that come. */
  putBack(tokens: readonly Token[]): void {
    this.#ahead = [...tokens, ...this.#ahead.slice(this.#taken)];
    this.#taken = 0;
  }

  /** The index after parentheses that open at one; `undefined` if none do. */
  behindParentheses(from: number): number | undefined {
    if (this.peek(from)?.text !== "(") return undefined;
    let depth = 0;
    for (let index = from; index < from + MOST_PARENTHESISED; index++) {
      const text = this.peek(index)?.text;
      if (text === undefined) return undefined;
      if (text === "(") depth++;
      if (text === ")" && --depth === 0) return index + 1;
    }
    return undefined;
  }
}
