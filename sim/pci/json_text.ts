/**
 * JSON with positions: the value, and the line and column of every node, so
 * that a complaint about a topology file can point at it.
 *
 * `JSON.parse` gives no positions for values and for some errors not even one
 * for itself; it also takes the last of two equal keys in silence.
 */

/** A place in a text. */
export interface TextPosition {
  /** Line, from 1. */
  readonly line: number;
  /** Column in UTF-16 units, from 1. */
  readonly column: number;
}

/** A JSON text that was read. */
export interface JsonDocument {
  /** The value. */
  readonly value: unknown;
  /**
   * Gives the place of a node, or of the deepest one above it that exists.
   *
   * @param path Keys and indices from the root.
   * @returns Line and column.
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
   * @param position Where.
   */
  constructor(found: string, position: TextPosition) {
    super(`Cannot read JSON: ${found}`);
    this.position = position;
    this.found = found;
  }
}

/** Deeper than any topology, shallower than the stack. */
const MOST_DEPTH = 64;
const LITERALS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
};

/**
 * Reads a JSON text and remembers where each node stands.
 *
 * @param text The text.
 * @returns The value and the places.
 * @throws {JsonTextError} If it is not JSON, or a key is given twice.
 */
export function readJsonText(text: string): JsonDocument {
  const reader = new JsonReader(text);
  const value = reader.document();
  return {
    value,
    positionOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const offset = reader.offsets.get(pathKey(path.slice(0, length)));
        if (offset !== undefined) return positionAt(text, offset);
      }
      return positionAt(text, reader.offsets.get("") ?? 0);
    },
  };
}

function pathKey(path: readonly (string | number)[]): string {
  return path.length === 0 ? "" : JSON.stringify(path.map(String));
}

function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset).split("\n");
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  };
}

class JsonReader {
  readonly offsets = new Map<string, number>();
  readonly #text: string;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#text.length) this.#fail("the end of the text");
    return value;
  }

  #value(): unknown {
    this.#skip();
    if (this.#path.length > MOST_DEPTH) {
      this.#fail(`at most ${MOST_DEPTH} levels`);
    }
    this.offsets.set(pathKey(this.#path), this.#at);
    const first = this.#text[this.#at];
    if (first === "{") return this.#object();
    if (first === "[") return this.#array();
    if (first === '"') return this.#string();
    const word = /[-+.\w]*/y;
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0] ?? "";
    const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(found);
    if (!isNumber && !Object.hasOwn(LITERALS, found)) this.#fail("a value");
    this.#at += found.length;
    return isNumber ? Number(found) : LITERALS[found];
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
      if (Object.hasOwn(object, key)) {
        this.#at = keyAt;
        this.#fail(`key "${key}" once`);
      }
      if (!this.#take(":")) this.#fail('":"');
      this.#path.push(key);
      object[key] = this.#value();
      this.#path.pop();
    } while (this.#take(","));
    if (!this.#take("}")) this.#fail('"," or "}"');
    return object;
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    this.#at++;
    if (this.#take("]")) return array;
    do {
      this.#path.push(array.length);
      array.push(this.#value());
      this.#path.pop();
    } while (this.#take(","));
    if (!this.#take("]")) this.#fail('"," or "]"');
    return array;
  }

  #string(): string {
    // deno-lint-ignore no-control-regex
    const pattern = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
    pattern.lastIndex = this.#at;
    const quoted = pattern.exec(this.#text)?.[0];
    if (quoted === undefined) return this.#fail("a string with its end");
    try {
      const value: string = JSON.parse(quoted);
      this.#at += quoted.length;
      return value;
    } catch {
      return this.#fail("a string with known escapes");
    }
  }

  #skip(): void {
    const pattern = /[ \t\r\n]*/y;
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
  }

  #take(mark: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #fail(expected: string): never {
    const next = this.#text.slice(this.#at).match(/^([-+.\w"]{1,20}|.)/su)?.[0];
    throw new JsonTextError(
      `found ${
        next === undefined ? "the end of the text" : JSON.stringify(next)
      }, expected ${expected}`,
      positionAt(this.#text, this.#at),
    );
  }
}
