import { assertEquals } from "@std/assert";
import { cpuPreset } from "../../../sim/cache/presets.ts";
import { createReferenceBatch } from "../../../sim/cache/reference.ts";
import type { AccessBatch } from "../../../sim/trace/access_batch.ts";
import { ModelledRun } from "../../../sim/trace/modelled_run.ts";

const DEVICE = 5;

/** Accesses [address, is it a write, stage] of 8 bytes. */
function batchOf(accesses: [number, boolean, number][]): AccessBatch {
  const batch = {
    ...createReferenceBatch(accesses.length),
    stage: new Uint8Array(accesses.length),
  };
  for (const [i, [at, isWrite, stage]] of accesses.entries()) {
    batch.addressLo[i] = at;
    batch.sizeAndKind[i] = 8 << 2 | (isWrite ? 1 : 0);
    batch.stage[i] = stage;
  }
  batch.length = accesses.length;
  return batch;
}

Deno.test("ModelledRun leaves the device's accesses out", () => {
  const run = new ModelledRun(cpuPreset("zen4"), DEVICE);
  run.take(batchOf([[0, false, 0], [64, false, DEVICE], [128, true, 6]]));
  const { levels, referencesPerIo } = run.endStretch(1);
  assertEquals(referencesPerIo, 2);
  assertEquals(levels.map(({ name }) => name), ["L1D", "L2", "L3"]);
  assertEquals(levels[0]?.missesPerIo, 2);
  assertEquals(levels[0]?.readMissesPerIo, 1);
});

Deno.test("ModelledRun.endStretch() counts from the stretch before on", () => {
  const run = new ModelledRun(cpuPreset("zen4"), DEVICE);
  run.take(batchOf([[0, false, 0]]));
  // From memory: 400 cycles instead of the 4 of a hit (presets.ts).
  const cold = run.endStretch(1);
  assertEquals(cold.stallCyclesPerIo.cycles, 396);
  // Only memory's latency is assumed: 300 and 500 cycles.
  assertEquals(cold.stallCyclesPerIo.low, 296);
  assertEquals(cold.stallCyclesPerIo.high, 496);
  run.take(batchOf([[0, false, 0], [8, false, 0]]));
  const warm = run.endStretch(2);
  assertEquals(warm.ios, 2);
  assertEquals(warm.referencesPerIo, 1);
  assertEquals(warm.levels[0]?.missesPerIo, 0);
  assertEquals(warm.stallCyclesPerIo, { cycles: 0, low: 0, high: 0 });
});

Deno.test("ModelledRun gives ends in order where the first level is assumed", () => {
  // z16's L1 is assumed, 4 cycles; its L2 of 19 is taken for documented here,
  // so that a lower L1 is a longer step.
  const z16 = cpuPreset("z16");
  const levels = z16.levels.map((level) =>
    level.name === "L2"
      ? {
        ...level,
        latency: { ...level.latency, basis: "documented" as const },
      }
      : level
  );
  const run = new ModelledRun({ ...z16, levels }, DEVICE);
  const lines = Array.from({ length: 8192 }, (_, i) => i * 256);
  run.take(batchOf(lines.map((at) => [at, false, 0])));
  run.endStretch(1);
  run.take(batchOf(lines.map((at) => [at, false, 0])));
  // All of them are in the L2 now, none in the L1: 15, 16 or 14 cycles each.
  const { low, cycles, high } = run.endStretch(8192).stallCyclesPerIo;
  assertEquals([low, cycles, high], [14, 15, 16]);
});
