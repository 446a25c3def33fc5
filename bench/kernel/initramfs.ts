/**
 * The guest's only file system: a cpio archive in the "newc" format (the
 * kernel's Documentation/driver-api/early-userspace/buffer-format.rst).
 */
import { concat } from "@std/bytes/concat";

/** A file or, without bytes, a folder. */
export interface ArchiveEntry {
  /** Its path, without a slash in front. */
  readonly name: string;
  /** Its bytes; a folder has none. */
  readonly bytes?: Uint8Array;
}

/** @param entries What is in it; folders before what is in them. */
export function cpioArchive(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  entries.forEach(({ name, bytes }, index) => {
    const mode = bytes === undefined ? 0o040755 : 0o100755;
    add(parts, name, { mode, inode: index + 1, bytes });
  });
  add(parts, "TRAILER!!!", { mode: 0, inode: 0, bytes: undefined });
  return concat(parts);
}

interface Node {
  readonly mode: number;
  readonly inode: number;
  readonly bytes: Uint8Array | undefined;
}

function add(parts: Uint8Array[], name: string, node: Node): void {
  const { mode, inode, bytes = new Uint8Array(0) } = node;
  const text = new TextEncoder().encode(`${name}\0`);
  const head = [inode, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, text.length]
    .concat(0)
    .map((value) => value.toString(16).padStart(8, "0"))
    .join("");
  const magic = new TextEncoder().encode(`070701${head}`);
  parts.push(magic, text, padding(magic.length + text.length));
  parts.push(bytes, padding(bytes.length));
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - length % 4) % 4);
}
