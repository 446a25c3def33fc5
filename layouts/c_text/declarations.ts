/**
 * Finds the declarations of types in a text: structs, unions, enumerations and
 * typedefs, whatever is around them. Functions, variables and prose are left
 * out, so a mail is read like a header.
 */
import type { Preprocessor } from "./preprocess.ts";
import { quoted, type SourceText } from "./source_text.ts";
import type { Token } from "./tokens.ts";
import { declaredNames } from "./typedef_words.ts";
import { WordQueue } from "./word_queue.ts";

/** Deepest nesting of braces, brackets and parentheses. */
const MOST_DEPTH = 100;
/** Most words of one declaration; the largest of a kernel has some 4000. */
const MOST_DECLARATION_WORDS = 500_000;
/** Most words of a typedef without braces, which ends at a semicolon. */
const MOST_TYPEDEF_WORDS = 400;

export interface Declaration {
  /** What kind of type it names first. */
  readonly kind: "struct" | "union" | "enum" | "typedef";
  /** Its tag; empty for none. */
  readonly tag: string;
  /** The names that it declares, for a typedef. */
  readonly names: readonly string[];
  /** Its words, the semicolon included. */
  readonly tokens: readonly Token[];
  /** Where it is. */
  readonly at: number;
  /** Why it cannot be read: the text ends inside, as a patch's context may. */
  readonly broken?: SyntaxError;
}

/** The declarations of a text. */
export interface Declarations {
  /** All, in order. */
  readonly all: readonly Declaration[];
  /** Structs, unions, enumerations by `struct NAME` and so on; the first. */
  readonly tagged: ReadonlyMap<string, Declaration>;
  /** Typedefs by name. */
  readonly typedefs: ReadonlyMap<string, Declaration>;
}

/**
 * Collects the declarations of a text.
 *
 * @throws {SyntaxError} If one has no end, or is nested too deep.
 */
export function findDeclarations(
  source: SourceText,
  words: Preprocessor,
): Declarations {
  const all: Declaration[] = [];
  const finder = new Finder(source, words, all);
  while (finder.step());
  const tagged = new Map<string, Declaration>();
  const typedefs = new Map<string, Declaration>();
  for (const declaration of all.toReversed()) {
    const { kind, tag, names } = declaration;
    if (tag !== "") tagged.set(tag, declaration);
    if (kind !== "typedef") continue;
    for (const name of names) typedefs.set(name, declaration);
  }
  return { all, tagged, typedefs };
}

class Finder {
  readonly #source: SourceText;
  readonly #words: WordQueue;
  readonly #all: Declaration[];

  constructor(source: SourceText, words: Preprocessor, all: Declaration[]) {
    this.#source = source;
    this.#words = new WordQueue(words);
    this.#all = all;
  }

  /** Takes a declaration or one word; false at the end. */
  step(): boolean {
    const token = this.#words.peek(0);
    if (token === undefined) return false;
    if (token.kind !== "word") {
      this.#words.take();
      return true;
    }
    switch (token.text) {
      case "typedef":
        this.#typedef();
        return true;
      case "struct":
      case "union":
      case "enum":
        if (this.#tag() === undefined) this.#words.take();
        else this.#record();
        return true;
      default:
        this.#words.take();
        return true;
    }
  }

  /**
   * The tag of a struct that is defined here: attributes, a name, a brace;
   * `undefined` if it is not defined here.
   */
  #tag(from = 0): { readonly name: string } | undefined {
    let index = from + 1;
    while (this.#words.peek(index)?.text === "__attribute__") {
      const behind = this.#words.behindParentheses(index + 1);
      if (behind === undefined) return undefined;
      index = behind;
    }
    const word = this.#words.peek(index);
    const name = word?.kind === "word" ? word.text : "";
    if (name !== "") index++;
    while (this.#words.peek(index)?.text === "__attribute__") {
      const behind = this.#words.behindParentheses(index + 1);
      if (behind === undefined) return undefined;
      index = behind;
    }
    return this.#words.peek(index)?.text === "{" ? { name } : undefined;
  }

