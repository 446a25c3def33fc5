/** Reads a result file of `lab:kernel run`, plain or compressed by gzip. */
import { LONGEST_RESULT_BYTES } from "../read_text.ts";
import { systemReason } from "../system_reason.ts";
import { type KernelResult, parseKernelResult } from "./result.ts";

/**
 * Reads a result.
 *
 * @param path The file.
 * @returns The result.
 * @throws {SyntaxError} If it is none; with the first place that is wrong.
 * @throws {TypeError} If the file cannot be read.
 */
export async function readKernelResult(path: string): Promise<KernelResult> {
  return parseKernelResult(await readWhole(path), path);
}

async function readWhole(path: string): Promise<string> {
  try {
    const file = await Deno.open(path);
    const head = new Uint8Array(2);
    await file.read(head);
    await file.seek(0, Deno.SeekMode.Start);
    const packed = head[0] === 0x1f && head[1] === 0x8b;
    const bytes = packed
      ? file.readable.pipeThrough(new DecompressionStream("gzip"))
      : file.readable;
    let text = "";
    for await (const part of bytes.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.length > LONGEST_RESULT_BYTES) {
        throw new RangeError(`it is longer than ${LONGEST_RESULT_BYTES} bytes`);
      }
    }
    return text;
  } catch (error) {
    throw new TypeError(
      `Cannot read ${path}: ${systemReason(error)}, expected a result of ` +
        `lab:kernel run`,
      { cause: error },
    );
  }
}
