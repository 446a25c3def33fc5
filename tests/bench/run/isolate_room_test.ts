import { assert, assertEquals } from "@std/assert";
import {
  findRoom,
  isolateBytes,
  isolatesIn,
  MAIN_BYTES,
} from "../../../bench/run/isolate_room.ts";
import {
  freeDescriptors,
  freeMemoryBytes,
} from "../../../bench/machine/free_resources.ts";

const MIB = 1 << 20;
const LOAD = { poolBytes: 64 * MIB, depth: 32, isNative: false };

Deno.test("findRoom() takes the memory that was given, less the main thread's", () => {
  const room = findRoom({
    memoryBytes: 1024 * MIB,
    leastBytes: 0,
    wanted: 5,
  });
  assertEquals(room, { memoryBytes: 1024 * MIB - MAIN_BYTES, isolates: 5 });
});

Deno.test("findRoom() takes half of what is free, and more only if it must", () => {
  const free = freeMemoryBytes() ?? 0;
  assert(free > 0);
  const usual = findRoom({ memoryBytes: undefined, leastBytes: 0, wanted: 1 });
  // Other work on the machine takes and gives memory meanwhile.
  const share = (usual.memoryBytes + MAIN_BYTES) / free;
  assert(share > 0.25 && share < 0.75, `${share}`);
  const leastBytes = Math.floor(free * 0.8);
  const needed = findRoom({ memoryBytes: undefined, leastBytes, wanted: 1 });
  assert(needed.memoryBytes >= leastBytes * 0.4);
});

Deno.test("freeDescriptors() looks for as many as are wanted, and leaves none open", () => {
  assertEquals(freeDescriptors(20), 20);
  assertEquals(freeDescriptors(20), 20);
});

Deno.test("isolatesIn() counts by memory and by descriptors", () => {
  // 72 MiB and 1/32 of the pool
  assertEquals(isolateBytes("timed", LOAD), 74 * MIB);
  const timed = isolateBytes("timed", LOAD);
  const room = { memoryBytes: 10 * timed + 1, isolates: 100 };
  assertEquals(isolatesIn(room, timed), 10);
  assertEquals(isolatesIn({ ...room, isolates: 3 }, timed), 3);
  assertEquals(isolatesIn({ ...room, memoryBytes: -5 }, timed), 0);
});

Deno.test("isolateBytes() grows with pool, depth and the path in C", () => {
  // 224 MiB, half a MiB for each of 32 I/Os, 1/8 of the pool; 128 MiB for C
  assertEquals(isolateBytes("audit", LOAD), (224 + 16 + 8) * MIB);
  assertEquals(
    isolateBytes("audit", { ...LOAD, isNative: true }),
    (224 + 16 + 8 + 128) * MIB,
  );
});
