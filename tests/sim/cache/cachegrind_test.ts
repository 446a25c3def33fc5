/** The model against cachegrind, on the whole `ls` trace. */
import { assertEquals } from "@std/assert";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";
import { REFERENCE_KIND } from "../../../sim/cache/reference.ts";
import { loadTrace } from "./oracle_trace.ts";

const LEVELS = [
  {
    name: "I1",
    sizeBytes: 32768,
    ways: 8,
    lineBytes: 64,
    holds: "instruction",
  },
  { name: "D1", sizeBytes: 32768, ways: 8, lineBytes: 64, holds: "data" },
  { name: "LL", sizeBytes: 1048576, ways: 16, lineBytes: 64 },
] as const;

Deno.test("createHierarchy() counts ls as cachegrind does", async () => {
  const caches = createHierarchy({ levels: LEVELS, mode: "cachegrind" });
  caches.run(await loadTrace("ls.trace.gz"));
  const { references, levels } = caches.counts();
  const [i1, d1, ll] = levels;
  // valgrind --tool=cachegrind --I1=32768,8,64 --D1=32768,8,64
  // --LL=1048576,16,64 ls -R /usr/include/linux
  assertEquals(references.instructions, 2361398);
  assertEquals(i1?.instructionMisses, 2113);
  assertEquals(ll?.instructionMisses, 1883);
  assertEquals([references.reads, references.writes], [627208, 340917]);
  assertEquals([d1?.readMisses, d1?.writeMisses], [10660, 4058]);
  assertEquals([ll?.readMisses, ll?.writeMisses], [2463, 2948]);
});

Deno.test("createHierarchy() in cachegrind mode counts a split once", () => {
  const caches = createHierarchy({ levels: LEVELS, mode: "cachegrind" });
  caches.accessHalves(60, 0, 8, REFERENCE_KIND.read); // lines 0 and 1, both absent
  caches.accessHalves(0, 0, 4, REFERENCE_KIND.read);
  caches.accessHalves(64, 0, 4, REFERENCE_KIND.read);
  const [, d1, ll] = caches.counts().levels;
  assertEquals([d1?.readAccesses, d1?.readMisses], [3, 1]);
  // The whole reference goes down once; there too it is one access.
  assertEquals([ll?.readAccesses, ll?.readMisses], [1, 1]);
});

Deno.test("createHierarchy() in cachegrind mode counts a modify as one read", () => {
  const caches = createHierarchy({ levels: LEVELS, mode: "cachegrind" });
  caches.accessHalves(0, 0, 4, REFERENCE_KIND.modify);
  const { references } = caches.counts();
  assertEquals([references.reads, references.writes], [1, 0]);
});

Deno.test("createHierarchy() in cachegrind mode cuts references to a line", () => {
  const caches = createHierarchy({ levels: LEVELS, mode: "cachegrind" });
  caches.accessHalves(0, 0, 832, REFERENCE_KIND.read); // an xsave
  caches.accessHalves(64, 0, 4, REFERENCE_KIND.read);
  assertEquals(caches.counts().levels[1]?.readMisses, 2);
});
