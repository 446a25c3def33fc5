import { assert, assertEquals, assertRejects } from "@std/assert";
import { readVmlinux } from "../../../bench/kernel/vmlinux.ts";

const FOLDER = `${import.meta.dirname}/../../data/kernel/inlines`;
const FILES = [
  "gcc_dwarf4",
  "gcc_dwarf5",
  "gcc_dwarf5_zlib",
  "clang_dwarf5",
] as const;

async function elf(name: typeof FILES[number]) {
  const file = await Deno.open(`${FOLDER}/${name}.gz`);
  const unpacked = file.readable.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

/** An address as the lab counts it, from 0xffff800000000000 on. */
function counted(address: string): number {
  return Number(BigInt(`0x${address}`) - 0xffff_8000_0000_0000n);
}

Deno.test("inlined functions are those of addr2line and llvm-symbolizer", async (t) => {
  const table = await Deno.readTextFile(`${FOLDER}/inlines.tsv`);
  const rows = table.trimEnd().split("\n").map((line) => line.split("\t"));
  for (const name of FILES) {
    await t.step(name, async () => {
      const { inlined } = await readVmlinux(await elf(name), name);
      const own = rows.filter(([file]) => file === name);
      // 32 instructions by gcc, 60 by clang.
      assertEquals(own.length, name === "clang_dwarf5" ? 60 : 32);
      assertEquals(
        own.map(([, address = ""]) => [
          address,
          inlined?.at(counted(address)).map((one) => one.name).join(",") ||
          "-",
        ]),
        own.map(([, address, chain]) => [address, chain]),
      );
      assertEquals(inlined?.unreadable.size, 0);
    });
  }
});

Deno.test("an inlined function has the file that declares it", async (t) => {
  for (const name of FILES) {
    await t.step(name, async () => {
      const { inlined } = await readVmlinux(await elf(name), name);
      const all = Array.from(
        { length: 0x100 },
        (_, byte) => inlined?.at(counted("ffffffff81000000") + byte) ?? [],
      ).flat();
      const files = new Map(all.map(({ name, file }) => [name, file]));
      assertEquals(Object.fromEntries(files), {
        walk: "inlines.c",
        step_len: "walk.h",
      });
    });
  }
});

Deno.test("symbols of a vmlinux are lines of a System.map", async () => {
  const { symbols } = await readVmlinux(await elf("gcc_dwarf5"), "vmlinux");
  assert(symbols.includes("ffffffff81000000 T submit"), symbols);
  assert(symbols.includes("ffffffff81000050 T complete"), symbols);
  assert(/^ffffffff8\w{7} D sink$/m.test(symbols), symbols);
});

Deno.test("code without DWARF and files that are no ELF have nothing inlined", async () => {
  const { inlined } = await readVmlinux(await elf("gcc_dwarf5"), "vmlinux");
  assertEquals(inlined?.at(counted("ffffffff82000000")), []);
  assertEquals(inlined?.at(counted("ffffffff80ffffff")), []);
  const raw = await readVmlinux(new Uint8Array([0x9f, 0xeb, 1, 0]), "btf");
  assertEquals(raw, { symbols: "", inlined: undefined });
});

Deno.test("a damaged vmlinux is refused in one line, or said to be unreadable", async () => {
  const whole = await elf("gcc_dwarf5");
  await assertRejects(
    () => readVmlinux(whole.slice(0, 40), "short"),
    SyntaxError,
    "Cannot read short: it is not a little-endian 64-bit ELF file",
  );
  await assertRejects(
    () => readVmlinux(whole.slice(0, whole.length - 100), "cut"),
    SyntaxError,
    "Cannot read cut: its 16 section headers end after the file",
  );
  const big = whole.slice();
  big[4] = 1;
  await assertRejects(() => readVmlinux(big, "small"), SyntaxError);
});

Deno.test("a vmlinux with any byte changed is refused or read, but never hangs", async () => {
  for (const name of FILES) {
    const whole = await elf(name);
    for (let at = 32; at < whole.length; at += 5) {
      const changed = whole.slice();
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      try {
        const { inlined } = await readVmlinux(changed, "changed");
        for (let byte = 0; byte < 0x100; byte += 16) {
          inlined?.at(counted("ffffffff81000000") + byte);
        }
      } catch (error) {
        assert(error instanceof SyntaxError, `${name}, byte ${at}: ${error}`);
        assert(error.message.startsWith("Cannot read "), error.message);
      }
    }
  }
});
