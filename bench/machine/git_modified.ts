/**
 * Whether the files of a checkout are those of its commit, as far as can be
 * found out without running git: each file is compared with what the index says
 * about it.
 *
 * What is staged but not committed equals the index, and files that git does
 * not know are not in it: neither is seen.
 */
import { createHash } from "node:crypto";
import { encodeHex } from "@std/encoding/hex";
import { gitFolder } from "./git_commit.ts";
import { bytesIfPossible } from "./read_if_possible.ts";

export interface ModifiedOptions {
  /** Reads a file; `null` if that is not possible. */
  readonly readFile?: (path: URL) => Promise<Uint8Array | null>;
}

/** Rooms and files that figures depend on. */
const CODE = /^(layouts|sim|bench)\/|^(deno\.(json|lock)|mod\.ts)$/;

/**
 * Lists files of the lab's own code that differ from the index.
 *
 * @param root Folder that holds `.git`, ending in `/`.
 * @returns Those that differ or are missing, sorted; `null` if there is no index to be read.
 */
export async function modifiedFiles(
  root: URL,
  options: ModifiedOptions = {},
): Promise<readonly string[] | null> {
  const { readFile = bytesIfPossible } = options;
  if (root.protocol !== "file:") return null;
  const folder = await gitFolder(root, async (path) => {
    const content = await readFile(new URL(path));
    return content && new TextDecoder().decode(content);
  });
  const index = await readFile(new URL("index", folder));
  const entries = index === null ? null : readIndex(index);
  if (entries === null) return null;
  const files: string[] = [];
  for (const { path, sizeBytes, blob } of entries) {
    if (!CODE.test(path)) continue;
    const content = await readFile(new URL(encodeURI(path), root));
    // The index holds the low 32 bits of a size.
    if (
      content === null || (content.length >>> 0) !== sizeBytes ||
      blobOf(content) !== blob
    ) files.push(path);
  }
  return files.sort();
}

interface IndexEntry {
  readonly path: string;
  readonly sizeBytes: number;
  /** Object name in hexadecimal. */
  readonly blob: string;
}

/**
 * Reads entries of an index, versions 2 and 3 with SHA-1 names (git's
 * Documentation/gitformat-index.adoc); `null` for any other.
 */
function readIndex(bytes: Uint8Array): IndexEntry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || view.getUint32(0) !== 0x44495243) return null;
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) return null;
  const text = new TextDecoder();
  const entries: IndexEntry[] = [];
  let at = 12;
  for (let left = view.getUint32(8); left > 0; left--) {
    if (at + 62 > bytes.length) return null;
    const flags = view.getUint16(at + 60);
    const isLong = version === 3 && (flags & 0x4000) !== 0;
    const start = at + (isLong ? 64 : 62);
    const end = bytes.indexOf(0, start);
    if (end < 0) return null;
    entries.push({
      path: text.decode(bytes.subarray(start, end)),
      sizeBytes: view.getUint32(at + 36),
      blob: encodeHex(bytes.subarray(at + 40, at + 60)),
    });
    // Entries are padded with 1 to 8 zeros to a multiple of 8.
    at += (end - at + 8) & ~7;
  }
  return entries;
}

function blobOf(content: Uint8Array): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content)
    .digest("hex");
}