  #record(): void {
    const first = this.#words.peek(0);
    const { name = "" } = this.#tag() ?? {};
    if (first === undefined) return;
    const kind = first.text as "struct" | "union" | "enum";
    const tag = name === "" ? "" : `${kind} ${name}`;
    const { tokens, broken } = this.#untilBrace(first);
    const at = first.at;
    if (broken === undefined) {
      this.#closing(tokens);
      this.#all.push({ kind, tag, names: [], tokens, at });
      return;
    }
    // What it swallowed may hold others.
    this.#all.push({ kind, tag, names: [], tokens: [], at, broken });
    this.#words.putBack(tokens.slice(1));
  }

  /** Takes all words up to the brace that closes the first one. */
  #untilBrace(first: Token): {
    tokens: Token[];
    broken?: SyntaxError;
  } {
    const tokens: Token[] = [];
    let depth = 0;
    for (;;) {
      const token = this.#words.take();
      if (token === undefined) {
        const broken = this.#source.syntaxError(
          first.at,
          `${quoted(describe(tokens))} without an end`,
          `"}" after its members`,
        );
        return { tokens, broken };
      }
      tokens.push(token);
      if (tokens.length > MOST_DECLARATION_WORDS) {
        throw this.#source.syntaxError(
          first.at,
          `${quoted(describe(tokens))} of more than ` +
            `${MOST_DECLARATION_WORDS} words`,
          "a struct that a header could have",
        );
      }
      if (token.kind !== "mark") continue;
      if ("{[(".includes(token.text)) depth++;
      if ("}])".includes(token.text)) depth--;
      if (depth > MOST_DEPTH) {
        throw this.#source.syntaxError(
          token.at,
          `more than ${MOST_DEPTH} open braces, brackets and parentheses`,
          "fewer",
        );
      }
      if (depth === 0 && token.text === "}") return { tokens };
    }
  }

  /** Takes what is after the brace; a mail may leave out the semicolon. */
  #closing(tokens: Token[]): void {
    const brace = tokens.at(-1);
    for (let count = 0; count < MOST_TYPEDEF_WORDS; count++) {
      const token = this.#words.peek(0);
      if (token === undefined) break;
      if (token.text === "__attribute__") {
        const behind = this.#words.behindParentheses(1);
        if (behind === undefined) break;
        tokens.push(...this.#words.takeAll(behind));
        continue;
      }
      if (token.text === ";") {
        this.#words.take();
        tokens.push(token);
        return;
      }
      // Variables of it, or the words after a struct that was not closed.
      const same = brace !== undefined &&
        this.#source.line(brace.at) === this.#source.line(token.at);
      if (!same || token.kind === "other") break;
      if (token.text === "=") break;
      this.#words.take();
    }
    const at = brace?.at ?? 0;
    tokens.push({ kind: "mark", text: ";", at });
  }

  #typedef(): void {
    const first = this.#words.take();
    if (first === undefined) return;
    const tokens: Token[] = [first];
    // The grammar has attributes after the type only.
    const moved: Token[] = [];
    while (this.#words.peek(0)?.text === "__attribute__") {
      const behind = this.#words.behindParentheses(1);
      if (behind === undefined) return;
      moved.push(...this.#words.takeAll(behind));
    }
    let body: string | undefined;
    for (let count = 0; count < MOST_TYPEDEF_WORDS; count++) {
      const token = this.#words.peek(0);
      if (token === undefined || token.kind === "other") return;
      const starts = /^(?:struct|union|enum)$/.test(token.text);
      if (starts && token.kind === "word" && body === undefined) {
        const tag = this.#tag();
        if (tag !== undefined) {
          body = tag.name === "" ? "" : `${token.text} ${tag.name}`;
          const inner = this.#untilBrace(token);
          if (inner.broken !== undefined) {
            this.#words.putBack(inner.tokens);
            return;
          }
          for (const each of inner.tokens) tokens.push(each);
          continue;
        }
      }
      if (token.text === "{" || token.text === "}") return;
      this.#words.take();
      if (token.text !== ";") {
        tokens.push(token);
        continue;
      }
      const names = declaredNames(tokens);
      tokens.push(...moved, token);
      this.#all.push({
        kind: "typedef",
        tag: body ?? "",
        names,
        tokens,
        at: first.at,
      });
      return;
    }
  }
}

function describe(tokens: readonly Token[]): string {
  return tokens.slice(0, 3).map(({ text }) => text).join(" ");
}
