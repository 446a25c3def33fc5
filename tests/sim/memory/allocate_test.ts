import { assertEquals, assertThrows } from "@std/assert";
import {
  allocate,
  allocateArena,
  allocateShared,
} from "../../../sim/memory/allocate.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import { createWindow } from "../../../sim/workload/window.ts";

/** 2^53 bytes: no machine has them, and V8 refuses them at once. */
const TOO_MUCH = Number.MAX_SAFE_INTEGER;

Deno.test("allocate() gives memory, all zero", () => {
  assertEquals(new Uint8Array(allocate("a test", 3)), new Uint8Array(3));
  assertEquals(
    [...new Uint8Array(allocateShared("a test", 3))],
    [0, 0, 0],
  );
});

Deno.test("allocate() says what for and how much there was not", () => {
  for (const make of [allocate, allocateShared, allocateArena]) {
    assertThrows(
      () => make("kernel memory", TOO_MUCH),
      RangeError,
      "Cannot allocate kernel memory: found no 9007199254740991 bytes of " +
        "memory, expected them free",
    );
  }
});

Deno.test("allocateArena() gives whole pages of the machine, all zero", () => {
  // 1 MiB and less would come from malloc's heap, at any multiple of 16.
  for (const sizeBytes of [1, 4096, 65537, 1 << 20, 20 << 20, 100 << 20]) {
    const buffer = allocateArena("a test", sizeBytes);
    const bytes = new Uint8Array(buffer);
    const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
    assertEquals(address % 4096n, 0n, `${sizeBytes} bytes`);
    assertEquals(buffer.byteLength, Math.ceil(sizeBytes / 65536) * 65536);
    assertEquals(bytes.subarray(0, 65536).every((byte) => byte === 0), true);
  }
});

Deno.test("createWindow() and PhysicalMemory name what did not fit", () => {
  assertThrows(
    () => createWindow({ ios: 1, pieces: 2 ** 49 }),
    RangeError,
    "Cannot allocate a window of I/Os: found no ",
  );
  assertThrows(
    () =>
      new PhysicalMemory({
        dram: [{ startPhys: 0n, sizeBytes: 2 ** 52 }],
        providers: [],
      }),
    RangeError,
    "Cannot allocate data memory: found no 4503599627370496 bytes",
  );
});
