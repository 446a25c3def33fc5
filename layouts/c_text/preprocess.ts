/**
 * The preprocessor: conditions, macros, and which options of the kernel's
 * configuration a text asks for. Includes and pragmas are left out: what a
 * struct needs of other headers is known, or asked for by name.
 */
import { evaluate, type Names } from "./condition.ts";
import { expand, isHidden, type Macro, readMacro } from "./macros.ts";
import { quoted, type SourceText } from "./source_text.ts";
import { type Token, tokens } from "./tokens.ts";

/** Most macros that a text may expand. */
const MOST_EXPANSIONS = 200_000;
/** Deepest that a macro may come out of others. */
const MOST_DEPTH = 200;
/** Most words that one macro's arguments may have. */
const MOST_ARGUMENT_WORDS = 200_000;
/** Most words that all macros together may give. */
const MOST_WORDS = 2_000_000;

/** Which options of the configuration are set. */
export interface Configuration {
  /**
   * Returns whether an option is set.
   *
   * @param name The option, `CONFIG_` in front.
   */
  isSet(name: string): boolean;
}

export interface PreprocessOptions {
  /** Macros that are there before the text. */
  readonly macros: ReadonlyMap<string, Macro>;
  /** Names that are defined on some ABIs and not on others. */
  readonly abiNames: ReadonlySet<string>;
  readonly configuration: Configuration;
}

/** A condition that is open: whether it holds, and whether one has held. */
interface Branch {
  readonly active: boolean;
  readonly taken: boolean;
  readonly outer: boolean;
}

/** A text while it is preprocessed. */
export class Preprocessor {
  /** Whether anything was asked that is otherwise on another ABI. */
  askedAbi = false;
  readonly #source: SourceText;
  readonly #input: Iterator<Token, void>;
  readonly #macros: Map<string, Macro>;
  readonly #abiNames: ReadonlySet<string>;
  readonly #configuration: Configuration;
  readonly #branches: Branch[] = [];
  /** Words that come next, the last first. */
  readonly #pending: Token[] = [];
  #expansions = 0;
  #words = 0;

  constructor(source: SourceText, options: PreprocessOptions) {
    this.#source = source;
    this.#input = tokens(source);
    this.#macros = new Map(options.macros);
    this.#abiNames = options.abiNames;
    this.#configuration = options.configuration;
  }

  /**
   * Returns the next word.
   *
   * @throws {SyntaxError} If a condition is none, or macros grow without end.
   */
  next(): Token | undefined {
    for (;;) {
      const token = this.#raw();
      if (token === undefined) return undefined;
      const macro = token.kind === "word" && !isHidden(token)
        ? this.#macros.get(token.text)
        : undefined;
      if (macro === undefined) return token;
      const args = this.#arguments(macro);
      if (args === undefined) return token;
      this.#noteAbi(token.text);
      this.#push(this.#expanded(macro, token, args));
    }
  }

