import { assertEquals, assertThrows } from "@std/assert";
import { allocate, allocateShared } from "../../../sim/memory/allocate.ts";
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
  for (const make of [allocate, allocateShared]) {
    assertThrows(
      () => make("kernel memory", TOO_MUCH),
      RangeError,
      "Cannot allocate kernel memory: found no 9007199254740991 bytes of " +
        "memory, expected them free",
    );
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
