import { assertEquals, assertRejects } from "@std/assert";
import { readKernelImage } from "../../../bench/kernel/kernel_image.ts";

/** A head as Documentation/arch/x86/boot.rst has it. */
function image(release: string, flags = 1): Uint8Array {
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("HdrS"), 0x202);
  view.setUint16(0x20e, 0x300, true);
  view.setUint16(0x236, flags, true);
  bytes.set(new TextEncoder().encode(`${release} (a@b) #1 SMP`), 0x500);
  return bytes;
}

async function reading(bytes: Uint8Array) {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    return await readKernelImage(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readKernelImage() finds the release", async () => {
  assertEquals(await reading(image("6.1.0-50-amd64")), {
    release: "6.1.0-50-amd64",
  });
});

Deno.test("readKernelImage() says what else a file is", async () => {
  const arm = new Uint8Array(0x1000);
  arm.set(new TextEncoder().encode("ARMd"), 56);
  const elf = new Uint8Array(0x1000);
  elf.set([0x7f, 0x45, 0x4c, 0x46], 0);
  elf[18] = 62;
  for (
    const [bytes, found] of [
      [arm, "it is an image for arm64, expected a bzImage for x86-64"],
      [elf, "it is an ELF file (a vmlinux: give that as --vmlinux)"],
      [image("6.1.0", 0), "it is a bzImage of a 32-bit kernel"],
      [new Uint8Array(10), "it is a file of 10 bytes"],
      [new Uint8Array(0), "it is a file of 0 bytes"],
      [Uint8Array.of(0x1f, 0x8b, ...new Uint8Array(0x1000)), "a gzip file"],
    ] as const
  ) await assertRejects(() => reading(bytes), TypeError, found);
});

Deno.test("readKernelImage() takes a head whose version lies outside", async () => {
  const bytes = image("x");
  new DataView(bytes.buffer).setUint16(0x20e, 0xffff, true);
  assertEquals(await reading(bytes), { release: "" });
});
