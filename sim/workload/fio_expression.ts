/**
 * Arithmetic in values of fio job files, such as `(1+2)*4k` (HOWTO, "Parameter
 * types"; exp/expression-parser.y). A value that begins with a parenthesis is
 * an expression, and one in which a keyword such as `$ncpus` was replaced.
 */

/** Factors of units; here `k` is 1024 and `kib` 1000 whatever kb_base is. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ...["k", "m", "g", "t", "p"].flatMap((unit, i): [string, number][] => [
    [unit, 1024 ** (i + 1)],
    [`${unit}b`, 1024 ** (i + 1)],
    [`${unit}ib`, 1000 ** (i + 1)],
  ]),
]);

const TOKEN = /\s*(0x[0-9a-f]+|\d*\.\d+|\d+|[a-z]+|[-+*/%^()])/iy;

/** Binding of the operators, loosest first; `^` alone groups to the right. */
const BINDING: Readonly<Record<string, number>> = {
  "+": 1,
  "-": 1,
  "*": 3,
  "/": 3,
  "^": 4,
  "%": 5,
};
const UNIT_BINDING = 2;
const SIGN_BINDING = 6;

/** Deepest nesting of parentheses and signs that is taken. */
const DEEPEST = 64;

/**
 * Evaluates an expression.
 *
 * @param text Such as `(1+2)*4k`.
 * @returns Its value, cut to an integer; null if it is malformed, divides by
 *   zero or leaves the safe integers.
 */
export function evaluateExpression(text: string): number | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const value = new Expression(tokens).evaluate();
  const whole = Math.trunc(value);
  return Number.isSafeInteger(whole) ? whole : null;
}

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return null;
    tokens.push(token.toLowerCase());
  }
  return tokens;
}

/** NaN stands for everything that has no value. */
class Expression {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  evaluate(): number {
    const value = this.#expression(0);
    return this.#at === this.#tokens.length ? value : NaN;
  }

  #expression(binding: number): number {
    if (++this.#depth > DEEPEST) return NaN;
    let value = this.#operand();
    for (;;) {
      const token = this.#tokens[this.#at] ?? "";
      const unit = UNITS.get(token);
      if (unit !== undefined && UNIT_BINDING > binding) {
        this.#at++;
        value *= unit;
        continue;
      }
      const own = BINDING[token] ?? 0;
      if (own <= binding) break;
      this.#at++;
      const right = this.#expression(token === "^" ? own - 1 : own);
      value = applied(token, value, right);
    }
    this.#depth--;
    return value;
  }

  #operand(): number {
    const token = this.#tokens[this.#at++] ?? "";
    if (token === "-") return -this.#expression(SIGN_BINDING);
    if (token === "(") {
      const value = this.#expression(0);
      return this.#tokens[this.#at++] === ")" ? value : NaN;
    }
    return /^[\d.]/.test(token) ? Number(token) : NaN;
  }
}

function applied(operator: string, left: number, right: number): number {
  const areWhole = Number.isInteger(left) && Number.isInteger(right);
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      if (right === 0) return NaN;
      return areWhole ? Math.trunc(left / right) : left / right;
    case "%":
      return areWhole && right !== 0 ? left % right : NaN;
    default:
      return left ** right;
  }
}
