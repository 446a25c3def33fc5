/**
 * Lines that workers share, with numbers that follow from what is shared.
 */
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import type { Submitter } from "../../../sim/setup/submitter.ts";
import type { ControllerOptions } from "../../../sim/nvme/controller.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import {
  type TracedGroup,
  traceGroup,
} from "../../../sim/workers/trace_group.ts";
import type { TracedQueueMap } from "../../../sim/workers/traced_queues.ts";
import { createWindow } from "../../../sim/workload/window.ts";

const IOS = 16;

/** Reads of 4 KiB into the pages of a pool, one after the other. */
function reads(pages: number) {
  const window = createWindow({ ios: IOS, pieces: IOS });
  window.counts.set([IOS, IOS]);
  for (let io = 0; io < IOS; io++) {
    window.lengthBytes[io] = 4096;
    window.sectorLo[io] = io * 8;
    window.physLo[io] = (io % pages) * 4096;
    window.physHi[io] = 1; // at 4 GiB, where host memory begins
    window.pieceBytes[io] = 4096;
    window.firstPiece[io + 1] = io + 1;
  }
  return window;
}

function trace(
  pages: number,
  options: {
    workers: number;
    devices: number;
    submitter?: Submitter;
    completesElsewhere?: boolean;
    queues?: TracedQueueMap;
    batch?: number;
    ios?: number;
    controller?: ControllerOptions;
  },
) {
  return sharedOf(traced(pages, options));
}

