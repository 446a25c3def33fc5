import { assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

Deno.test("KernelMemory keeps pointers, longs and u64s on every ABI", () => {
  for (const abi of abis) {
    const memory = new KernelMemory({ abi, sizeBytes: 8192 });
    const at = memory.reserve("test", 64);
    memory.setPointer(at, 0x1234);
    assertEquals(memory.getPointer(at), 0x1234, abi.name);
    memory.setPointer(at, 0);
    assertEquals(memory.getPointer(at), 0, abi.name);
    memory.setLong(at + 16, 0x7fffffff);
    assertEquals(memory.getLong(at + 16), 0x7fffffff, abi.name);
    memory.set64(at + 32, -2, 7);
    assertEquals(memory.get64Lo(at + 32), -2, abi.name);
    assertEquals(memory.get64Hi(at + 32), 7, abi.name);
  }
});

Deno.test("KernelMemory.set64() places bytes in the ABI's order", () => {
  const bytesOn = (name: string) => {
    const memory = new KernelMemory({ abi: findAbi(name), sizeBytes: 8192 });
    const at = memory.reserve("test", 8);
    memory.set64(at, 0x05060708, 0x01020304);
    return [...new Uint8Array(memory.buffer, at, 8)];
  };
  assertEquals(bytesOn("lp64"), [8, 7, 6, 5, 4, 3, 2, 1]);
  assertEquals(bytesOn("lp64_be"), [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("KernelMemory.setLe64() is little-endian even on a big-endian ABI", () => {
  const memory = new KernelMemory({ abi: findAbi("lp64_be"), sizeBytes: 8192 });
  const at = memory.reserve("test", 8);
  memory.setLe64(at, 0x05060708, 0x01020304);
  assertEquals([...new Uint8Array(memory.buffer, at, 8)], [
    8,
    7,
    6,
    5,
    4,
    3,
    2,
    1,
  ]);
});

Deno.test("KernelMemory writes kernel-like addresses", () => {
  const memory = new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 8192 });
  const at = memory.reserve("test", 8);
  memory.setPointer(at, at);
  // The direct map of 5-level paging starts at 0xff11000000000000.
  assertEquals(memory.get64Hi(at) >>> 0, 0xff110001);
  const small = new KernelMemory({ abi: findAbi("ilp32"), sizeBytes: 8192 });
  small.reserve("test", 8);
  small.setPointer(4096, 4096);
  assertEquals(small.get32(4096) >>> 0, 0xc0001000);
});

Deno.test("KernelMemory.reserve() aligns and never gives out offset 0", () => {
  const memory = new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 16384 });
  assertEquals(memory.reserve("a", 3), 4096);
  assertEquals(memory.reserve("b", 3), 4096 + 64);
  assertEquals(memory.reserve("c", 3, { alignBytes: 4096 }), 8192);
});

Deno.test("KernelMemory.reserve() refuses what does not fit, by name", () => {
  const memory = new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 8192 });
  assertThrows(
    () => memory.reserve("bio", 8192),
    RangeError,
    `Cannot reserve 8192 bytes of kernel memory for "bio"`,
  );
});

Deno.test("KernelMemory.zero() zeroes its bytes and no other", () => {
  const memory = new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 8192 });
  const bytes = memory.bytes();
  // By 8 bytes, with 4 more, and from the middle of 8 on.
  for (const [at, sizeBytes] of [[64, 64], [64, 12], [68, 8], [68, 4]]) {
    if (at === undefined || sizeBytes === undefined) continue;
    bytes.fill(0xff);
    memory.zero(at, sizeBytes);
    const zeroed = [...bytes.keys()].filter((i) => bytes[i] === 0);
    assertEquals(zeroed, Array.from({ length: sizeBytes }, (_, i) => at + i));
  }
});
