import { assert, assertEquals, assertThrows } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { KeptArena } from "../../../sim/memory/kept_arena.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { plainCase } from "../../../bench/contender/plain_case.ts";
import { openPath } from "../../../sim/setup/open_path.ts";
import { copyWindow } from "../../../sim/workload/window.ts";
import { dataIos } from "../../../sim/replay/replay.ts";

const lp64 = findAbi("lp64");

Deno.test("KeptArena gives memory out again, all zeros, to every ABI", () => {
  for (const abi of abis) {
    const kept = new KeptArena();
    for (const sizeBytes of [1 << 20, (1 << 16) + 4, 1 << 21, 1 << 21]) {
      const memory = new KernelMemory({ abi, sizeBytes, kept });
      const bytes = memory.bytes();
      assertEquals(bytes.length, sizeBytes);
      assertEquals(bytes.findIndex((byte) => byte !== 0), -1, abi.name);
      bytes.fill(0xff);
      memory.setPointer(4096, 8192);
      assertEquals(memory.getPointer(4096), 8192, abi.name);
    }
  }
});

Deno.test("KeptArena gives the same accesses, unless they have to be others", () => {
  const kept = new KeptArena();
  const of = (
    options: Partial<ConstructorParameters<typeof KernelMemory>[0]>,
  ) => new KernelMemory({ abi: lp64, sizeBytes: 1 << 16, kept, ...options });
  const first = of({});
  assert(of({ sizeBytes: 1 << 20 }).get32 === first.get32);
  const larger = of({ sizeBytes: (1 << 26) + 4096 });
  assert(larger.buffer !== first.buffer);
  assertEquals(larger.buffer.byteLength, 1 << 27);
  assert(of({ abi: findAbi("ilp32") }).buffer !== larger.buffer);
  let wrapped = 0;
  const wrap = (view: DataView) => {
    wrapped++;
    return view;
  };
  const plain = of({});
  const watched = of({ wrap });
  assert(watched.get32 !== plain.get32);
  assert(of({ wrap }).get32 === watched.get32);
  assertEquals(wrapped, 1);
  assert(of({}).get32 !== watched.get32);
});

Deno.test("KeptArena finds what was written behind the memory that has it", () => {
  for (const abi of abis) {
    const kept = new KeptArena();
    const options = { abi, sizeBytes: 1 << 16, kept };
    for (const behind of [0, 4, (1 << 20) - 4]) {
      const memory = new KernelMemory(options);
      memory.set32((1 << 16) - 4, 1);
      kept.check();
      memory.set32((1 << 16) + behind, 0x100);
      const wrong = `Cannot trust a path: found a write to kernel memory at ` +
        `offset ${(1 << 16) + behind}, expected none after its 65536 bytes`;
      // Whoever comes next is told, or who asks; and the arena is lost.
      if (behind === 4) {
        assertThrows(() => new KernelMemory(options), RangeError, wrong);
      } else assertThrows(() => kept.check(), RangeError, wrong);
      assert(new KernelMemory(options).buffer !== memory.buffer);
    }
  }
});

Deno.test("KeptArena is given to no memory that is to lie elsewhere", () => {
  const options = { abi: lp64, sizeBytes: 1 << 16, kept: new KeptArena() };
  const { buffer } = new KernelMemory(options);
  assertThrows(
    () => new KernelMemory({ ...options, buffer }),
    TypeError,
    "Cannot use a kept arena: found a buffer to place it in, expected none",
  );
});

Deno.test("KeptArena zeroes all but what was not reached of a region", () => {
  const kept = new KeptArena();
  const options = { abi: lp64, sizeBytes: 1 << 20, kept };
  for (const reached of [0, 4, 4096, 1 << 16]) {
    const first = new KernelMemory(options);
    first.reserve("before", 24, { alignBytes: 8 });
    const table = first.reserve("table", 1 << 16, {
      reachedBytes: () => reached,
    });
    const behind = first.reserve("behind", 4, { alignBytes: 4 });
    first.bytes().fill(0xff, 0, table + reached).fill(0xff, behind);
    const second = new KernelMemory(options);
    assertEquals(second.bytes().findIndex((byte) => byte !== 0), -1);
  }
});

Deno.test("a path on registered buffers leaves no byte to the next one in its arena", async () => {
  const kept = new KeptArena();
  const { setup, window } = await plainCase("4k-hot", { ios: 64, pieces: 64 }, {
    submitter: "registered",
  });
  const ports = { decode: true, sparsePages: true, kept };
  const { path } = openPath(setup, {}, ports);
  // The buffers of the second window reach less far than those of the first.
  const less = copyWindow(window);
  less.counts[0] = 1;
  for (const opened of [window, less]) {
    path.open(opened);
    for (const io of dataIos(opened)) path.submit(opened, io);
    path.drain();
  }
  const next = new KernelMemory({ abi: lp64, sizeBytes: 1 << 26, kept });
  assertEquals(next.bytes().findIndex((byte) => byte !== 0), -1);
});
