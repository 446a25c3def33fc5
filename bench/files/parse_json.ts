/**
 * Untrusted JSON: `JSON.parse()`, and then a look for what it lets pass. It
 * takes the last of two equal keys, any depth, which is too much for what walks
 * the value afterwards, and a key `__proto__`, which schemas pass over.
 */
import {
  JsonTextError,
  jsonTextError,
  MOST_JSON_DEPTH,
  positionAt,
  unusableKey,
} from "../../sim/text/json_text.ts";
import { printableLine } from "../../sim/text/printable.ts";

/**
 * Reads the JSON of a file.
 *
 * @param fileName The name used in messages.
 * @throws {SyntaxError} If the text is not JSON, is nested too deeply, or has a
 *   key twice or one that would be lost; with line and column.
 */
export function parseJson(text: string, fileName: string): unknown {
  try {
    return jsonValue(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    const { found, position: { line, column } } = error;
    const where = text.trim() === ""
      ? "the file is empty, expected JSON"
      : `line ${line}, column ${column}: ${found}`;
    throw new SyntaxError(printableLine(`Cannot read "${fileName}": ${where}`));
  }
}

/**
 * Reads a JSON text that is not a file of its own, such as a line.
 *
 * @throws {JsonTextError} As {@linkcode parseJson}.
 */
export function jsonValue(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw jsonTextError(text) ?? error;
  }
  const flaw = flawOf(text);
  if (flaw !== undefined) throw flaw;
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;

/** Finds what `JSON.parse()` took in silence in a text that is JSON. */
function flawOf(text: string): JsonTextError | undefined {
  // Keys of each object that is open; none in a list.
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = stringEnd(text, at);
        if (text.charCodeAt(afterBlanks(text, end)) === COLON) {
          const key = keyOf(text.slice(at, end));
          const keys = open.at(-1);
          if (key === "__proto__" || keys?.has(key)) {
            return unusableKey(key, positionAt(text, at));
          }
          keys?.add(key);
        }
        at = end - 1;
        break;
      }
      case 0x5b: // [
      case 0x7b: // {
        if (open.length === MOST_JSON_DEPTH) {
          return new JsonTextError(
            `found more than ${MOST_JSON_DEPTH} levels, expected fewer`,
            positionAt(text, at),
          );
        }
        open.push(new Set());
        break;
      case 0x5d: // ]
      case 0x7d: // }
        open.pop();
        break;
    }
  }
  return undefined;
}

/** Finds the end of a string, behind its quote. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (; text.charCodeAt(at) !== QUOTE; at++) {
    if (text.charCodeAt(at) === BACKSLASH) at++;
  }
  return at + 1;
}

/** Sweeps have millions of keys: almost none has an escape. */
function keyOf(quoted: string): string {
  return quoted.includes("\\") ? JSON.parse(quoted) : quoted.slice(1, -1);
}

function afterBlanks(text: string, start: number): number {
  let at = start;
  // All that JSON has are below the first printable character.
  while (text.charCodeAt(at) <= SPACE) at++;
  return at;
}
