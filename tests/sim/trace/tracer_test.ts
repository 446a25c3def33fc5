import { assertEquals } from "@std/assert";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { AccessRecorder } from "../../../sim/trace/access_batch.ts";
import { TracingView } from "../../../sim/trace/tracer.ts";

function traced(abiName: string) {
  const accesses: [number, number, boolean, number][] = [];
  const recorder = AccessRecorder.telling((...access) => accesses.push(access));
  const memory = new KernelMemory({
    abi: findAbi(abiName),
    sizeBytes: 8192,
    wrap: (plain) => new TracingView(plain, recorder),
  });
  recorder.enabled = true;
  return { memory, recorder, accesses };
}

Deno.test("TracingView tells both halves of a u64 as one access of 8", () => {
  for (const { name } of abis) {
    const { memory, accesses } = traced(name);
    memory.set64(4096, 1, 2);
    memory.get64Lo(4096);
    memory.get64Hi(4096);
    assertEquals(accesses, [[4096, 8, true, 0], [4096, 8, false, 0]], name);
  }
});

Deno.test("TracingView never joins neighbouring 32-bit fields", () => {
  const { memory, accesses } = traced("lp64");
  memory.get32(4096);
  memory.get32(4100);
  assertEquals(accesses, [[4096, 4, false, 0], [4100, 4, false, 0]]);
});

Deno.test("TracingView tells one half alone as the access it is part of", () => {
  const { memory, accesses } = traced("lp64_be");
  memory.getPointer(4096);
  assertEquals(accesses, [[4096, 8, false, 0]]);
});

Deno.test("TracingView names stage and size, and passes values on", () => {
  const { memory, recorder, accesses } = traced("ilp32_be");
  recorder.stage = 3;
  memory.set16(4098, 513);
  memory.set8(4100, 7);
  assertEquals(accesses, [[4098, 2, true, 3], [4100, 1, true, 3]]);
  assertEquals([...new Uint8Array(memory.buffer, 4098, 3)], [2, 1, 7]);
});
