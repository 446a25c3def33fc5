/**
 * A JSON object of any length as a stream of its members: a recording of
 * footprints is one line of some MiB, of which one workload is held at a time.
 *
 * Only brackets and strings are looked at here; what stands between them is
 * read, and refused, by who takes the text of a member.
 */
import type { TextPosition } from "../../sim/text/json_text.ts";

/** Longest text of one value; a workload has some 250 KiB. */
const LONGEST_VALUE = 32 << 20;
const LONGEST_KEY = 4096;

/** A member of an object, as it stands in the text. */
export interface RawValue {
  readonly text: string;
  readonly position: TextPosition;
}

/** Something that is no JSON object, with the place. */
export class ValueStreamError extends SyntaxError {
  override readonly name = "ValueStreamError";

  /** @param found What was found, and after a comma what was expected. */
  constructor(readonly found: string, readonly position: TextPosition) {
    super(`Cannot read JSON: ${found}`);
  }
}

/** Reads the text of one JSON object from chunks of bytes. */
export class ValueStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  // A mark at the start is refused, as JSON.parse does.
  readonly #decoder = new TextDecoder("utf-8", {
    fatal: true,
    ignoreBOM: true,
  });
  #text = "";
  #at = 0;
  #ended = false;
  #line = 1;
  /** Characters of this line in front of `#text`. */
  #before = 0;

  /**
   * Starts at the first byte.
   *
   * @param chunks The bytes, UTF-8.
   */
  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * Walks over the members of the object that comes next. The walker must take
   * each value: by `value()` or by walking it, in its turn.
   *
   * @param onKey Takes the value of a key.
   * @throws {ValueStreamError} If it is no object, or a key is given twice.
   */
  async members(onKey: (key: string) => Promise<void>): Promise<void> {
    await this.#take("{");
    if (await this.#peek() === "}") return void this.#at++;
    const keys = new Set<string>();
    for (;;) {
      if (await this.#peek() !== '"') this.#fail("a key in quotes");
      const start = this.#position();
      const quoted = await this.#string(LONGEST_KEY);
      const key = keyOf(quoted);
      if (key === undefined || keys.has(key)) {
        throw new ValueStreamError(
          `found ${quoted.slice(0, 40)}, expected a key, and each one once`,
          start,
        );
      }
      keys.add(key);
      await this.#take(":");
      await onKey(key);
      if (await this.#peek() === "}") return void this.#at++;
      await this.#take(",", '"," or "}"');
    }
  }

  /**
   * Takes the value that comes next, whole.
   *
   * @throws {ValueStreamError} If there is none, or it is too long.
   */
  async value(): Promise<RawValue> {
    const first = await this.#peek();
    const position = this.#position();
    if (first === '"') {
      return { text: await this.#string(LONGEST_VALUE), position };
    }
    if (first !== "{" && first !== "[") {
      return { text: await this.#word(), position };
    }
    let text = "";
    let depth = 0;
    do {
      const next = await this.#peek(false);
      if (next === "") this.#fail('"}" or "]"');
      if (next === '"') text += await this.#string(LONGEST_VALUE);
      else {
        const run = this.#run(/[^"{}[\]]+/y);
        if (run === "") {
          if (next === "{" || next === "[") depth++;
          else depth--;
          this.#at++;
          text += next;
        } else text += run;
      }
      if (text.length > LONGEST_VALUE) {
        throw new ValueStreamError(
          `found a value of more than ${LONGEST_VALUE} characters, expected ` +
            "a shorter one",
          position,
        );
      }
    } while (depth > 0);
    return { text, position };
  }

  /**
   * Requires that nothing follows.
   *
   * @throws {ValueStreamError} If something does.
   */
  async end(): Promise<void> {
    if (await this.#peek() !== "") this.#fail("the end of the text");
  }

  /** Gives the bytes back to who holds them open. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** A string in its quotes; a pattern would need stack for each character. */
  async #string(longest: number): Promise<string> {
    const start = this.#position();
    let text = '"';
    this.#at++;
    for (;;) {
      const next = await this.#peek(false);
      if (next === "" || next < " ") this.#fail("a string with its end");
      if (text.length > longest) {
        throw new ValueStreamError(
          `found a string of more than ${longest} characters, expected a ` +
            "shorter one",
          start,
        );
      }
      if (next === '"') {
        this.#at++;
        return `${text}"`;
      }
      if (next !== "\\") {
        // deno-lint-ignore no-control-regex -- a line feed ends no string
        text += this.#run(/[^"\\\x00-\x1f]+/y);
        continue;
      }
      this.#at++;
      const escaped = await this.#peek(false);
      if (escaped === "" || escaped < " ") this.#fail("a string with its end");
      this.#at++;
      text += `\\${escaped}`;
    }
  }

  /** What is no bracket and no string, such as a number. */
  async #word(): Promise<string> {
    let text = "";
    for (;;) {
      const next = await this.#peek(false);
      const run = next === "" ? "" : this.#run(/[-+.\w]+/y);
      if (run === "" || text.length > 64) break;
      text += run;
    }
    if (text === "") this.#fail("a value");
    return text;
  }

  /** Takes what of the text that is there fits a pattern. */
  #run(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const run = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += run.length;
    return run;
  }

  /** The next character; "" at the end. */
  async #peek(skips = true): Promise<string> {
    for (;;) {
      if (skips) this.#run(/[ \n\r\t]+/y);
      const next = this.#text[this.#at];
      if (next !== undefined) return next;
      if (this.#ended) return "";
      await this.#more();
    }
  }

  async #take(mark: string, expected = `"${mark}"`): Promise<void> {
    if (await this.#peek() !== mark) this.#fail(expected);
    this.#at++;
  }

  async #more(): Promise<void> {
    const { line, column } = this.#position();
    const next = await this.#chunks.next();
    this.#line = line;
    this.#before = column - 1;
    this.#at = 0;
    this.#ended = next.done === true;
    try {
      this.#text = next.done === true
        ? this.#decoder.decode()
        : this.#decoder.decode(next.value, { stream: true });
    } catch {
      this.#text = "";
      throw new ValueStreamError(
        "found bytes that are no UTF-8, expected UTF-8",
        { line, column },
      );
    }
  }

  #position(): TextPosition {
    let line = this.#line;
    let start = -this.#before;
    for (
      let at = this.#text.indexOf("\n");
      at >= 0 && at < this.#at;
      at = this.#text.indexOf("\n", at + 1)
    ) {
      line++;
      start = at + 1;
    }
    return { line, column: this.#at - start + 1 };
  }

  #fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 32);
    const next = rest.match(/^([-+.\w"]{1,20}|.)/su)?.[0];
    throw new ValueStreamError(
      `found ${
        next === undefined ? "the end of the text" : JSON.stringify(next)
      }, expected ${expected}`,
      this.#position(),
    );
  }
}

function keyOf(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}
