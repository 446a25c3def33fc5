import { assertEquals } from "@std/assert";
import { cpioArchive } from "../../../bench/kernel/initramfs.ts";
import { askWitness } from "../witness.ts";

Deno.test("cpioArchive() writes what buffer-format.rst says", () => {
  const bytes = cpioArchive([
    { name: "lab" },
    { name: "lab/plan", bytes: new TextEncoder().encode("hello") },
  ]);
  const text = new TextDecoder().decode(bytes);
  // Magic, inode 1, mode 040755, six fields on, name of 4 bytes with its zero.
  assertEquals(text.slice(0, 22), "07070100000001000041ed");
  assertEquals(text.slice(94, 102), "00000004");
  // 110 + 4 bytes, padded to 116.
  assertEquals(text.slice(110, 122), `lab${"\0".repeat(3)}070701`);
  assertEquals(bytes.length % 4, 0);
  assertEquals(text.includes("TRAILER!!!\0"), true);
});

Deno.test("cpio lists what cpioArchive() wrote", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const archive = cpioArchive([
      { name: "init", bytes: new Uint8Array(7) },
      { name: "lab" },
      { name: "lab/plan", bytes: new Uint8Array(4096) },
    ]);
    await Deno.writeFile(`${folder}/a`, archive);
    const said = await askWitness("cpio", ["-t", "-F", "a"], { cwd: folder });
    if (said !== undefined) assertEquals(said.out, "init\nlab\nlab/plan\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