function traced(pages: number, options: Parameters<typeof trace>[1]) {
  return traceGroup(reads(pages), {
    layout: findLayout("page_offset"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: defaultMemoryMap(true),
    depth: 32,
    ...options,
  });
}

function sharedOf({ structures }: TracedGroup) {
  return new Map(
    structures.map((
      { structure, writtenByMany, falselyShared, handedOver },
    ) => [
      structure,
      [writtenByMany, falselyShared, handedOver],
    ]),
  );
}

Deno.test("traceGroup() finds nothing shared by one worker", () => {
  assertEquals([...trace(4, { workers: 1, devices: 0 })], []);
});

Deno.test("traceGroup() finds struct pages that two workers pin, one line each", () => {
  // I/O i has page i % 3 and worker i % 2: both workers come by each page.
  // A struct page has 64 bytes, and the reference count is what both write.
  const shared = trace(3, { workers: 2, devices: 0 });
  assertEquals([...shared], [["page", [3, 0, 0]]]);
  // With 4 pages each belongs to one worker: the lines are apart.
  assertEquals([...trace(4, { workers: 2, devices: 0 })], []);
  // Registered buffers are pinned once, before any I/O.
  const registered = {
    workers: 2,
    devices: 0,
    submitter: "registered",
  } as const;
  assertEquals([...trace(3, registered)], []);
});

Deno.test("traceGroup() finds what the rings hand over to a device", () => {
  const shared = trace(4, { workers: 1, devices: 1 });
  // 16 commands of 64 bytes, 16 completions of 16 bytes, one doorbell. The
  // host looks at the 17th completion, too, which nobody has written.
  assertEquals([...shared], [
    ["nvme sq", [0, 0, 16]],
    ["nvme cq", [0, 0, 4]],
    ["nvme doorbell", [0, 0, 1]],
  ]);
});

Deno.test("traceGroup() finds what completing on another worker moves", () => {
  const shared = trace(4, {
    workers: 2,
    devices: 1,
    completesElsewhere: true,
  });
  // Pinned by the submitter, given back by the completer: 4 struct pages.
  assertEquals(shared.get("page"), [4, 0, 0]);
  // One blkdev_dio an I/O, whose count both write.
  assertEquals(shared.get("blkdev_dio"), [16, 0, 0]);
  assertEquals(shared.get("kmem_cache_cpu"), undefined);
  // What each CPU has for itself, its hint of tags among it, is not shared,
  // wherever an I/O ends.
  assertEquals([...shared.keys()], [
    ...["request", "bio", "nvme_iod", "blkdev_dio", "page", "sbitmap_word"],
    ...["bio_vec", "nvme sq", "nvme cq", "nvme doorbell", "nvme_queue"],
  ]);
});

Deno.test("traceGroup() says how many I/Os its figures are of", () => {
  assertEquals(traced(4, { workers: 2, devices: 1 }).ios, IOS);
  // Of three I/Os of each of the two there are as many requests.
  const few = traced(4, { workers: 2, devices: 1, ios: 3 });
  assertEquals(few.ios, 2 * 3);
  assertEquals(atomicsOf(few)["request.ref"], 2 * 3);
});

/** Operations by field. */
function atomicsOf({ atomics }: TracedGroup): Record<string, number> {
  return Object.fromEntries(
    atomics.map((
      { structure, field, count },
    ) => [`${structure}.${field}`, count]),
  );
}

Deno.test("traceGroup() counts atomic operations and locks, whoever carries out", () => {
  // 16 reads of a page each: folio_lock() and folio_unlock() around marking it
  // dirty, which changes it the first time, for 4 pages; a reference taken and
  // given back; a tag taken and given back; the reference of the request; and
  // one command under the lock of the ring. An I/O of one bio counts no bios.
  const expected = {
    "page.flags": 16 * 2 + 4,
    "page._refcount": 16 * 2,
    "request.ref": 16,
    "sbitmap_word.word": 16 * 2,
    "nvme_queue.sq_lock": 16,
  };
  for (
    const shape of [
      { workers: 1, devices: 0 },
      { workers: 1, devices: 1 },
      { workers: 2, devices: 1 },
    ]
  ) {
    assertEquals(atomicsOf(traced(4, shape)), expected, JSON.stringify(shape));
  }
});

Deno.test("traceGroup() counts what a shared hardware queue and its interrupt cost", () => {
  // The interrupt comes to worker 0. The 8 requests of worker 1 go back to it:
  // llist_add() for each and one llist_del_all(), for they are all found done
  // at once. Its tags are given back one by one (`cleared`), those of worker 0
  // in a batch (`word`).
  const shared = traced(4, {
    workers: 2,
    devices: 1,
    submitter: "registered",
    queues: { submitters: [[0, 1]], interrupts: [0] },
  });
  assertEquals(atomicsOf(shared), {
    "request.ref": 16,
    "sbitmap_word.word": 16 + 8,
    "sbitmap_word.cleared": 8,
    "nvme_queue.sq_lock": 16,
    "blk_cpu_done.first": 8 + 1,
  });
  assertEquals([...sharedOf(shared)], [
    // Of the 8 requests of worker 1, worker 0 writes the lines of ipi_list and
    // of the status, and reads that of mq_ctx.
    ["request", [8, 0, 8]],
    ["nvme_iod", [8, 0, 0]],
    // sq_lock, and sq_tail: each on a line of its own.
    ["nvme_queue", [2, 0, 0]],
    // The list of worker 1; nobody sends anything to worker 0.
    ["blk_cpu_done", [1, 0, 0]],
    // Both ring it.
    ["nvme doorbell", [1, 0, 0]],
    ["nvme sq", [0, 0, 16]],
    ["nvme cq", [0, 0, 4]],
  ]);
  assertEquals(shared.totals, {
    writtenByMany: 16 + 2 + 1 + 1,
    handedOver: 8 + 16 + 4,
    writtenByManyHolding: 0,
    handedOverHolding: 0,
  });
});

Deno.test("traceGroup() tells who takes the interrupt from those it sends back to", () => {
  // 16 I/Os of three workers are 6, 5 and 5, and worker 0 takes the interrupt:
  // its 6 tags go back in a batch, those of the 10 others one by one. Each of
  // the two others takes its list once.
  const shared = traced(4, {
    workers: 3,
    devices: 1,
    submitter: "registered",
    queues: { submitters: [[0, 1, 2]], interrupts: [0] },
  });
  assertEquals(atomicsOf(shared), {
    "request.ref": 16,
    "sbitmap_word.word": 16 + 6,
    "sbitmap_word.cleared": 10,
    "nvme_queue.sq_lock": 16,
    "blk_cpu_done.first": 10 + 2,
  });
  assertEquals(sharedOf(shared).get("request"), [10, 0, 10]);
  assertEquals(sharedOf(shared).get("blk_cpu_done"), [2, 0, 0]);
  assertEquals(shared.ios, IOS);
});

Deno.test("traceGroup() takes one lock for a plug of neighbours", () => {
  // Four plugs of 4 reads, which merge: 4 requests of 16 KiB, each with a list
  // from the pool, taken and given back under its lock.
  const plugged = traced(4, {
    workers: 2,
    devices: 1,
    batch: 4,
    submitter: "registered",
    queues: { submitters: [[0, 1]], interrupts: [0] },
  });
  const found = atomicsOf(plugged);
  assertEquals(found["nvme_queue.sq_lock"], 4);
  assertEquals(found["dma_pool 256.lock"], 4 * 2);
  assertEquals(found["request.ref"], 4);
});

Deno.test("traceGroup() takes no lock where no command was pushed", () => {
  // The third mapping finds no room and is tried again: what was queued before
  // is committed first, which is nothing (blk_mq_commit_rqs() asks `queued`).
  // So there is one lock for each of 16 commands, and no more.
  const found = traced(4, {
    workers: 2,
    devices: 1,
    controller: { faults: { mapping: 3, descriptor: 0 } },
  });
  assertEquals(atomicsOf(found)["nvme_queue.sq_lock"], 16);
});

Deno.test("traceGroup() finds bio_vecs among what a completion elsewhere reads", () => {
  const elsewhere = {
    workers: 2,
    devices: 1,
    completesElsewhere: true,
  };
  // bio_release_pages() of the other worker reads the vector of each bio: one
  // line of each, which the submitter wrote.
  assertEquals(traced(4, elsewhere).totals.handedOverHolding, 16);
  // A registered buffer's vector is not its bio's, and is not released.
  const registered = { ...elsewhere, submitter: "registered" } as const;
  assertEquals(traced(4, registered).totals.handedOverHolding, 0);
  // Sent back by an IPI, they are read where they were written.
  const sent = {
    workers: 2,
    devices: 1,
    queues: { submitters: [[0], [1]], interrupts: [1, 0] },
  };
  assertEquals(traced(4, sent).totals.handedOverHolding, 0);
});

Deno.test("traceGroup() counts references of an I/O that has several bios", () => {
  // 384 pages apart from each other do not go into one bio of 256 vectors:
  // __blkdev_direct_IO() takes a reference for all bios but the last, and each
  // of the two gives one back.
  const pages = 384;
  const window = createWindow({ ios: 1, pieces: pages });
  window.counts.set([1, pages]);
  window.lengthBytes[0] = pages * 4096;
  window.firstPiece[1] = pages;
  for (let page = 0; page < pages; page++) {
    window.physLo[page] = page * 2 * 4096;
    window.physHi[page] = 1;
    window.pieceBytes[page] = 4096;
  }
  const found = atomicsOf(traceGroup(window, {
    layout: findLayout("page_offset"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: defaultMemoryMap(true),
    depth: 1,
    workers: 1,
    devices: 0,
  }));
  assertEquals(found["blkdev_dio.ref"], 1 + 2);
  assertEquals(found["page._refcount"], 2 * pages);
});
