/** Macros of C: what `#define` says of them, and their expansion. */
import { quoted, type SourceText } from "./source_text.ts";
import type { HideSet, Token } from "./tokens.ts";
import { tokens } from "./tokens.ts";

export interface Macro {
  readonly name: string;
  /** Names of its parameters; `undefined` if it takes none at all. */
  readonly parameters: readonly string[] | undefined;
  /** Whether the last parameter takes all arguments that are left. */
  readonly variadic: boolean;
  /** What it is replaced by. */
  readonly body: readonly Token[];
}

/**
 * Reads the definition of a macro.
 *
 * @param words The words after `define`.
 * @returns The macro; `undefined` if it has no name.
 */
export function readMacro(
  source: SourceText,
  words: readonly Token[],
): Macro | undefined {
  const [name, open] = words;
  if (name?.kind !== "word") return undefined;
  const takes = open?.text === "(" && open.at === name.at + name.text.length;
  if (!takes) {
    return {
      name: name.text,
      parameters: undefined,
      variadic: false,
      body: words.slice(1),
    };
  }
  const close = words.findIndex((word) => word.text === ")");
  if (close < 0) {
    throw source.syntaxError(open.at, quoted("("), '")" after the parameters');
  }
  const parameters: string[] = [];
  let variadic = false;
  for (const { kind, text } of words.slice(2, close)) {
    if (kind === "word") parameters.push(text);
    if (text !== "...") continue;
    variadic = true;
    // `MEMBERS...` names it; `...` alone is __VA_ARGS__.
    if (words[close - 2]?.kind !== "word") parameters.push("__VA_ARGS__");
  }
  return {
    name: name.text,
    parameters,
    variadic,
    body: words.slice(close + 1),
  };
}

/**
 * Makes a macro of a text, such as one of the command line.
 *
 * @param name Its name, parameters included: `BITS(n)`.
 */
export function textMacro(name: string, body: string): Macro {
  const text = `${name} ${body}`;
  const source = { name, text } as SourceText;
  const made = readMacro(source, [...tokens(source)]);
  if (made === undefined) {
    throw new RangeError(
      `Cannot define ${
        quoted(name)
      }: it is not a name, expected NAME or NAME(x)`,
    );
  }
  return made;
}

/**
 * Replaces a macro.
 *
 * @param use The word that stands for it, and its arguments.
 * @returns The words that it gives, at the place of the use.
 */
export function expand(
  macro: Macro,
  use: { readonly token: Token; readonly args: readonly (readonly Token[])[] },
): Token[] {
  const { token, args } = use;
  const hide: HideSet = {
    name: macro.name,
    rest: token.hide,
    depth: (token.hide?.depth ?? 0) + 1,
  };
  const given = new Map<string, readonly Token[]>();
  macro.parameters?.forEach((name, index) =>
    given.set(name, args[index] ?? [])
  );
  const out: Token[] = [];
  for (let index = 0; index < macro.body.length; index++) {
    const word = macro.body[index];
    if (word === undefined) break;
    const own = word.kind === "word" ? given.get(word.text) : undefined;
    const made = own ?? [{ ...word, at: token.at, hide }];
    if (out.at(-1)?.text === "##" && out.length > 1) {
      out.pop();
      paste(out, made, { at: token.at, hide });
    } else {
      for (const each of made) out.push(each);
    }
  }
  return out;
}

/** `a ## b` makes one word of the last and the first. */
function paste(
  out: Token[],
  behind: readonly Token[],
  to: { at: number; hide: HideSet },
): void {
  const before = out.pop();
  const [first, ...rest] = behind;
  if (before === undefined) return;
  const text = before.text + (first?.text ?? "");
  const kind = /^[A-Za-z_]\w*$/.test(text)
    ? "word"
    : /^\d/.test(text)
    ? "number"
    : before.kind;
  out.push({ kind, text, ...to });
  for (const each of rest) out.push(each);
}

/** Returns whether a word came out of a macro, so that it does not again. */
export function isHidden(token: Token): boolean {
  for (let at = token.hide; at !== undefined; at = at.rest) {
    if (at.name === token.text) return true;
  }
  return false;
}
