/** Reads a result file of `lab:kernel run`, plain or compressed by gzip. */
import { readPackedFile } from "../files/packed_file.ts";
import { LONGEST_RESULT_BYTES, readStreamText } from "../files/read_text.ts";
import { type KernelResult, parseKernelResult } from "./result.ts";

/**
 * @throws {SyntaxError} If it is none; with the first place that is wrong.
 * @throws {TypeError} If the file cannot be read.
 */
export async function readKernelResult(path: string): Promise<KernelResult> {
  const text = await readPackedFile(path, {
    what: path,
    expected: "a result of lab:kernel run",
  }, (chunks) => readStreamText(chunks, LONGEST_RESULT_BYTES));
  return parseKernelResult(text, path);
}
