import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { abis, findAbi } from "../../../layouts/abi.ts";
import { createEndHash } from "../../../sim/block/end_hash.ts";
import { REQ_FLAG } from "../../../sim/kernel/operation.ts";
import { requestRig } from "./request_rig.ts";

const GOLDEN_64 = 0x61c8_8646_80b5_83ebn;

Deno.test("the end of a request is found, the newest of several", () => {
  const { memory, requests, request } = requestRig();
  const hash = createEndHash(memory, requests);
  const [first, second, third] = [
    request({ sector: 100n, sectors: 8 }),
    request({ sector: 92n, sectors: 16 }),
    request({ sector: 0xffff_fff8n, sectors: 8 }),
  ];
  assert(first && second && third);
  for (const one of [first, second, third]) hash.add(one);
  assertEquals(hash.find(108, 0), second);
  assertEquals(hash.find(100, 0), 0);
  // The carry into the upper half counts.
  assertEquals(hash.find(0, 1), third);
  assertEquals(hash.find(0, 0), 0);
  hash.remove(second);
  assertEquals(hash.find(108, 0), first);
  hash.reposition(first);
  assertEquals(hash.find(108, 0), first);
  // What takes no more is taken out as it is come across.
  memory.set32(first + requests.field.opf, REQ_FLAG.nomerge);
  assertEquals(hash.find(108, 0), 0);
  hash.remove(first);
});

Deno.test("buckets are those of hash_64(): six bits of a product", () => {
  const { memory, requests, request } = requestRig();
  const hash = createEndHash(memory, requests);
  const buckets = memory.regions.find(({ structure }) =>
    structure === "elevator_queue"
  );
  assert(buckets !== undefined);
  assertEquals(buckets.sizeBytes, 64 * 8);
  fc.assert(
    fc.property(fc.bigInt({ min: 8n, max: (1n << 43n) - 1n }), (end) => {
      const one = request({ sector: end - 8n, sectors: 8 });
      hash.add(one);
      const bucket = Number(BigInt.asUintN(64, end * GOLDEN_64) >> 58n);
      assertEquals(
        memory.getPointer(buckets.offset + bucket * 8),
        one + requests.field.hash,
      );
      hash.remove(one);
    }),
  );
});

Deno.test("hash and list agree, on every ABI", () => {
  const steps = fc.array(
    fc.record({
      slot: fc.integer({ min: 0, max: 9 }),
      sector: fc.integer({ min: 0, max: 6 }),
    }),
    { maxLength: 60 },
  );
  for (const { name } of abis) {
    fc.assert(
      fc.property(steps, (list) => {
        const { memory, requests, request } = requestRig(findAbi(name));
        const hash = createEndHash(memory, requests);
        const slots = Array.from({ length: 10 }, () => request({}));
        const kept: { one: number; end: number }[] = [];
        for (const { slot, sector } of list) {
          const one = slots[slot] as number;
          const at = kept.findIndex((known) => known.one === one);
          if (at >= 0) {
            hash.remove(one);
            kept.splice(at, 1);
          } else {
            memory.set64(one + requests.field.sector, sector, 0);
            hash.add(one);
            kept.push({ one, end: sector + 8 });
          }
          for (let end = 8; end < 16; end++) {
            const wanted = kept.findLast((known) => known.end === end)?.one;
            assertEquals(hash.find(end, 0), wanted ?? 0);
          }
        }
      }),
      { numRuns: 20 },
    );
  }
});
