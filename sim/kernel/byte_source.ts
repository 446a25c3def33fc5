/** Bytes that are read where they are wanted, such as parts of a large file. */
import { checkValue, valueOf } from "../../layouts/option_check.ts";
import { checkString } from "../../layouts/value_text.ts";

/** A file, or something like one. */
export interface ByteSource {
  /** What messages call it, such as its path. */
  readonly name: string;
  readonly sizeBytes: number;
  /**
   * Reads bytes.
   *
   * @param length How many; all of them are inside the source.
   * @returns As many; fewer if the source has become shorter.
   */
  read(at: number, length: number): Promise<Uint8Array>;
}

const bytesSchema = valueOf<Uint8Array>(
  "a Uint8Array",
  (value) => value instanceof Uint8Array,
);

/**
 * Makes a source of bytes in memory.
 *
 * @param name What messages call it.
 */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  checkString("read bytes", "name", name);
  checkValue("read bytes", bytesSchema, bytes, "bytes");
  return {
    name,
    sizeBytes: bytes.length,
    read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
  };
}

/** A run of bytes that a source should have. */
export interface SourcePart {
  /** What they are. */
  readonly what: string;
  /** The first byte. */
  readonly at: number;
  readonly lengthBytes: number;
}

/**
 * Reads bytes that must be there.
 *
 * @throws {SyntaxError} If the source ends before; with name, byte and reason.
 */
export async function readPart(
  source: ByteSource,
  part: SourcePart,
): Promise<Uint8Array> {
  const { what, at, lengthBytes } = part;
  const { name, sizeBytes } = source;
  if (at + lengthBytes <= sizeBytes) {
    const bytes = await source.read(at, lengthBytes);
    if (bytes.length === lengthBytes) return bytes;
  }
  throw new SyntaxError(
    `Cannot read ${name}, byte ${at}: ${what} of ${lengthBytes} bytes ` +
      `ends after the file's ${sizeBytes} bytes, expected it inside`,
  );
}
