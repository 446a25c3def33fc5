import { assertEquals } from "@std/assert";
import {
  AccessRecorder,
  ALLOCATOR_FLAG,
} from "../../../sim/trace/access_batch.ts";

Deno.test("AccessRecorder hands accesses on in order, none twice", () => {
  const seen: number[][] = [];
  const recorder = new AccessRecorder(2, (batch) => {
    for (let i = 0; i < batch.length; i++) {
      seen.push([
        batch.addressHi[i] ?? -1,
        batch.addressLo[i] ?? -1,
        batch.sizeAndKind[i] ?? -1,
        batch.stage[i] ?? -1,
      ]);
    }
  });
  recorder.record(4000, 4 << 2); // it is off
  recorder.enabled = true;
  recorder.stage = 3;
  recorder.record(4096, 8 << 2 | 1);
  recorder.stage = 0;
  recorder.inAllocator = true;
  recorder.record(4104, 4 << 2);
  recorder.enabled = false;
  recorder.record(4000, 4 << 2);
  assertEquals(seen, []);
  recorder.flush();
  recorder.flush();
  assertEquals(seen, [
    [2, 4096, 8 << 2 | 1, 3],
    [2, 4104, 4 << 2, ALLOCATOR_FLAG],
  ]);
});

Deno.test("AccessRecorder.restart() leaves nothing of the path before", () => {
  const seen: number[][] = [];
  const recorder = new AccessRecorder(2, () => seen.push([]));
  recorder.enabled = true;
  recorder.stage = 3;
  recorder.inAllocator = true;
  recorder.inZeroing = true;
  recorder.record(4096, 8 << 2);
  recorder.restart(5, ({ length, addressHi, addressLo, stage }) => {
    seen.push([length, addressHi[0] ?? -1, addressLo[0] ?? -1, ...stage]
      .slice(0, 3 + length));
  });
  assertEquals([recorder.enabled, recorder.stage], [false, 0]);
  assertEquals(recorder.recorded(), 0);
  recorder.record(4000, 4 << 2); // it is off
  recorder.enabled = true;
  recorder.record(4100, 4 << 2);
  // What is set afterwards has no flags of before beside it.
  recorder.stage = 1;
  recorder.record(4104, 4 << 2);
  recorder.flush();
  assertEquals(seen, [[2, 5, 4100, 0, 1]]);
});

Deno.test("AccessRecorder hands on a full batch by itself", () => {
  const lengths: number[] = [];
  const recorder = new AccessRecorder(0, ({ length }) => lengths.push(length));
  recorder.enabled = true;
  for (let i = 0; i < 10_000; i++) recorder.record(i, 1 << 2);
  assertEquals(recorder.recorded(), 10_000);
  recorder.flush();
  // 10000 = 2 x 4096 + 1808.
  assertEquals(lengths, [4096, 4096, 1808]);
});
