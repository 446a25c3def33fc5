/**
 * Where an I/O stands in its memory: each step, and each border of a piece, of
 * a user vector and of 4 GiB.
 */
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { createIovIter, type IovIter } from "../../../sim/block/iov_iter.ts";
import type { DirectIo } from "../../../sim/block/direct_io.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

type Piece = readonly [phys: number, bytes: number, startsVector?: 0 | 1];

/** Has the words of the iterator that was made last. */
let memory: KernelMemory;

/** Stands at the first byte of an I/O on all pieces but the first and last. */
function iterOver(pieces: readonly Piece[]): IovIter {
  const others: Piece = [0x7000_0e00, 0x200, 1];
  const all = [others, ...pieces, others];
  const low = (phys: number) => Number(BigInt.asIntN(32, BigInt(phys)));
  memory = new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 8192 });
  const iter = createIovIter(memory);
  iter.begin({
    operation: 0,
    ...{ sectorLo: 0, sectorHi: 0, flags: 0, priority: 0, cookie: 0 },
    lengthBytes: pieces.reduce((sum, [, bytes]) => sum + bytes, 0),
    pieces: {
      physLo: Int32Array.from(all, ([phys]) => low(phys)),
      physHi: Int32Array.from(all, ([phys]) => Math.floor(phys / 2 ** 32)),
      pieceBytes: Int32Array.from(all, ([, bytes]) => bytes),
      provider: Uint8Array.from(all, (_, i) => i),
      ...(pieces.some(([, , starts]) => starts !== undefined)
        ? { startsVector: Uint8Array.from(all, ([, , starts]) => starts ?? 0) }
        : {}),
    },
    ...{ firstPiece: 1, endPiece: all.length - 1, api: "io_uring" },
  } as DirectIo);
  return iter;
}

/** Address, bytes from there on in the piece, provider. */
function standing({ words }: IovIter): [number, number, number] {
  return [
    memory.getOwn(words.hi) * 2 ** 32 + (memory.getOwn(words.lo) >>> 0),
    memory.getOwn(words.rest),
    memory.getOwn(words.provider),
  ];
}

/** Goes on by bytes as a pass does. */
function take({ advance, words }: IovIter, bytes: number): void {
  advance(bytes);
  memory.setOwn(words.left, memory.getOwn(words.left) - bytes);
}

Deno.test("advance() goes on inside a piece, across 4 GiB, and to the next one", () => {
  const iter = iterOver([[0xffff_f000, 0x3000], [0x5000, 0x1000]]);
  assertEquals(standing(iter), [0xffff_f000, 0x3000, 1]);
  take(iter, 0xe00);
  assertEquals(standing(iter), [0xffff_fe00, 0x2200, 1]);
  take(iter, 0x200);
  assertEquals(standing(iter), [0x1_0000_0000, 0x2000, 1]);
  take(iter, 0x2000);
  assertEquals(standing(iter), [0x5000, 0x1000, 2]);
  take(iter, 0x1000);
  assertEquals(memory.getOwn(iter.words.piece), memory.getOwn(iter.words.end));
});

Deno.test("revert() goes back over borders of pieces, and from behind the last one", () => {
  const iter = iterOver([[0xffff_f000, 0x3000], [0x5000, 0x1000], [0x9000, 1]]);
  const bytes = [0x800, 0x2800, 0x1000, 1];
  const stations = bytes.map((step) => {
    const at = standing(iter);
    take(iter, step);
    return at;
  });
  // From behind the end to each of them and on again.
  for (let to = 0; to < stations.length; to++) {
    const back = bytes.slice(to).reduce((sum, step) => sum + step, 0);
    iter.revert(back);
    assertEquals(standing(iter), stations[to], `${back} bytes`);
    assertEquals(memory.getOwn(iter.words.left), back);
    for (const step of bytes.slice(to)) take(iter, step);
    assertEquals(memory.getOwn(iter.words.left), 0);
  }
  // From the first byte of a piece, and from inside one.
  iter.revert(0x1001);
  iter.revert(1);
  assertEquals(standing(iter), [0x1_0000_1fff, 1, 1]);
  take(iter, 1);
  take(iter, 1);
  iter.revert(2);
  assertEquals(standing(iter), [0x1_0000_1fff, 1, 1]);
  iter.revert(0x2fff);
  assertEquals(standing(iter), [0xffff_f000, 0x3000, 1]);
});

