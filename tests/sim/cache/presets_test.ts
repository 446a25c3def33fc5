/** CPUs: presets, the file form, and modelled stall cycles. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseCpu } from "../../../sim/cache/cpu.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import { cpuPreset, cpuPresetNames } from "../../../sim/cache/presets.ts";
import { stallCycles } from "../../../sim/cache/stall.ts";

for (const name of cpuPresetNames) {
  Deno.test(`cpuPreset() ${name} can be run and is its own file`, () => {
    const cpu = cpuPreset(name);
    createHierarchy({ levels: cpu.levels }).accessHalves(0, 0, 8, 0);
    assertEquals(parseCpu("x", JSON.stringify(cpu)), cpu);
    // Farther away is never nearer.
    const data = [
      ...cpu.levels.filter((level) => level.holds !== "instruction"),
      { latency: cpu.memory },
    ].map((place) => place.latency.cycles);
    assertEquals(data, data.toSorted((a, b) => a - b));
    for (const level of cpu.levels) assert(level.source.length > 10);
  });
}

Deno.test("cpuPreset() names all CPUs if there is none of a name", () => {
  assertThrows(() => cpuPreset("zen9"), RangeError, "zen4, golden_cove");
});

Deno.test("parseCpu() refuses what is no CPU and says where", () => {
  assertThrows(() => parseCpu("a.json", "{"), SyntaxError, '"a.json"');
  const cpu = cpuPreset("zen4");
  const wrong = { ...cpu, levels: [{ ...cpu.levels[0], ways: -1 }] };
  assertThrows(
    () => parseCpu("a.json", JSON.stringify(wrong)),
    SyntaxError,
    "levels.0.ways",
  );
  const odd = { ...cpu, levels: [{ ...cpu.levels[0], sizeBytes: 33 }] };
  assertThrows(
    () => parseCpu("a.json", JSON.stringify(odd)),
    RangeError,
    "33 bytes",
  );
});

Deno.test("stallCycles() adds up the steps down to where the data was", () => {
  const cpu = cpuPreset("pentium3"); // L1 3, L2 7, memory 110, all assumed
  const caches = createHierarchy({ levels: cpu.levels });
  caches.accessHalves(0, 0, 4, 0); // from memory: 110 - 3
  caches.accessHalves(0, 0, 4, 0); // L1
  caches.accessHalves(64, 0, 4, 1); // a store does not wait in L1; its line is read
  // from below as any other: L2 missed, 110 - 7
  caches.accessHalves(4096, 0, 4, 2); // an instruction from memory: 110 - 3
  const stalls = stallCycles(cpu, caches.counts());
  assertEquals(stalls.cycles, 107 + 103 + 107);
  // 25 % off: L1 2.25, L2 5.25, memory 82.5.
  assertEquals(stalls.low, Math.round(80.25 + 82.5 - 5.25 + 80.25));
  assertEquals(stalls.high, Math.round(133.75 + 137.5 - 8.75 + 133.75));
  assertThrows(
    () => stallCycles(cpuPreset("zen4"), caches.counts()),
    RangeError,
    "expected L1I, L1D, L2, L3",
  );
});

Deno.test("parseCpu() refuses what is no JSON in one printable line", () => {
  // V8's own message quotes the text with its line feeds.
  assertThrows(
    () => parseCpu("a.json", "z\n\x1b[2J{}"),
    SyntaxError,
    'Cannot read CPU file "a.json": line 1, column 1: found "z", expected a ' +
      "value",
  );
});
