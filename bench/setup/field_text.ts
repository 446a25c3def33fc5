/** From the text of an option to the value of its field, files read. */
import { z } from "zod";
import type { Field } from "../../sim/text/field.ts";
import { LONGEST_FORM_BYTES, readText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";

/**
 * Returns the value that a text stands for.
 *
 * @param text Its option's text, or the texts between commas.
 * @returns The value; from a file, where the text is not a name that is known.
 * @throws {RangeError} If it stands for none, or the file cannot be read.
 * @throws {SyntaxError} If the file is malformed; names line and column.
 */
export async function readFieldText(
  { text: codec, file }: Pick<Field["note"], "text" | "file">,
  text: string | readonly string[],
): Promise<unknown> {
  const known = codec && await z.decodeAsync(codec, text);
  if (known !== undefined || file === undefined) return known;
  const path = String(text);
  let content: string;
  try {
    content = await readText(path, file.mostBytes ?? LONGEST_FORM_BYTES);
  } catch (error) {
    throw new RangeError(
      `Cannot read ${file.what} "${path}": ${systemReason(error)}, expected ` +
        file.expected,
    );
  }
  return file.parse(content, path);
}
