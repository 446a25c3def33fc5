/** A setup from a file: by itself, or in a result, which holds its own. */
import { checkValue } from "../../layouts/option_check.ts";
import { parseJson, readResult } from "../read_result.ts";
import { LONGEST_RESULT_BYTES, readText } from "../read_text.ts";
import { systemReason } from "../system_reason.ts";
import type { GivenSetup } from "./options.ts";
import { runKeys, runSchema } from "./run_fields.ts";

/**
 * Reads a setup from a file.
 *
 * @param path A result of the lab, or a file with the `config` of one.
 * @param by Whether another device is asked for, which has its own limits.
 * @returns The setup.
 * @throws {RangeError} If the file cannot be read, or a value is out of its
 *   range.
 * @throws {SyntaxError} If it is no JSON; tells line and column.
 * @throws {TypeError} If a field is unknown or of another type.
 */
export async function readSetupFile(
  path: string,
  by: { hasDevice: boolean },
): Promise<GivenSetup> {
  let text: string;
  try {
    text = await readText(path, LONGEST_RESULT_BYTES);
  } catch (error) {
    throw new RangeError(
      `Cannot read setup "${path}": ${systemReason(error)}, expected a ` +
        "result, or a file with the config of one",
    );
  }
  const setup = setupOf(text, path);
  checkValue(`use setup "${path}"`, runSchema, setup);
  const { limits, ...others } = setup;
  return by.hasDevice || limits === undefined ? others : setup;
}

function setupOf(text: string, path: string): GivenSetup {
  const value: unknown = parseJson(text, path);
  if (typeof value !== "object" || value === null || !("cells" in value)) {
    return value as GivenSetup;
  }
  // Results carry the command, too, and those of older labs its output.
  const { config } = readResult(text, path);
  return Object.fromEntries(
    Object.entries(config).filter(([key]) => runKeys.includes(key)),
  );
}
