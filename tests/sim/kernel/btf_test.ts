import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BTF_KIND, readBtf } from "../../../sim/kernel/btf.ts";
import { btfPahole } from "../../../sim/kernel/btf_pahole.ts";
import {
  type ByteSource,
  bytesSource,
} from "../../../sim/kernel/byte_source.ts";
import { BtfWriter, elfFile } from "./btf_writer.ts";

/** struct pair { unsigned int a; long b; } */
function pair(littleEndian = true): Uint8Array<ArrayBuffer> {
  const writer = new BtfWriter();
  int(writer, "unsigned int", 4);
  int(writer, "long", 8);
  writer.add({
    kind: BTF_KIND.struct,
    name: "pair",
    third: 16,
    parts: [["a", 1, 0], ["b", 2, 64]],
  });
  return writer.bytes(littleEndian);
}

function int(writer: BtfWriter, name: string, sizeBytes: number): number {
  const parts = [[sizeBytes * 8]];
  return writer.add({ kind: 1, name, third: sizeBytes, vlen: 0, parts });
}

const read = (bytes: Uint8Array) => readBtf(bytesSource("t.btf", bytes));

Deno.test("readBtf() reads raw BTF and ELF files of both sizes and byte orders", async () => {
  const expected = btfPahole(await read(pair()), "pair");
  for (const littleEndian of [true, false]) {
    assertEquals(btfPahole(await read(pair(littleEndian)), "pair"), expected);
    for (const wide of [true, false]) {
      const file = elfFile(
        { ".text": new Uint8Array(100), ".BTF": pair(littleEndian) },
        { wide, littleEndian },
      );
      const btf = await read(file);
      // An ELF file says the size of pointers; without one, `long` does.
      assertEquals([btf.pointerBytes, btf.endId], [wide ? 8 : 4, 4]);
      assertEquals(btfPahole(btf, "pair"), expected);
    }
  }
});

Deno.test("readBtf() reads BTF that is split from a base", async () => {
  const base = await read(pair());
  const split = () => {
    const writer = new BtfWriter(base);
    const pointer = writer.add({ kind: BTF_KIND.pointer, third: 3 });
    const parts = [["in", 3, 0], ["to", pointer, 128]];
    writer.add({ kind: BTF_KIND.struct, name: "own", third: 24, parts });
    return writer;
  };
  const source = bytesSource("m.ko", split().bytes());
  const btf = await readBtf(source, { base });
  assertEquals([btf.firstId, btf.endId], [4, 6]);
  const listing = btfPahole(btf, "own");
  assert(listing.includes("\tstruct pair                in; "));
  assert(listing.includes("\tstruct pair *              to; "));
  assert(btfPahole(btf, "pair").startsWith("struct pair {"));
  await assertRejects(
    () => readBtf(source),
    SyntaxError,
    "Cannot read BTF of m.ko, byte 72: its strings do not begin with an empty " +
      "one: it is split from a base, expected the base, such as the vmlinux of " +
      "the module, as well",
  );
  // A module that has its base with it (.BTF.base) needs no other.
  const whole = elfFile(
    { ".BTF": split().bytes(), ".BTF.base": pair() },
    { wide: true, littleEndian: true },
  );
  assertEquals(btfPahole(await read(whole), "own"), listing);
  const other = await read(pair(false));
  await assertRejects(
    () => readBtf(source, { base: other }),
    SyntaxError,
    "it and its base have other byte orders",
  );
});

Deno.test("readBtf() says what else a file is", async () => {
  const refused = (bytes: Uint8Array, reason: string) =>
    assertRejects(() => read(bytes), SyntaxError, reason);
  await refused(new Uint8Array(), "byte 0: it is empty");
  await refused(new Uint8Array([0x1f, 0x8b, 8, 0]), "compressed by gzip");
  await refused(new TextEncoder().encode("struct bio {"), "73 74 72 75");
  const image = new Uint8Array(1024);
  image.set(new TextEncoder().encode("HdrS"), 0x202);
  await refused(image, "scripts/extract-vmlinux");
  await refused(
    elfFile({ ".text": new Uint8Array(8) }, { wide: true, littleEndian: true }),
    "an ELF file of 3 sections, none of them .BTF",
  );
});

