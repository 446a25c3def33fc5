import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createSectorTrees } from "../../../sim/block/sector_tree.ts";
import { requestRig } from "./request_rig.ts";

const halves = (sector: bigint) =>
  [Number(BigInt.asIntN(32, sector)), Number(sector >> 32n)] as const;

Deno.test("requests are found by sector, beyond 32 bits and alike", () => {
  const sectors = fc.array(
    fc.tuple(
      fc.constantFrom(0n, 0x7fff_fff8n, 0xffff_fff8n, 0x5_0000_0000n),
      fc.integer({ min: 0, max: 6 }),
    ).map(([base, more]) => base + BigInt(more * 8)),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(sectors, (list) => {
      const { memory, requests, request } = requestRig();
      const trees = createSectorTrees(memory, requests);
      const root = memory.reserve("rb_root", 8);
      const kept: { one: number; sector: bigint }[] = [];
      for (const sector of list) {
        const one = request({ sector });
        trees.clear(one);
        trees.add(root, one);
        // Behind those that begin alike.
        const at = kept.findIndex((known) => known.sector > sector);
        kept.splice(at < 0 ? kept.length : at, 0, { one, sector });
      }
      kept.forEach(({ one }, i) => {
        assertEquals(trees.next(one), kept[i + 1]?.one ?? 0);
        assertEquals(trees.previous(one), kept[i - 1]?.one ?? 0);
      });
      for (const { sector } of kept) {
        for (const near of [sector - 8n, sector, sector + 8n]) {
          if (near < 0n) continue;
          const alike = kept.filter((known) => known.sector === near);
          const found = trees.find(root, ...halves(near));
          assertEquals(
            alike.length === 0
              ? found === 0
              : alike.some(({ one }) => one === found),
            true,
          );
          assertEquals(
            trees.findFrom(root, ...halves(near)),
            kept.find((known) => known.sector >= near)?.one ?? 0,
          );
        }
      }
      for (const { one } of kept) {
        trees.remove(root, one);
        assertEquals(trees.isClear(one), true);
      }
      assertEquals(trees.findFrom(root, 0, 0), 0);
    }),
    { numRuns: 60 },
  );
});
