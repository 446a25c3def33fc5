import { assertEquals } from "@std/assert";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import {
  type DataPlace,
  differsFromMedium,
  fillMedium,
  PhysicalMemory,
} from "../../../sim/memory/physical_memory.ts";

function place(): DataPlace {
  return { words: new Uint32Array(0), index: 0 };
}

Deno.test("PhysicalMemory finds a BAR by CPU and by bus address", () => {
  const memory = new PhysicalMemory(defaultMemoryMap(true));
  const byCpu = place();
  const byBus = place();
  // bar0: CPU 0x3c00_0000_0000, bus 0x8000_0000; 0x1000 is word 1024.
  memory.atPhysical(0x1000, 0x3c00, 4096, byCpu);
  memory.atBus(0x8000_1000 | 0, 0, 4096, byBus);
  assertEquals(byCpu.index, 1024);
  assertEquals(byBus.words === byCpu.words, true);
  assertEquals(byBus.index, 1024);
});

Deno.test("PhysicalMemory finds nothing outside, nor across an end", () => {
  const memory = new PhysicalMemory(defaultMemoryMap(true));
  const found = place();
  memory.atBus(0, 0, 4, found);
  assertEquals(found.words.length, 0);
  memory.atBus(0x0fff_f000, 1, 8192, found); // the last page and one more
  assertEquals(found.words.length, 0);
});

Deno.test("differsFromMedium() finds the first wrong word", () => {
  const words = new Uint32Array(16);
  const stretch = { index: 4, count: 8, word: 99, salt: 7 };
  fillMedium(words, stretch);
  assertEquals(differsFromMedium(words, stretch), -1);
  assertEquals(differsFromMedium(words, { ...stretch, salt: 8 }), 0);
  words[9] = ~(words[9] ?? 0) >>> 0;
  assertEquals(differsFromMedium(words, stretch), 5);
  assertEquals([words[3], words[12]], [0, 0]);
});
