import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import {
  cellNeed,
  requireRoom,
  roomFor,
} from "../../../bench/run/cell_room.ts";
import { MAIN_BYTES } from "../../../bench/run/isolate_room.ts";
import {
  completeOptions,
  type LabRunOptions,
} from "../../../bench/run/options.ts";
import type { CellPlan } from "../../../bench/run/cell_plan.ts";

const MIB = 1 << 20;

const PLAN: CellPlan = {
  workload: "4k-hot",
  abi: findAbi("lp64"),
  recognition: "page",
  engine: "js",
  contenders: ["page_offset", "phys_len", "phyr"].map((name) => ({
    layout: findLayout(name),
    recognition: "page",
  })),
  leftOut: [],
};

const NATIVE: CellPlan = { ...PLAN, engine: "native" };

const needOf = (given: Partial<LabRunOptions>, plan = PLAN) =>
  cellNeed(plan, completeOptions(given), 64 * MIB);

Deno.test("cellNeed() counts one build of all that are timed in a round", () => {
  const need = needOf({ rounds: 1, builds: 3 });
  // Three layouts, the control, and two that carry out no path: 74 MiB each.
  assertEquals([need.isolates, need.memoryBytes], [6, 6 * 74 * MIB]);
  // Three builds of the six, and one that counts for each layout.
  assertEquals(need.usefulIsolates, 21);
});

Deno.test("cellNeed() counts the paths in C of a build, all in one isolate", () => {
  // Nine layouts and the control, 74 MiB each; the audit has 376 MiB.
  const contenders = [1, 2, 3].flatMap(() => PLAN.contenders);
  const need = needOf({ rounds: 1 }, { ...NATIVE, contenders });
  assertEquals([need.isolates, need.memoryBytes], [1, 10 * 74 * MIB]);
  // One that counts for each layout, and two that make builds.
  assertEquals(need.usefulIsolates, 11);
});

Deno.test("cellNeed() counts one isolate where nothing is timed", () => {
  const need = needOf({ rounds: 0 });
  assertEquals([need.isolates, need.memoryBytes], [1, 248 * MIB]);
});

Deno.test("cellNeed() counts the groups that live at once", () => {
  // One group after the other where nothing is timed.
  assertEquals(needOf({ rounds: 0, workers: 9, devices: 2 }).isolates, 11);
  // The smallest (1 + 1) and the largest (9 + 2) of each of three layouts.
  assertEquals(needOf({ workers: 9, devices: 2 }).isolates, 39);
  // They belong to the engine in JavaScript; paths in C share one isolate.
  assertEquals(needOf({ workers: 9 }, NATIVE).isolates, 1);
  assertThrows(
    () => needOf({ workers: 100 }),
    RangeError,
    "Cannot run with workers 100: 3 layouts need 303 isolates at once, " +
      "expected at most 256 (--layout)",
  );
});

Deno.test("requireRoom() says what was found, what is needed and what helps", () => {
  const room = { memoryBytes: 100 * MIB - MAIN_BYTES, isolates: 4 };
  const refuses = (isolates: number, rounds: number, message: string) =>
    assertThrows(
      () => requireRoom(needOf({ rounds }), { ...room, isolates }),
      RangeError,
      message,
    );
  // 192 MiB for the main thread, 444 MiB for six.
  refuses(
    6,
    1,
    "Cannot run: timing 3 layouts in one round can take 636 MiB of memory, " +
      "found 100 MiB, expected --memory 636MiB, fewer layouts (--layout) or " +
      "--rounds 0",
  );
  refuses(
    6,
    0,
    "Cannot run: counting one layout can take 440 MiB of memory, found " +
      "100 MiB, expected --memory 440MiB",
  );
  refuses(
    4,
    1,
    "Cannot run: timing 3 layouts in one round takes 6 isolates at once, " +
      "found file descriptors for 4, expected 12 descriptors more " +
      "(ulimit -n), fewer layouts (--layout) or --rounds 0",
  );
});

Deno.test("roomFor() refuses a run before it begins", () => {
  const run = completeOptions({ memoryBytes: 300 * MIB });
  assertThrows(
    () => roomFor([needOf({ rounds: 0 }), needOf({ rounds: 1 })], run),
    RangeError,
    "found 300 MiB, expected --memory 440MiB",
  );
});
