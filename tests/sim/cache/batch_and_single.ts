/** The hot loop over batches against the levels alone, reference by reference. */
import { assertEquals } from "@std/assert";
import type { CacheLevelConfig } from "../../../sim/cache/config.ts";
import { createHierarchy } from "../../../sim/cache/hierarchy.ts";

/** A reference, its address in halves. */
export interface Reference {
  readonly lo: number;
  readonly hi: number;
  readonly sizeBytes: number;
  readonly kind: number;
}

/** Takes a trace as one batch and one by one, and compares all there is. */
export function assertSame(
  levels: readonly CacheLevelConfig[],
  trace: readonly Reference[],
): void {
  const bulk = createHierarchy({ levels });
  const single = createHierarchy({ levels });
  const batch = bulk.createBatch(trace.length);
  trace.forEach(({ lo, hi, sizeBytes, kind }, at) => {
    batch.addressLo[at] = lo;
    batch.addressHi[at] = hi;
    batch.sizeAndKind[at] = sizeBytes << 2 | kind;
    single.accessHalves(lo, hi, sizeBytes, kind);
  });
  batch.length = trace.length;
  bulk.run(batch);
  assertEquals(bulk.counts(), single.counts());
  assertEquals(bulk.residentLines(), single.residentLines());
  bulk.flush();
  single.flush();
  assertEquals(bulk.counts(), single.counts());
}