  #expanded(
    macro: Macro,
    token: Token,
    args: readonly (readonly Token[])[],
  ): Token[] {
    const made = expand(macro, { token, args });
    this.#words += made.length;
    const deep = (token.hide?.depth ?? 0) > MOST_DEPTH;
    if (
      ++this.#expansions > MOST_EXPANSIONS || this.#words > MOST_WORDS || deep
    ) {
      throw this.#source.syntaxError(
        token.at,
        `macro ${quoted(macro.name)} after ${this.#expansions} others`,
        "macros that come to an end",
      );
    }
    return made;
  }

  #push(words: readonly Token[]): void {
    for (let index = words.length - 1; index >= 0; index--) {
      const word = words[index];
      if (word !== undefined) this.#pending.push(word);
    }
  }

  /** The next word before macros, of lines whose conditions hold. */
  #raw(): Token | undefined {
    for (;;) {
      const pending = this.#pending.pop();
      if (pending !== undefined) return pending;
      const next = this.#input.next();
      if (next.done) return undefined;
      if (next.value.kind === "directive") this.#directive(next.value);
      else if (this.#isActive()) return next.value;
    }
  }

  #isActive(): boolean {
    return this.#branches.at(-1)?.active ?? true;
  }

  /** Arguments after a macro; `undefined` where it is without any. */
  #arguments(macro: Macro): (readonly Token[])[] | undefined {
    const { parameters, variadic } = macro;
    if (parameters === undefined) return [];
    const open = this.#raw();
    if (open?.text !== "(") {
      if (open !== undefined) this.#pending.push(open);
      return undefined;
    }
    const args: Token[][] = [[]];
    let depth = 0;
    let words = 0;
    for (;;) {
      const token = this.#raw();
      if (token === undefined || ++words > MOST_ARGUMENT_WORDS) {
        throw this.#source.syntaxError(
          open.at,
          `arguments of ${quoted(macro.name)} without an end`,
          '")"',
        );
      }
      const { text } = token;
      if (token.kind === "mark") {
        if (text === ")" && depth === 0) return args;
        if (text === "(" || text === "[" || text === "{") depth++;
        if (text === ")" || text === "]" || text === "}") depth--;
        const rest = variadic && args.length >= parameters.length;
        if (text === "," && depth === 0 && !rest) {
          args.push([]);
          continue;
        }
      }
      args.at(-1)?.push(token);
    }
  }

  #directive(directive: Token): void {
    const { at, text } = directive;
    const [name, ...words] = tokens(this.#source, {
      start: at + 1,
      end: at + text.length,
    });
    switch (name?.text) {
      case "if":
        return this.#open(() => this.#holds(words, at));
      case "ifdef":
        return this.#open(() => this.#isDefined(words[0]));
      case "ifndef":
        return this.#open(() => !this.#isDefined(words[0]));
      case "elif":
        return this.#another(() => this.#holds(words, at));
      case "elifdef":
        return this.#another(() => this.#isDefined(words[0]));
      case "elifndef":
        return this.#another(() => !this.#isDefined(words[0]));
      case "else":
        return this.#another(() => true);
      case "endif":
        // One of a part of a header may have its #if elsewhere.
        this.#branches.pop();
        return;
      case "define":
      case "undef":
        if (this.#isActive()) this.#define(name.text, words);
        return;
      case "pragma":
        if (this.#isActive() && words[0]?.text === "pack") {
          throw this.#source.syntaxError(
            at,
            quoted("#pragma pack"),
            "__packed after the struct",
          );
        }
        return;
      default:
        return;
    }
  }

  #open(holds: () => boolean): void {
    const outer = this.#isActive();
    const active = outer && holds();
    this.#branches.push({ active, taken: active, outer });
  }

  #another(holds: () => boolean): void {
    const branch = this.#branches.pop();
    if (branch === undefined) return;
    const active = branch.outer && !branch.taken && holds();
    this.#branches.push({ ...branch, active, taken: branch.taken || active });
  }

  #define(what: "define" | "undef", words: readonly Token[]): void {
    const [name] = words;
    if (name === undefined) return;
    if (what === "undef") this.#macros.delete(name.text);
    else {
      const macro = readMacro(this.#source, words);
      if (macro !== undefined) this.#macros.set(macro.name, macro);
    }
  }

  #isDefined(token: Token | undefined): boolean {
    if (token === undefined) return false;
    if (this.#macros.has(token.text)) {
      this.#noteAbi(token.text);
      return true;
    }
    return this.#isSet(token.text);
  }

  /** Whether an option is set that no macro of the ABI has answered. */
  #isSet(name: string): boolean {
    if (this.#noteAbi(name) || !name.startsWith("CONFIG_")) return false;
    return this.#configuration.isSet(name);
  }

  #noteAbi(name: string): boolean {
    const is = this.#abiNames.has(name);
    this.askedAbi ||= is;
    return is;
  }

  #holds(words: readonly Token[], at: number): boolean {
    const value = evaluate(this.#source, { tokens: words, at }, this.#names());
    return value !== 0n;
  }

  /** Names of conditions: what is not defined is 0 (ISO C, 6.10.1). */
  #names(depth = 0): Names {
    return {
      value: (token) => this.#value(token, [], depth),
      call: (token, args) => {
        const [first] = args;
        switch (token.text) {
          case "defined":
          case "IS_ENABLED":
          case "IS_BUILTIN":
          case "IS_REACHABLE":
            return this.#isDefined(first) ? 1n : 0n;
          case "IS_MODULE":
            return 0n;
          case "__has_attribute":
          case "__has_builtin":
            return 1n;
          case "KERNEL_VERSION":
            return version(args);
          default:
            return this.#value(token, args, depth);
        }
      },
    };
  }

  #value(token: Token, args: readonly Token[], depth: number): bigint {
    const macro = this.#macros.get(token.text);
    if (macro === undefined || depth > 20) {
      return this.#isSet(token.text) ? 1n : 0n;
    }
    this.#noteAbi(token.text);
    if (macro.body.length === 0) return 1n;
    const split = args.length === 0 ? [] : [args];
    const body = this.#expanded(macro, token, split);
    const expression = { tokens: body, at: token.at };
    return evaluate(this.#source, expression, this.#names(depth + 1));
  }
}

function version(args: readonly Token[]): bigint {
  const [major = 0, minor = 0, patch = 0] = args
    .filter(({ kind }) => kind === "number")
    .map(({ text }) => Number(text) || 0);
  return BigInt(major * 65536 + minor * 256 + Math.min(patch, 255));
}
