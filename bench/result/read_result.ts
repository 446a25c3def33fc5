/**
 * Reading a result file that somebody else may have cut, edited or written
 * with another tool: the whole truth about it in one line, or the result.
 */
import { expectedBy } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";
import type { z } from "zod";
import { printableLine } from "../../sim/text/printable.ts";
import { cellName } from "./likeness.ts";
import type { LabResult } from "./result.ts";
import { RESULT_SCHEMA_VERSION, resultSchema } from "./result_schema.ts";
import { TOOL_NAME } from "../machine/tool.ts";
import { parseJson } from "../files/parse_json.ts";
import { withNamesOfToday } from "./old_names.ts";
import { LONGEST_RESULT_BYTES, readText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";

/**
 * Reads the text of a result file.
 *
 * @param text The whole file.
 * @param fileName The name used in messages.
 * @returns The checked result.
 * @throws {SyntaxError} If the text is not JSON, with line and column.
 * @throws {TypeError} If it is JSON but not a result of this lab, with the key.
 * @throws {RangeError} If a newer lab wrote it.
 *
 * @example A file that is not a result of the lab
 * ```ts
 * import { readResult } from "@bvec/lab";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => readResult('{"benchmarks": []}', "other.json"),
 *   TypeError,
 *   "expected a result of bvec-lab",
 * );
 * ```
 */
export function readResult(text: string, fileName: string): LabResult {
  checkString("read a result", "text", text);
  checkString("read a result", "fileName", fileName);
  try {
    return checkedResult(text, fileName);
  } catch (error) {
    // Keys and values of an untrusted file are in the message.
    if (error instanceof Error) error.message = printableLine(error.message);
    throw error;
  }
}

function checkedResult(text: string, fileName: string): LabResult {
  const value = parseJson(withNamesOfToday(text), fileName);
  const file = `Cannot read "${fileName}"`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(
      `${file}: it holds ${kindOf(value)}, expected a result of ${TOOL_NAME}`,
    );
  }
  const version = Reflect.get(value, "schemaVersion");
  const tool = Reflect.get(value, "tool");
  const toolName = typeof tool === "object" && tool !== null
    ? Reflect.get(tool, "name")
    : tool;
  // A newer lab may have moved every other key, even the tool's name.
  if (
    Number.isInteger(version) && Number(version) > RESULT_SCHEMA_VERSION &&
    (toolName === undefined || toolName === TOOL_NAME)
  ) {
    const toolVersion = Reflect.get(Object(tool), "version");
    const writer = typeof toolVersion === "string"
      ? ` (${TOOL_NAME} ${cut(toolVersion)})`
      : "";
    throw new RangeError(
      `${file}: schemaVersion is ${String(version)}${writer}, ` +
        `expected at most ${RESULT_SCHEMA_VERSION}; use a newer ${TOOL_NAME}`,
    );
  }
  if (toolName !== TOOL_NAME) {
    const found = toolName === undefined
      ? `no key "tool" (its keys: ${
        cut(Object.keys(value).slice(0, 5).join(", "))
      })`
      : `tool ${kindOf(toolName)}`;
    throw new TypeError(
      `${file}: found ${found}, expected a result of ${TOOL_NAME}`,
    );
  }
  const checked = resultSchema.safeParse(value);
  if (checked.success) {
    const twice = repeated(checked.data);
    if (twice === undefined) return checked.data;
    throw new TypeError(
      `${file}: ${printableLine(twice)}, expected each once`,
    );
  }
  throw new TypeError(`${file}: ${describeIssue(checked.error, value)}`);
}

/**
 * Reads a result file.
 *
 * @param path Path of the file.
 * @returns The checked result.
 * @throws {Deno.errors.NotFound} If it cannot be read, with the reason; other
 * errors as {@linkcode readResult}.
 *
 * @example The cells of a file
 * ```ts
 * import { readResultFile } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const { cells } = await readResultFile("bench/fuzz/result_seed.json");
 * assertEquals(cells.length > 0, true);
 * ```
 */
export async function readResultFile(path: string): Promise<LabResult> {
  checkString("read a result", "path", path);
  let text: string;
  try {
    text = await readText(path, LONGEST_RESULT_BYTES);
  } catch (error) {
    throw new Deno.errors.NotFound(
      `Cannot read "${path}": ${systemReason(error)}, expected a result file`,
    );
  }
  return readResult(text, path);
}

function describeIssue(error: z.ZodError, value: unknown): string {
  const issue = error.issues[0];
  if (issue === undefined) return "found another format, expected a result";
  let found: unknown = value;
  let path = "";
  for (const key of issue.path) {
    found = found === null || found === undefined
      ? undefined
      : Reflect.get(Object(found), key);
    path += typeof key === "number"
      ? `[${key}]`
      : `${path === "" ? "" : "."}${String(key)}`;
  }
  const where = path === "" ? "the file" : cut(path);
  return `${where} is ${kindOf(found)}, expected ${cut(expectedBy(issue))}`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  // JSON has no Infinity: 1e400 would be written as null.
  const text = typeof value === "number"
    ? String(value)
    : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}

/** Says which cell, or which layout of one, a file has twice. */
function repeated(result: LabResult): string | undefined {
  const cells = new Map<string, number>();
  for (const [index, cell] of result.cells.entries()) {
    const key = cellName(cell);
    const first = cells.get(key);
    if (first !== undefined) {
      return `cells[${index}] is the cell of cells[${first}] again (${key})`;
    }
    cells.set(key, index);
    const names = cell.layouts.map(({ name }) => name);
    const again = names.find((name, i) => names.indexOf(name) !== i);
    if (again !== undefined) {
      return `cells[${index}] has layout "${again}" more than once`;
    }
  }
  return undefined;
}
