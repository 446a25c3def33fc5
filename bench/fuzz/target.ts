/**
 * What a fuzzer drives, and what may come of it: a reader either takes an
 * input, and then every figure is one, or refuses it with an error of its
 * documented classes in one printable line.
 */
import type { Corpus } from "./mutation.ts";

/** A reader under test. */
export interface FuzzTarget extends Corpus {
  /** Name on the command line. */
  readonly name: string;
  /** Classes of error that the reader documents. */
  readonly errors: readonly string[];
  /**
   * Reads an input, and what follows from it.
   *
   * @throws {Error} If the reader refuses it, or gives something wrong.
   */
  readonly read: (bytes: Uint8Array) => void | Promise<void>;
}

/** Gives bytes in two parts, so that everything can be across a border. */
export async function* halves(
  bytes: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  const middle = bytes.length >> 1;
  yield await Promise.resolve(bytes.subarray(0, middle));
  yield bytes.subarray(middle);
}

/** Something that a reader must never give or do. */
export class FuzzFinding extends Error {
  override readonly name = "FuzzFinding";
}

/** Longest message: one line of a terminal or a few, not the input itself. */
const LONGEST_MESSAGE = 1000;

/**
 * Checks that a value is a number from 0 to 2^53 - 1.
 *
 * @throws {FuzzFinding} If it is not.
 */
export function requireCount(what: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new FuzzFinding(`${what} is ${String(value)}, expected a count`);
  }
}

/**
 * Checks the text that is made of an input: what would garble a terminal, or
 * is a figure that is none, must not be in it.
 *
 * @throws {FuzzFinding} If there is.
 */
export function requirePrintable(what: string, text: string): void {
  // C0 but the ends of lines (CSV has two) and tab, DEL, C1, and what turns
  // the writing direction. Apart from printable.ts, which this is to judge.
  const wild = // deno-lint-ignore no-control-regex
    /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/
      .exec(text.replaceAll("\r\n", "\n").replaceAll("\r", "\0"));
  if (wild !== null) {
    const code = wild[0].charCodeAt(0).toString(16).padStart(4, "0");
    throw new FuzzFinding(`${what} holds the character U+${code}`);
  }
}

/**
 * Reads an input and judges what came of it.
 *
 * @returns Whether the reader took it.
 * @throws {FuzzFinding} If it did something wrong.
 */
export async function judge(
  target: FuzzTarget,
  bytes: Uint8Array,
): Promise<boolean> {
  try {
    await target.read(bytes);
    return true;
  } catch (error) {
    if (error instanceof FuzzFinding) throw error;
    if (!(error instanceof Error)) {
      throw new FuzzFinding(`${target.name} threw ${String(error)}`);
    }
    const { name, message } = error;
    const complain = (what: string) =>
      new FuzzFinding(
        `${target.name}: ${name} "${message.slice(0, 300)}": ${what}`,
        {
          cause: error,
        },
      );
    if (!target.errors.includes(name)) {
      throw complain(`expected ${target.errors.join(" or ")}`);
    }
    if (!/^Cannot \w+ /.test(message) || !/expected /.test(message)) {
      throw complain("expected Cannot <verb> <thing>: ..., expected ...");
    }
    if (message.includes("\n")) throw complain("expected one line");
    if (message.length > LONGEST_MESSAGE) {
      throw complain(`${message.length} characters, expected fewer`);
    }
    if (/\b(undefined|\[object)\b/.test(message)) {
      throw complain("expected words for people");
    }
    requirePrintable(`${target.name}: the message "${message}"`, message);
    return false;
  }
}
