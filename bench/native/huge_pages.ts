/**
 * How much of the process is in huge pages, as the kernel reports it
 * (Documentation/filesystems/proc.rst, smaps): advice is no promise, and a
 * machine may have none left.
 */

/** O_RDONLY */
const READ_ONLY = 0;
const MOST_BYTES = 8192;

/**
 * Reads it. Deno lets programs read `/proc` with `--allow-all` alone, but one
 * that may load C can ask libc.
 *
 * @returns Bytes in huge pages; `null` if unknown.
 */
export function hugePageBytes(): number | null {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state !== "granted" || Deno.build.os !== "linux") return null;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      open: { parameters: ["buffer", "i32"], result: "i32" },
      read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
      close: { parameters: ["i32"], result: "i32" },
    });
    const { open, read, close } = libc.symbols;
    const name = new TextEncoder().encode("/proc/self/smaps_rollup\0");
    const file = open(name, READ_ONLY);
    if (file < 0) return null;
    const text = new Uint8Array(MOST_BYTES);
    const length = Number(read(file, text, BigInt(MOST_BYTES)));
    close(file);
    libc.close();
    return length < 0
      ? null
      : hugePagesIn(new TextDecoder().decode(text.subarray(0, length)));
  } catch {
    return null; // another C library
  }
}

/**
 * Adds up the huge pages of a list of mappings.
 *
 * @returns Bytes; `null` if it does not say.
 */
export function hugePagesIn(smaps: string): number | null {
  const found = [
    ...smaps.matchAll(/^(?:AnonHugePages|ShmemPmdMapped): +(\d+) kB$/gm),
  ];
  return found.length === 0
    ? null
    : found.reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
}
