/**
 * What tables say of groups of workers, of figures that are all different: none
 * can stand in for another.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { FigureColumn } from "../../../bench/report/blocks.ts";
import { plainSections } from "../../../bench/report/plain_blocks.ts";
import { LOCKS, RINGS } from "../../../bench/report/workers_queues.ts";
import {
  atomicColumns,
  HELD,
  sharingColumns,
} from "../../../bench/report/workers_sharing.ts";
import { workersSections } from "../../../bench/report/workers_tables.ts";
import type { ResultGroup } from "../../../bench/result/group_types.ts";
import { fixedCell } from "./fixed_result.ts";

/** 8 I/Os were observed, 4 traced. */
const group: ResultGroup = {
  layout: "page_offset",
  digest: "0123456789abcdef",
  verifiedBytes: 4096,
  latency: null,
  commandBatch: { count: 6, mean: 1.5, most: 2 },
  completionBatch: { count: 5, mean: 1.75, most: 3 },
  ringOccupancy: { count: 7, mean: 2.25, most: 4 },
  ringEntries: 1024,
  queueLock: { acquisitions: 8, contended: 2 },
  sent: { requests: 4, interrupts: 1 },
  remoteFrees: 24,
  observedIos: 8,
  submitterSleeps: 11,
  deviceSleeps: 12,
  sharing: {
    iosPerWorker: 2,
    structures: [{
      structure: "request",
      lines: 9,
      writtenByMany: 7,
      falselyShared: 1,
      handedOver: 5,
    }],
    writtenByMany: 31,
    writtenByManyHolding: 32,
    handedOver: 33,
    handedOverHolding: 34,
    tracedIos: 4,
    atomics: [
      { structure: "request", field: "ref", kind: "atomic", count: 4 },
      { structure: "page", field: "_refcount", kind: "atomic", count: 10 },
      { structure: "nvme_queue", field: "sq_lock", kind: "lock", count: 3 },
    ],
  },
};

/** What a program reads of a column, by key. */
function fieldsOf(
  columns: readonly FigureColumn<ResultGroup>[],
  of: ResultGroup = group,
): Record<string, unknown> {
  return Object.fromEntries(
    columns.slice(1).flatMap(({ fields }) => fields?.(of) ?? []),
  );
}

/** What a reader reads, by column. */
function cellsOf(
  columns: readonly FigureColumn<ResultGroup>[],
): (readonly [string, string])[] {
  return columns.slice(1).map(({ header, cell }) => [header, cell(group, 8)]);
}

Deno.test("LOCKS gives locks, waits and what was sent back, each per observed I/O", () => {
  assertEquals(fieldsOf(LOCKS), {
    "workers.queueLock.acquisitionsPerIo": 8 / 8,
    "workers.queueLock.contendedPerIo": 2 / 8,
    "workers.sent.requestsPerIo": 4 / 8,
    "workers.sent.interruptsPerIo": 1 / 8,
  });
  assertEquals(cellsOf(LOCKS), [
    ["sq_lock", "1"],
    ["waited for", "0.250"],
    ["sent back", "0.500"],
    ["IPIs", "0.125"],
  ]);
  // Files of older labs have none of it.
  const older = { ...group, queueLock: undefined, sent: null };
  assertEquals(new Set(Object.values(fieldsOf(LOCKS, older))), new Set([null]));
});

Deno.test("RINGS gives batches, rings and sleeps, each its own", () => {
  assertEquals(fieldsOf(RINGS), {
    "workers.commandBatch.mean": 1.5,
    "workers.commandBatch.most": 2,
    "workers.completionBatch.mean": 1.75,
    "workers.completionBatch.most": 3,
    "workers.ringOccupancy.mean": 2.25,
    "workers.ringOccupancy.most": 4,
    "workers.remoteFreesPerIo": 24 / 8,
    "workers.submitterSleeps": 11,
    "workers.deviceSleeps": 12,
  });
  assertEquals(cellsOf(RINGS).at(-1), ["sleeps", "11+12"]);
});

Deno.test("HELD and sharingColumns() give shared lines, of all structures and of one", () => {
  assertEquals(fieldsOf(HELD), {
    "workers.sharing.writtenByMany": 31,
    "workers.sharing.writtenByManyHolding": 32,
    "workers.sharing.handedOver": 33,
    "workers.sharing.handedOverHolding": 34,
  });
  assertEquals(cellsOf(HELD), [
    ["written by several", "31"],
    ["with a bio_vec", "32"],
    ["handed over", "33"],
    ["with a bio_vec", "34"],
  ]);
  const columns = sharingColumns([group]);
  assertEquals(fieldsOf(columns), {
    "workers.sharing.request.writtenByMany": 7,
    "workers.sharing.request.falselyShared": 1,
    "workers.sharing.request.handedOver": 5,
  });
  assertEquals(cellsOf(columns), [["request", "7/1/5"]]);
});

Deno.test("atomicColumns() gives sums by kind and each field, per traced I/O", () => {
  const columns = atomicColumns([group]);
  assertEquals(fieldsOf(columns), {
    "workers.atomics.atomic": 14 / 4,
    "workers.atomics.lock": 3 / 4,
    "workers.atomics.page._refcount": 10 / 4,
    "workers.atomics.request.ref": 4 / 4,
    "workers.atomics.nvme_queue.sq_lock": 3 / 4,
  });
  // Fields of most operations come first.
  assertEquals(cellsOf(columns), [
    ["atomics", "3.500"],
    ["locks", "0.750"],
    ["page._refcount", "2.500"],
    ["request.ref", "1"],
    ["nvme_queue.sq_lock", "0.750"],
  ]);
});

Deno.test("workersSections() says which queues there are and where I/Os end", () => {
  const said = (completeOn: string, hwQueues?: number) =>
    plainSections(
      workersSections(fixedCell({
        workers: {
          ...{ workers: 4, devices: 2, poll: false, depth: 8, scaling: [] },
          ...{ completeOn, hwQueues, groups: [group] },
        },
      })),
      { width: 10_000 },
    )[0] ?? "";
  assertEquals(
    said("submitter", 3),
    "groups of workers, 3 hardware queues, 2 devices, asleep when idle, " +
      "depth 8 each, I/Os end where they were submitted; 4 workers build the " +
      "commands of one (set 0123456789abcdef), 4 KiB verified",
  );
  // One queue for each submitter is how it always was.
  for (const each of [undefined, 4]) {
    assertEquals(said("other", each).includes("hardware queue"), false);
  }
  assertStringIncludes(said("other"), "I/Os end on another worker, which");
  assertStringIncludes(said("ipi"), "by an IPI from another worker");
});
