/** Reads a result file of `lab:kernel run`, plain or compressed by gzip. */
import { openStream } from "../../sim/text/headed_stream.ts";
import { LONGEST_RESULT_BYTES } from "../files/read_text.ts";
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
    const decoder = new TextDecoder();
    let text = "";
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (sizeBytes > LONGEST_RESULT_BYTES) {
        throw new RangeError(`it is longer than ${LONGEST_RESULT_BYTES} bytes`);
      }
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
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
