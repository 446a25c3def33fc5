/**
 * Reads a text file whole, unless it is longer than any of its kind: an
 * untrusted file, or a device by mistake, must not take all memory.
 */
import { concat } from "@std/bytes/concat";

/** Longest topology, CPU file or fault plan; real ones have some KiB. */
export const LONGEST_FORM_BYTES: number = 16 << 20;
/** Longest result file; a sweep with all samples has some MiB. */
export const LONGEST_RESULT_BYTES: number = 256 << 20;
/** Longest merged sweep: a few KiB for each layout of each cell. */
export const LONGEST_SWEEP_BYTES: number = 480 << 20;

/**
 * @throws {RangeError} If it is longer; the message is the reason alone.
 * @throws {Deno.errors.NotFound} If it is not there; other errors of the
 *   system as they come.
 */
export async function readText(
  path: string,
  mostBytes: number,
): Promise<string> {
  using file = await Deno.open(path, { read: true });
  return await readStreamText(file.readable, mostBytes);
}

/** @throws {RangeError} If it is longer; the message is the reason alone. */
export async function readStreamText(
  stream: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    if (bytes > mostBytes) {
      throw new RangeError(`it is longer than ${mostBytes} bytes`);
    }
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

/** @throws {RangeError} If it is longer; the message is the reason alone. */
export async function readStreamBytes(
  stream: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > mostBytes) {
      throw new RangeError(`it is longer than ${mostBytes} bytes`);
    }
    parts.push(part);
  }
  return concat(parts);
}
