/**
 * JSON files of a known form, such as topologies and fault plans: read,
 * checked, and every complaint at its line and column.
 */
import { z } from "zod";
import { expectedKey } from "../../layouts/known_keys.ts";
import { expectedBy, knownKeys } from "../../layouts/option_check.ts";
import { isPrintableLine, printableLine } from "./printable.ts";
import {
  type JsonDocument,
  JsonTextError,
  readJsonText,
  type TextPosition,
} from "./json_text.ts";

/** Longest part of a wrong value that a complaint quotes. */
const LONGEST_QUOTE = 40;
/** Longest path of a node, and longest complaint after the place. */
const LONGEST_PATH = 100;
const LONGEST_COMPLAINT = 400;

/**
 * The schema of a text that reports show: a name of two lines, or one that a
 * terminal acts on, would be in them as if the lab had written it.
 *
 * @param most Characters at most.
 */
export function shownText(most = 4096): z.ZodString {
  return z.string().min(1).max(most).refine(isPrintableLine, {
    error: "expected one line of printable characters",
  });
}

export interface JsonFormOptions<Schema extends z.ZodType> {
  /** Kind of file, such as `topology`. */
  readonly kind: string;
  /** Name of the file, for complaints. */
  readonly fileName: string;
  readonly schema: Schema;
}

/** A file that was read. */
export interface JsonForm<Value> {
  /** What it says. */
  readonly value: Value;
  /** Makes a complaint about a node of it. */
  readonly complaint: (
    path: readonly (string | number)[],
    found: string,
  ) => SyntaxError;
}

/**
 * Reads JSON of a form.
 *
 * @returns The value, and how to complain about a node of it.
 * @throws {SyntaxError} If it is not JSON of that form; the message names file,
 * line and column.
 */
export function readJsonForm<Schema extends z.ZodType>(
  text: string,
  options: JsonFormOptions<Schema>,
): JsonForm<z.output<Schema>> {
  const { kind, fileName, schema } = options;
  const error = ({ line, column }: TextPosition, found: string) =>
    new SyntaxError(
      printableLine(
        `Cannot read ${kind} "${fileName}": line ${line}, column ` +
          `${column}: ${cut(found, LONGEST_COMPLAINT)}`,
      ),
    );
  let document: JsonDocument;
  try {
    document = readJsonText(text);
  } catch (wrong) {
    if (!(wrong instanceof JsonTextError)) throw wrong;
    throw error(wrong.position, wrong.found);
  }
  const complaint = (path: readonly (string | number)[], found: string) =>
    error(document.positionOf(path), found);
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return { value: parsed.data, complaint };
  const { path, found } = wording(parsed.error.issues[0], {
    document,
    kind,
    schema,
  });
  throw complaint(path, found);
}

/** Words what zod found, as `node: found ..., expected ...`. */
function wording(
  issue: z.core.$ZodIssue | undefined,
  from: { document: JsonDocument; kind: string; schema: z.ZodType },
): { path: (string | number)[]; found: string } {
  const path = (issue?.path ?? []).filter((step) => typeof step !== "symbol");
  const { document, kind, schema } = from;
  const node = cut(path.join("."), LONGEST_PATH) || kind;
  if (issue?.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    return {
      path: [...path, key],
      found: `${node}: found unknown key "${cut(key, LONGEST_QUOTE)}", ` +
        `expected ${expectedKey(key, knownKeys(schema, path))}`,
    };
  }
  let value = document.value;
  for (const step of path) {
    value = typeof value === "object" && value !== null
      ? Reflect.get(value, step)
      : undefined;
  }
  const found = value === undefined
    ? "nothing"
    : cut(JSON.stringify(value), LONGEST_QUOTE);
  const expected = issue === undefined ? "another value" : expectedBy(issue);
  return { path, found: `${node}: found ${found}, expected ${expected}` };
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}