Deno.test("readBtf() refuses every cut of a file, with the byte and the reason", async () => {
  for (
    const file of [
      pair(),
      pair(false),
      elfFile({ ".BTF": pair() }, { wide: true, littleEndian: true }),
      elfFile({ ".BTF": pair(false) }, { wide: false, littleEndian: false }),
    ]
  ) {
    for (let length = 0; length < file.length; length++) {
      const cut = file.subarray(0, length);
      const error = await assertRejects(() => read(cut), SyntaxError);
      assert(
        /^Cannot read .*t\.btf(, byte \d+)?: .*, expected /.test(error.message),
        error.message,
      );
    }
  }
});

/** The struct's BTF with one word changed. */
function changed(at: number, word: number): Uint8Array {
  const bytes = pair();
  new DataView(bytes.buffer).setUint32(at, word, true);
  return bytes;
}

Deno.test("readBtf() refuses what contradicts itself", async () => {
  const refused = (bytes: Uint8Array, reason: string) =>
    assertRejects(() => read(bytes), SyntaxError, reason);
  // The first type begins at byte 24: name, info, size, then its bits.
  await refused(
    changed(28, 31 << 24),
    "byte 28: type [1] of kind 31, expected kind 1 to 19",
  );
  await refused(changed(28, 0), "byte 28: type [1] of kind 0");
  await refused(
    changed(28, BTF_KIND.struct << 24 | 0xffff),
    "byte 24: type [1] with 65535 parts ends after the types",
  );
  await refused(changed(4, 4), "byte 4: a header of 4 bytes");
  await refused(
    changed(4, 0xffff_fff0),
    "byte 8: types of 68 bytes from byte 4294967280 on",
  );
  await refused(changed(12, 0xffff_ffff), "types of 4294967295 bytes");
  await refused(changed(16, 0x7fff_ffff), "byte 16: strings");
  await refused(
    changed(0, 0x0002_eb9f),
    "byte 2: version 2, expected version 1",
  );
  // The magic number of the other byte order: nothing else fits then.
  await refused(changed(0, 0x0001_9feb), "another byte order");
  const loop = new BtfWriter();
  loop.add({ kind: BTF_KIND.typedef, name: "t", third: 1 });
  await refused(loop.bytes(), "byte 32: type [1] refers to itself");
});

Deno.test("readBtf() finds bad numbers of types and strings when they are asked for", () => {
  // Type and name of the first member, behind 2 ints of 16 and 12 of the struct.
  assertThrows(
    () => btfPahole(btfOfType, "pair"),
    RangeError,
    "Cannot find type [9] of t.btf: it has types up to [3]",
  );
  assertThrows(
    () => btfPahole(btfOfName, "pair"),
    RangeError,
    "Cannot find string 900 of t.btf: its strings end at 28",
  );
});
const btfOfType = await read(changed(24 + 32 + 12 + 4, 9));
const btfOfName = await read(changed(24 + 32 + 12, 900));

/** A source of a given size that is zero but for its first bytes. */
function large(sizeBytes: number, head: Uint8Array) {
  const source = {
    name: "large",
    sizeBytes,
    bytesRead: 0,
    read(at: number, length: number) {
      source.bytesRead += length;
      assert(length <= 1 << 20, `${length} bytes at once`);
      const bytes = new Uint8Array(length);
      bytes.set(head.subarray(at, at + length));
      return Promise.resolve(bytes);
    },
  } satisfies ByteSource & { bytesRead: number };
  return source;
}

Deno.test("readBtf() reads of 2 GiB of ELF only headers and BTF, and no 2 GiB of BTF", async () => {
  const elf = elfFile({ ".BTF": pair() }, { wide: true, littleEndian: true });
  const source = large(2 ** 31, elf);
  assertEquals((await readBtf(source)).endId, 4);
  assert(source.bytesRead < 4096, `${source.bytesRead} bytes`);
  await assertRejects(
    () => readBtf(large(2 ** 31, pair())),
    SyntaxError,
    "BTF has 2147483648 bytes, expected at most 268435456",
  );
  const bytes = elf.slice();
  new DataView(bytes.buffer).setBigUint64(40, 2n ** 62n, true);
  await assertRejects(
    () => readBtf(large(2 ** 31, bytes)),
    SyntaxError,
    "ends after the file's 2147483648 bytes",
  );
});
