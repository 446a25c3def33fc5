/**
 * Compiled objects with a digest of their content after it, so that one that
 * was cut, emptied or changed on the disk is noticed before it is loaded. The
 * loader takes no notice of what is after an object.
 */
import { encodeHex } from "@std/encoding/hex";

/** What the last line begins with. */
const MARK = "\nbvec-lab sha256 ";
/** The mark, 64 digits and a line feed. */
const SEAL_BYTES = MARK.length + 65;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Puts the digest after an object, all of it on the disk. */
export async function sealObject(path: string): Promise<void> {
  const content = await Deno.readFile(path);
  const file = await Deno.open(path, { append: true });
  try {
    let rest = encoder.encode(await sealOf(content));
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    // Its name must not reach the disk before the content does.
    await file.sync();
  } finally {
    file.close();
  }
  await Deno.chmod(path, 0o600);
}

/** @returns Its bytes with the digest; nothing if it is not whole. */
export async function readSealedObject(
  path: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = await Deno.readFile(path);
  const end = bytes.length - SEAL_BYTES;
  if (end <= 0) return undefined;
  const found = decoder.decode(bytes.subarray(end));
  return found === await sealOf(bytes.subarray(0, end)) ? bytes : undefined;
}

async function sealOf(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-256", content);
  return `${MARK}${encodeHex(new Uint8Array(sum))}\n`;
}
