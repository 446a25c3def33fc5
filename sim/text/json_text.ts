/**
 * JSON with positions: the value, and the line and column of every node, so
 * that a complaint about a topology file can point at it.
 *
 * `JSON.parse` gives no positions for values and for some errors not even one
 * for itself; it also takes the last of two equal keys in silence.
 */

export interface TextPosition {
  /** Line, from 1. */
  readonly line: number;
  /** Column in UTF-16 units, from 1. */
  readonly column: number;
}

/** A JSON text that was read. */
export interface JsonDocument {
  readonly value: unknown;
  /**
   * Returns the place of a node, or of the deepest one above it that exists.
   *
   * @param path Keys and indices from the root.
   */
  readonly positionOf: (path: readonly (string | number)[]) => TextPosition;
}

/** A JSON text that cannot be read, with the place. */
export class JsonTextError extends SyntaxError {
  override readonly name = "JsonTextError";
  /** Where it stopped making sense. */
  readonly position: TextPosition;
  /** What was found, and after a comma what was expected. */
  readonly found: string;

  /**
   * Makes the error.
   *
   * @param found What was found, and after a comma what was expected.
   */
  constructor(found: string, position: TextPosition) {
    super(`Cannot read JSON: ${found}`);
    this.position = position;
    this.found = found;
  }
}

/** Deeper than any file of the lab, shallower than the stack. */
export const MOST_JSON_DEPTH = 64;
/** More than any form of the lab has: what is longer is another file. */
const MOST_NODES = 1 << 20;
/** Longer than any number or literal. */
const LONGEST_WORD = 64;
const LITERALS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
};
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads a JSON text and finds where a node is when it is asked.
 *
 * @throws {JsonTextError} If it is not JSON, a key is given twice, a number is
 *   out of range, or there is more than any form has.
 */
export function readJsonText(text: string): JsonDocument {
  const value = new JsonReader(text).document();
  return {
    value,
    // Few texts are complained about: places are looked for, not kept.
    positionOf: (path) => {
      const reader = new JsonReader(text, path.map(String));
      reader.document();
      return positionAt(text, reader.foundAt);
    },
  };
}

/**
 * Says where a text stops being JSON of a form.
 *
 * @returns What is wrong, however many values come before it; nothing if the
 *   text is JSON.
 */
export function jsonTextError(text: string): JsonTextError | undefined {
  try {
    new JsonReader(text, [], Infinity).document();
    return undefined;
  } catch (error) {
    if (error instanceof JsonTextError) return error;
    throw error;
  }
}

/** Finds the line and column of an offset. */
export function positionAt(text: string, offset: number): TextPosition {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  let line = 1;
  for (
    let at = text.indexOf("\n");
    at >= 0 && at < lineStart;
    at = text.indexOf("\n", at + 1)
  ) line++;
  return { line, column: offset - lineStart + 1 };
}

/**
 * Refuses a key that is there already, of which one would be lost; or
 * `__proto__`, which schemas pass over in silence wherever they take other keys.
 */
export function unusableKey(
  key: string,
  position: TextPosition,
): JsonTextError {
  const found = key === "__proto__"
    ? 'found the key "__proto__", expected another name'
    : `found the key ${
      JSON.stringify(key.slice(0, LONGEST_WORD))
    } twice, expected each key once`;
  return new JsonTextError(found, position);
}

class JsonReader {
  /** Where the deepest node on the wanted path is. */
  foundAt = 0;
  readonly #text: string;
  readonly #wanted: readonly string[];
  readonly #mostNodes: number;
  /** How much of the wanted path leads to the current node. */
  #matched = 0;
  #depth = 0;
  #nodes = 0;
  #at = 0;

  constructor(
    text: string,
    wanted: readonly string[] = [],
    mostNodes = MOST_NODES,
  ) {
    this.#text = text;
    this.#wanted = wanted;
    this.#mostNodes = mostNodes;
  }

  document(): unknown {
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#text.length) this.#fail("the end of the text");
    return value;
  }

  #value(): unknown {
    this.#skip();
    if (this.#depth > MOST_JSON_DEPTH) {
      this.#fail(`at most ${MOST_JSON_DEPTH} levels`);
    }
    if (++this.#nodes > this.#mostNodes) {
      this.#fail(`at most ${this.#mostNodes} values`);
    }
    if (this.#matched === this.#depth) this.foundAt = this.#at;
    const first = this.#text[this.#at];
    if (first === "{") return this.#object();
    if (first === "[") return this.#array();
    if (first === '"') return this.#string();
    const word = /[-+.\w]*/y;
    const rest = this.#text.slice(this.#at, this.#at + LONGEST_WORD + 1);
    const found = word.exec(rest)?.[0] ?? "";
    const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(found);
    const isKnown = isNumber || Object.hasOwn(LITERALS, found);
    if (!isKnown || found.length > LONGEST_WORD) {
      // Part of a word, where the text was cut.
      const end = this.#at + found.length;
      if (end === this.#text.length) this.#at = end;
      this.#fail("a value");
    }
    const value = isNumber ? Number(found) : LITERALS[found];
    if (value === Infinity || value === -Infinity) {
      this.#fail("a number that a double holds");
    }
    this.#at += found.length;
    return value;
  }

  /** A node below the current one. */
  #child(key: string): unknown {
    const isWanted = this.#matched === this.#depth &&
      this.#wanted[this.#depth] === key;
    this.#depth++;
    if (isWanted) this.#matched++;
    const value = this.#value();
    if (isWanted) this.#matched--;
    this.#depth--;
    return value;
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = Object.create(null);
    this.#at++;
    if (this.#take("}")) return object;
    do {
      this.#skip();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') this.#fail("a key in quotes");
      const key = this.#string();
      if (key === "__proto__" || Object.hasOwn(object, key)) {
        throw unusableKey(key, positionAt(this.#text, keyAt));
      }
      if (!this.#take(":")) this.#fail('":"');
      object[key] = this.#child(key);
    } while (this.#take(","));
    if (!this.#take("}")) this.#fail('"," or "}"');
    return object;
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    this.#at++;
    if (this.#take("]")) return array;
    do {
      array.push(this.#child(String(array.length)));
    } while (this.#take(","));
    if (!this.#take("]")) this.#fail('"," or "]"');
    return array;
  }

  #string(): string {
    const quoted = this.#text.slice(this.#at, this.#stringEnd());
    try {
      const value: string = JSON.parse(quoted);
      this.#at += quoted.length;
      return value;
    } catch {
      return this.#fail("a string with known escapes");
    }
  }

  /** A pattern would need stack for every character of a long string. */
  #stringEnd(): number {
    let at = this.#at + 1;
    for (; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code < 0x20) return this.#fail("a string with its end");
      if (code === BACKSLASH) at++;
    }
    this.#at = this.#text.length;
    return this.#fail("the rest of a string");
  }

  #skip(): void {
    for (;; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      // Space, line feed, carriage return, tab.
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    }
  }

  #take(mark: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 32);
    const next = rest.match(/^([-+.\w"]{1,20}|.)/su)?.[0];
    throw new JsonTextError(
      `found ${
        next === undefined
          ? "the end of the text (truncated?)"
          : JSON.stringify(next)
      }, expected ${expected}`,
      positionAt(this.#text, this.#at),
    );
  }
}
