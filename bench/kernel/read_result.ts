/** Reads a result file of `lab:kernel run`, plain or compressed by gzip. */
import { gunzip, isGzip } from "../../sim/workload/gunzip.ts";
import { LONGEST_RESULT_BYTES } from "../read_text.ts";
import { systemReason } from "../system_reason.ts";
import { type KernelResult, parseKernelResult } from "./result.ts";

/** Bytes that are read at once. */
const READ_BYTES = 1 << 16;

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
    using file = await Deno.open(path);
    const chunks = chunksOf(file);
    const first = await chunks.next();
    if (first.done) return "";
    const all = joined(first.value, chunks);
    const plain = isGzip(first.value) ? gunzip(path, all) : all;
    const decoder = new TextDecoder();
    let text = "";
    let sizeBytes = 0;
    for await (const chunk of plain) {
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

async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  for (;;) {
    const buffer = new Uint8Array(READ_BYTES);
    const got = await file.read(buffer);
    if (got === null) return;
    yield buffer.subarray(0, got);
  }
}

async function* joined(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
