/** Words of the lab's own: whose they are, where they lie, and how many. */
import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { OWN_WORDS } from "../../../sim/memory/own_words.ts";
import type { MemoryView } from "../../../layouts/word.ts";

const abi = findAbi("lp64");
const sizeBytes = 8192;

/** Where words of memory are that are not 0, by 4 bytes. */
function written({ buffer }: KernelMemory): number[] {
  const words = new Int32Array(buffer);
  return [...words.keys()].filter((i) => words[i] !== 0).map((i) => i * 4);
}

Deno.test("own words lie in the page that is never given out, apart from each other", () => {
  const memory = new KernelMemory({ abi, sizeBytes });
  const first = memory.reserveOwn(2);
  const next = memory.reserveOwn(1);
  memory.setOwn(first, -1);
  memory.setOwn(first + 4, 2 ** 31);
  memory.setOwn(next, 3);
  assertEquals(
    [first, first + 4, next].map(memory.getOwn),
    [-1, -(2 ** 31), 3],
  );
  assertEquals(written(memory), [first, first + 4, next]);
  assertEquals(first >= OWN_WORDS.from && next < OWN_WORDS.to, true);
});

Deno.test("own words are no access of a trace", () => {
  let accesses = 0;
  const memory = new KernelMemory({
    abi,
    sizeBytes,
    wrap: (): MemoryView => ({
      getInt32: () => accesses++,
      setInt32: () => accesses++,
      getUint16: () => accesses++,
      setUint16: () => accesses++,
      getUint8: () => accesses++,
      setUint8: () => accesses++,
    }),
  });
  const at = memory.reserveOwn(1);
  memory.setOwn(at, 7);
  assertEquals([memory.getOwn(at), accesses], [7, 0]);
});

Deno.test("own words of memory that others lay out as well are in none of it", () => {
  const { buffer } = new KernelMemory({ abi, sizeBytes });
  const [one, other] = [1, 2].map((value) => {
    const memory = new KernelMemory({ abi, sizeBytes, buffer });
    const at = memory.reserveOwn(1);
    memory.setOwn(at, value);
    return { memory, at };
  });
  assertEquals(one?.at, other?.at);
  assertEquals(one?.memory.getOwn(one.at), 1);
  assertEquals(other?.memory.getOwn(other.at), 2);
  assertEquals(written(new KernelMemory({ abi, sizeBytes, buffer })), []);
});

Deno.test("reserveOwn() refuses more words than there are", () => {
  const memory = new KernelMemory({ abi, sizeBytes });
  const left = (OWN_WORDS.to - memory.reserveOwn(1)) / 4 - 1;
  assertThrows(
    () => memory.reserveOwn(left + 1),
    RangeError,
    `Cannot reserve ${left + 1} words of the lab's own: ${left} are left`,
  );
  assertEquals(memory.reserveOwn(left), OWN_WORDS.to - left * 4);
});