Deno.test("vectorBytes() ends at the next vector, and at the I/O's own end", () => {
  const pieces: Piece[] = [[0x1000, 0x1000, 1], [0x3000, 0x800, 0]];
  const vectors = iterOver([...pieces, [0x8000, 0x200, 1], [0x9000, 0x400, 0]]);
  assertEquals(vectors.vectorBytes(1, 0x1000), 0x1800);
  assertEquals(vectors.vectorBytes(1, 0x10), 0x810);
  assertEquals(vectors.vectorBytes(2, 0x800), 0x800);
  assertEquals(vectors.vectorBytes(3, 0x200), 0x600);
  // The piece behind it begins no vector, and is another I/O's.
  const alone = iterOver([[0x1000, 0x1000, 1]]);
  alone.pieces().startsVector?.fill(0, 2);
  assertEquals(alone.vectorBytes(1, 0x1000), 0x1000);
  // An I/O that is one vector has all that is left of it.
  const one = iterOver([[0x1000, 0x1000], [0x3000, 0x800]]);
  take(one, 0x400);
  assertEquals(one.vectorBytes(1, 0xc00), 0x1400);
});

Deno.test("breaksAlignment() looks at where vectors start, and at their bytes", () => {
  const breaks = (...pieces: Piece[]) =>
    iterOver(pieces).breaksAlignment(511, 3);
  assertEquals(breaks([0x1000, 0x200, 1], [0x3004, 0x200, 1]), false);
  assertEquals(breaks([0x1002, 0x200, 1], [0x3000, 0x200, 1]), true);
  assertEquals(breaks([0x1000, 0x200, 1], [0x3002, 0x200, 1]), true);
  assertEquals(breaks([0x1000, 0x100, 1], [0x3000, 0x300, 1]), true);
  // Pieces of one vector: together they are whole blocks.
  assertEquals(breaks([0x1000, 0x100, 1], [0x3000, 0x300, 0]), false);
  assertEquals(breaks([0x1002, 0x100, 0], [0x3000, 0x300, 0]), true);
  assertEquals(breaks([0x1000, 0x200], [0x3002, 0x200]), false);
  assertEquals(breaks([0x1002, 0x200], [0x3000, 0x200]), true);
});

Deno.test("pagesLeft() counts the pages of each vector from where it starts", () => {
  const one = iterOver([[0x1e00, 0x400], [0x7000, 0x2000]]);
  // One vector of 0x2400 bytes from 0xe00 on: up to 0x3200.
  assertEquals(one.pagesLeft(257), 4);
  assertEquals(one.pagesLeft(3), 3);
  take(one, 0x400);
  assertEquals(one.pagesLeft(257), 2);
  take(one, 0x2000);
  assertEquals(one.pagesLeft(257), 0);
  const pieces: Piece[] = [[0x1e00, 0x400, 1], [0x7000, 0x1000, 0]];
  const vectors = iterOver([...pieces, [0x9ffc, 8, 1], [0xb000, 0x1000, 1]]);
  // 0xe00 + 0x1400 = 0x2200 is 3 pages; 0xffc + 8 is 2; then one.
  assertEquals(vectors.pagesLeft(257), 6);
  for (const most of [1, 2, 3, 4, 5]) {
    assertEquals(vectors.pagesLeft(most), most);
  }
  // From 0xf00 on, 0x1300 bytes: 3 pages as before; from the next piece on, 1.
  take(vectors, 0x100);
  assertEquals(vectors.pagesLeft(257), 6);
  take(vectors, 0x300);
  assertEquals(vectors.pagesLeft(257), 4);
});
