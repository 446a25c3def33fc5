import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  findScheduler,
  schedulers,
} from "../../../sim/block/scheduler_registry.ts";
import { kernelProfiles } from "../../../sim/kernel/profile.ts";
import { eachLayout } from "./block_rig.ts";
import { page, queueRig, type RigIo } from "./queue_rig.ts";

Deno.test("schedulers have names and summaries of their own", () => {
  const names = schedulers.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(names[0], "none");
  for (const { name, summary } of schedulers) {
    assert(summary.length > 20, name);
    assertEquals(findScheduler(name).name, name);
  }
  assertThrows(
    () => findScheduler("bfq"),
    RangeError,
    'Cannot find scheduler "bfq", expected one of: none, mq-deadline',
  );
});

const someIos = fc.array(
  fc.record({
    sector: fc.integer({ min: 0, max: 60 }).map((n) => n * 8),
    pages: fc.integer({ min: 1, max: 24 }),
    write: fc.boolean(),
    priority: fc.constantFrom(0, 1 << 13, 2 << 13, 3 << 13),
    plugged: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

/** Submits I/Os, those that are plugged under a plug, and lets all complete. */
function run(
  rig: ReturnType<typeof queueRig>,
  ios: readonly (RigIo & { plugged: boolean })[],
): void {
  const { startPlug, finishPlug, yieldCpu, drain } = rig.layer.queue;
  let open = false;
  for (const io of ios) {
    if (open && !io.plugged) finishPlug();
    if (io.plugged && !open) startPlug(1);
    open = io.plugged;
    rig.submit(io);
    if (!open) yieldCpu();
  }
  finishPlug();
  drain();
}

Deno.test("every I/O ends once, whole, whatever the scheduler (T25, T32, T61)", () => {
  fc.assert(
    fc.property(
      someIos,
      fc.constantFrom(...schedulers.map(({ name }) => name)),
      fc.constantFrom(...kernelProfiles),
      fc.record({
        tags: fc.constantFrom(2, 8, 64, 128),
        driverTags: fc.constantFrom(1, 3, 32),
        nomerges: fc.constantFrom(0, 1, 2),
        frontMerges: fc.constantFrom(0, 1),
        fifoBatch: fc.constantFrom(0, 1, 16),
        writesStarved: fc.constantFrom(0, 2),
        asyncDepth: fc.constantFrom(1, 5, 128),
      }),
      fc.constantFrom(8, 64),
      (ios, scheduler, kernel, settings, maxSectors) => {
        const maxSegments = 20;
        const rig = queueRig({
          kernel,
          limits: { maxSectors, maxSegments },
          settings: { ...settings, scheduler } as never,
        });
        const all = ios.map(({ pages, ...io }, i) => ({
          ...io,
          stretches: Array.from({ length: pages }, (_, k) => page(i + k)),
        }));
        run(rig, all);
        // Conservation: each I/O ends, well and once, and nothing is left.
        assertEquals(rig.ended.size, ios.length);
        assertEquals([...rig.ended.values()].every((s) => s === 0), true);
        assertEquals(rig.live(), 0);
        // Each sector is asked for as often as it was submitted.
        const asked = new Map<number, number>();
        const add = (sector: number, sectors: number, by: number) => {
          for (let at = sector; at < sector + sectors; at += 8) {
            asked.set(at, (asked.get(at) ?? 0) + by);
          }
        };
        for (const { sector, pages } of ios) add(sector, pages * 8, 1);
        for (const { sector, sectors, segments } of rig.requests()) {
          assert(sectors <= maxSectors && segments <= maxSegments);
          add(sector, sectors, -1);
        }
        assertEquals([...asked.values()].every((times) => times === 0), true);
        // Q + X = G + M + F; what is merged into another request has no D.
        const { counts } = rig.layer.queue;
        const count = (letter: string) =>
          rig.events.filter(({ event }) => event === letter).length;
        assertEquals(
          count("Q") + count("X"),
          count("G") + count("M") + count("F"),
        );
        assertEquals(count("D"), count("G") - count("RM"));
        assertEquals(count("C"), count("D"));
        assertEquals(counts.merges, count("M") + count("F"));
        assertEquals(counts.requestMerges, count("RM"));
        assertEquals(counts.requests, count("D"));
        if (scheduler !== "none") {
          // All that is not merged as it comes in waits and is then issued.
          const inserted = count("I") - count("D");
          assert(inserted >= 0 && inserted <= count("RM"), `${inserted}`);
        }
        const sum = (letter: string) =>
          rig.events.filter(({ event }) => event === letter)
            .reduce((all, { sectors }) => all + sectors, 0);
        assertEquals(sum("C"), sum("Q"));
      },
    ),
    { numRuns: 250 },
  );
});

Deno.test("every layout makes the same requests, whatever the scheduler", () => {
  const ios = Array.from({ length: 40 }, (_, i) => ({
    sector: ((i * 7) % 40) * 8,
    write: i % 3 === 0,
    plugged: i % 5 !== 0,
    stretches: [page(i), page(i + 1)],
  }));
  for (const { name: scheduler } of schedulers) {
    let first: unknown;
    eachLayout((layout) => {
      const rig = queueRig({
        layout,
        settings: { scheduler, driverTags: 2, tags: 64 },
      });
      run(rig, ios);
      first ??= rig.requests();
      assertEquals(rig.requests(), first, layout.name);
    });
  }
});
