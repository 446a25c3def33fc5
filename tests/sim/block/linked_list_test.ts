import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findAbi } from "../../../layouts/abi.ts";
import { createLinkedLists } from "../../../sim/block/linked_list.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

const ENTRIES = 8;

Deno.test("lists keep what an array keeps, on 64 and 32 bits", () => {
  const steps = fc.array(
    fc.record({
      entry: fc.integer({ min: 0, max: ENTRIES - 1 }),
      behind: fc.option(fc.integer({ min: 0, max: ENTRIES - 1 })),
    }),
    { maxLength: 60 },
  );
  for (const name of ["lp64", "ilp32"]) {
    fc.assert(
      fc.property(steps, (list) => {
        const memory = new KernelMemory({
          abi: findAbi(name),
          sizeBytes: 1 << 16,
        });
        const lists = createLinkedLists(memory);
        const head = memory.reserve("head", 16);
        const entries = memory.reserve("entries", ENTRIES * 16);
        const at = (entry: number) => entries + entry * 16;
        lists.clear(head);
        for (let i = 0; i < ENTRIES; i++) lists.clear(at(i));
        const kept: number[] = [];
        for (const { entry, behind } of list) {
          const place = kept.indexOf(entry);
          assertEquals(lists.isEmpty(at(entry)), place < 0);
          if (place >= 0) {
            lists.remove(at(entry));
            kept.splice(place, 1);
          } else if (behind === null || !kept.includes(behind)) {
            lists.addTail(at(entry), head);
            kept.push(entry);
          } else {
            lists.addBehind(at(entry), at(behind));
            kept.splice(kept.indexOf(behind) + 1, 0, entry);
          }
          assertEquals(lists.isEmpty(head), kept.length === 0);
          const found: number[] = [];
          for (
            let next = lists.first(head);
            next !== head;
            next = lists.first(next)
          ) found.push((next - entries) / 16);
          assertEquals(found, kept);
        }
      }),
      { numRuns: 60 },
    );
  }
});
