/** Reads a result file of `lab:kernel run`, plain or compressed by gzip. */
import { openStream } from "../../sim/text/headed_stream.ts";
import { LONGEST_RESULT_BYTES, readStreamText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";
import { type KernelResult, parseKernelResult } from "./result.ts";

/**
 * @throws {SyntaxError} If it is none; with the first place that is wrong.
 * @throws {TypeError} If the file cannot be read.
 */
export async function readKernelResult(path: string): Promise<KernelResult> {
  return parseKernelResult(await readWhole(path), path);
}

async function readWhole(path: string): Promise<string> {
  try {
    using file = await Deno.open(path);
    const { chunks } = await openStream(path, file.readable);
    return await readStreamText(chunks, LONGEST_RESULT_BYTES);
  } catch (error) {
    // What does not decompress is told with its byte.
    if (error instanceof SyntaxError) throw error;
    throw new TypeError(
      `Cannot read ${path}: ${systemReason(error)}, expected a result of ` +
        `lab:kernel run`,
      { cause: error },
    );
  }
}
