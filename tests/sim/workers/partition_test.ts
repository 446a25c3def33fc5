import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { shareOfWindow } from "../../../sim/workers/partition.ts";
import { createWindow, WINDOW_OP } from "../../../sim/workload/window.ts";

Deno.test("shareOfWindow() gives every read and write to one worker, whole batches together", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 7 }),
      (ops, workers, batch) => {
        const window = createWindow({ ios: ops.length, pieces: ops.length });
        window.counts.set([ops.length, ops.length]);
        window.op.set(ops);
        const owner = new Map<number, number>();
        for (let worker = 0; worker < workers; worker++) {
          for (const io of shareOfWindow(window, { worker, workers, batch })) {
            assertEquals(owner.has(io), false);
            owner.set(io, worker);
          }
        }
        const moving = ops.flatMap((op, io) =>
          op === WINDOW_OP.read || op === WINDOW_OP.write ? [io] : []
        );
        assertEquals([...owner.keys()].sort((a, b) => a - b), moving);
        // The group of an I/O has one owner, whatever the number of workers.
        moving.forEach((io, i) => {
          assertEquals(owner.get(io), Math.floor(i / batch) % workers);
        });
      },
    ),
  );
});

Deno.test("shareOfWindow() refuses a worker that is not there", () => {
  const window = createWindow({ ios: 1, pieces: 1 });
  assertThrows(
    () => shareOfWindow(window, { worker: 2, workers: 2 }),
    RangeError,
    "Cannot share a window: found worker 2, expected one from 0 to 1",
  );
});
