/** Address traces in the lab's own binary format. */
import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { BinaryTraceWriter } from "../../../sim/cache/binary_trace.ts";
import { createReferenceBatch } from "../../../sim/cache/reference.ts";
import { readAll } from "./read_references.ts";

const references = fc.array(
  fc.record({
    kind: fc.nat(3),
    lo: fc.integer(),
    hi: fc.oneof(fc.constant(0), fc.constant(0x1f), fc.integer()),
    size: fc.oneof(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 1 << 28 }),
    ),
  }),
  { minLength: 1, maxLength: 60 },
);

Deno.test("BinaryTraceWriter.encode() and the reader are inverse", async () => {
  await fc.assert(
    fc.asyncProperty(references, fc.nat(20), async (all, chunk) => {
      const batch = createReferenceBatch(all.length);
      all.forEach(({ kind, lo, hi, size }, at) => {
        batch.addressLo[at] = lo;
        batch.addressHi[at] = hi;
        batch.sizeAndKind[at] = size << 2 | kind;
      });
      batch.length = all.length;
      const bytes = new BinaryTraceWriter().encode(batch);
      assertEquals(
        await readAll(bytes, { chunk: chunk + 1 }),
        all.map(({ kind, lo, hi, size }) => [
          "rwim"[kind] ?? "",
          BigInt(hi >>> 0) << 32n | BigInt(lo >>> 0),
          size,
        ]),
      );
      // Cut anywhere behind the signature and a record, it is refused.
      await assertRejects(
        () => readAll(bytes.subarray(0, bytes.length - 1)),
        SyntaxError,
      );
    }),
    { numRuns: 200, seed: 20190626 },
  );
});

Deno.test("BinaryTraceWriter.encode() writes the bytes that are documented", () => {
  const batch = createReferenceBatch(3);
  batch.addressLo.set([0x10, 0x13, 0x8]);
  batch.sizeAndKind.set([3 << 2 | 2, 64 << 2 | 2, 8 << 2 | 1]);
  batch.length = 3;
  // Instruction at 16, 3 bytes: predicted 0, zigzag(16) = 32. Then one where
  // predicted, of 64 bytes: size field. A write at 8: data stream, zigzag 16.
  assertEquals(
    [...new BinaryTraceWriter().encode(batch)],
    [
      ...[0x89, 0x42, 0x56, 0x41, 0x54, 0x0d, 0x0a, 0x01],
      ...[3 << 2 | 2, 32],
      ...[2, 64, 0],
      ...[8 << 2 | 1, 16],
    ],
  );
});
