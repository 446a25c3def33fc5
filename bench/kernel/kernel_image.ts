/**
 * Looks at a kernel image before it is booted: an x86-64 bzImage (the kernel's
 * Documentation/arch/x86/boot.rst), and which version it is.
 */
import { systemReason } from "../files/system_reason.ts";

const HEAD_BYTES = 1 << 16;

export interface KernelImage {
  /** Its release, such as 6.1.0-50-amd64. */
  readonly release: string;
}

/**
 * @throws {TypeError} If it is not a bzImage for x86-64; with what it is
 * instead.
 */
export async function readKernelImage(path: string): Promise<KernelImage> {
  const bytes = new Uint8Array(HEAD_BYTES);
  let length = 0;
  try {
    using file = await Deno.open(path);
    for (;;) {
      const got = await file.read(bytes.subarray(length));
      if (got === null || got === 0) break;
      length += got;
    }
  } catch (error) {
    throw new TypeError(
      `Cannot read kernel ${path}: ${systemReason(error)}, expected a bzImage`,
      { cause: error },
    );
  }
  const refuse = (found: string) =>
    new TypeError(
      `Cannot boot ${path}: it is ${found}, expected a bzImage for x86-64 ` +
        `(arch/x86/boot/bzImage, /boot/vmlinuz-VERSION)`,
    );
  const view = new DataView(bytes.buffer);
  const text = (at: number, count: number) =>
    String.fromCharCode(...bytes.subarray(at, at + count));
  if (length < 0x250 || text(0x202, 4) !== "HdrS") {
    throw refuse(otherImage(bytes.subarray(0, length)));
  }
  if ((view.getUint16(0x236, true) & 1) === 0) {
    throw refuse("a bzImage of a 32-bit kernel");
  }
  const at = 0x200 + view.getUint16(0x20e, true);
  const end = bytes.indexOf(0, at);
  const [release = ""] = text(at, Math.min(Math.max(end - at, 0), 128))
    .split(" ");
  return { release };
}

function otherImage(bytes: Uint8Array): string {
  const is = (at: number, ...values: number[]) =>
    values.every((value, index) => bytes[at + index] === value);
  if (is(56, 0x41, 0x52, 0x4d, 0x64)) return "an image for arm64";
  if (is(0, 0x7f, 0x45, 0x4c, 0x46)) {
    const machine = (bytes[18] ?? 0) | (bytes[19] ?? 0) << 8;
    return machine === 62
      ? "an ELF file (a vmlinux: give that as --vmlinux)"
      : `an ELF file of machine ${machine}`;
  }
  if (is(0, 0x1f, 0x8b)) return "a gzip file";
  if (bytes.length < 0x250) return `a file of ${bytes.length} bytes`;
  return "no kernel image that the lab knows (an s390x one has no head)";
}
