/** Constant expressions of `#if` and of array sizes, over words of C. */
import { binaryValue, truth } from "./operators.ts";
import { quoted, type SourceText } from "./source_text.ts";
import type { Token } from "./tokens.ts";

/** Deepest nesting of parentheses and operators. */
const MOST_DEPTH = 200;

/** Binary operators by how tightly they bind, loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** What the names of an expression are. */
export interface Names {
  value(token: Token): bigint;
  /** The value of a name with arguments, such as `IS_ENABLED(CONFIG_X)`. */
  call(token: Token, args: readonly Token[]): bigint;
}

/**
 * Works out an expression.
 *
 * @param expression Its words, and where it is.
 * @throws {SyntaxError} If it is not an expression.
 */
export function evaluate(
  source: SourceText,
  expression: { readonly tokens: readonly Token[]; readonly at: number },
  names: Names,
): bigint {
  const reader = new Expression(source, expression, names);
  const value = reader.conditional(0);
  reader.end();
  return value;
}

class Expression {
  readonly #source: SourceText;
  readonly #tokens: readonly Token[];
  readonly #at: number;
  readonly #names: Names;
  #next = 0;

  constructor(
    source: SourceText,
    expression: { readonly tokens: readonly Token[]; readonly at: number },
    names: Names,
  ) {
    this.#source = source;
    this.#tokens = expression.tokens;
    this.#at = expression.at;
    this.#names = names;
  }

  conditional(depth: number): bigint {
    if (depth > MOST_DEPTH) throw this.#error("an expression of less depth");
    const value = this.#binary(0, depth);
    if (!this.#take("?")) return value;
    const yes = this.conditional(depth + 1);
    if (!this.#take(":")) throw this.#error('":"');
    const no = this.conditional(depth + 1);
    return value === 0n ? no : yes;
  }

  end(): void {
    if (this.#next < this.#tokens.length) {
      throw this.#error("the end of the expression");
    }
  }

  #binary(level: number, depth: number): bigint {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary(depth);
    let left = this.#binary(level + 1, depth);
    for (;;) {
      const operator = operators.find((each) => this.#take(each));
      if (operator === undefined) return left;
      left = this.#apply(operator, left, this.#binary(level + 1, depth));
    }
  }

  #apply(operator: string, a: bigint, b: bigint): bigint {
    const value = binaryValue(operator, a, b);
    if (value !== undefined) return value;
    throw this.#error(
      operator === "<<" || operator === ">>"
        ? "a shift of 0 to 63 bits"
        : "a divisor that is not 0",
    );
  }

  #unary(depth: number): bigint {
    if (depth > MOST_DEPTH) throw this.#error("an expression of less depth");
    if (this.#take("!")) return truth(this.#unary(depth + 1) === 0n);
    if (this.#take("-")) return -this.#unary(depth + 1);
    if (this.#take("+")) return this.#unary(depth + 1);
    if (this.#take("~")) return ~this.#unary(depth + 1);
    if (this.#take("(")) {
      const value = this.conditional(depth + 1);
      if (!this.#take(")")) throw this.#error('")"');
      return value;
    }
    const token = this.#tokens[this.#next];
    if (token?.kind === "number") {
      this.#next++;
      return this.#number(token);
    }
    if (token?.kind === "string" && token.text.length === 3) {
      this.#next++;
      return BigInt(token.text.charCodeAt(1));
    }
    if (token?.kind !== "word") throw this.#error("a number or a name");
    this.#next++;
    if (token.text === "defined") {
      return this.#names.call(token, this.#defined());
    }
    return this.#peek("(")
      ? this.#names.call(token, this.#arguments())
      : this.#names.value(token);
  }

  #number(token: Token): bigint {
    const value = numberOf(token.text);
    if (value !== undefined) return value;
    throw this.#source.syntaxError(
      token.at,
      quoted(token.text),
      "a whole number",
    );
  }

  /** `defined X` and `defined(X)`. */
  #defined(): readonly Token[] {
    if (this.#peek("(")) return this.#arguments();
    const token = this.#tokens[this.#next++];
    return token === undefined ? [] : [token];
  }

  #arguments(): readonly Token[] {
    const args: Token[] = [];
    let open = 0;
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token === undefined) throw this.#error('")"');
      this.#next++;
      if (token.text === "(" && open++ === 0) continue;
      if (token.text === ")" && --open === 0) return args;
      args.push(token);
    }
  }

  #peek(text: string): boolean {
    const token = this.#tokens[this.#next];
    return token?.kind === "mark" && token.text === text;
  }

  #take(text: string): boolean {
    const is = this.#peek(text);
    if (is) this.#next++;
    return is;
  }

  #error(expected: string): SyntaxError {
    const token = this.#tokens[this.#next];
    const last = this.#tokens.at(-1);
    const end = last === undefined ? this.#at : last.at + last.text.length;
    return this.#source.syntaxError(
      token?.at ?? end,
      token === undefined ? "its end" : quoted(token.text),
      expected,
    );
  }
}

/**
 * Reads a number of C.
 *
 * @param text Decimal, octal, hexadecimal or binary, with its suffix.
 * @returns Its value; `undefined` if it is not a whole number below 2^64.
 */
export function numberOf(text: string): bigint | undefined {
  const found =
    /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9]\d*)(?:[uUlL]|[uU]?ll|[uU]?LL|ll[uU]|LL[uU]|[uU][lL]|[lL][uU])?$/
      .exec(text)?.[1];
  if (found === undefined || found.length > 70) return undefined;
  const octal = /^0[0-7]+$/.test(found);
  const value = BigInt(octal ? `0o${found.slice(1)}` : found);
  return value < 1n << 64n ? value : undefined;
}
