// Rules of merging and plugging that no recorded row shows: tried here on the
// stages themselves (blockspec 2.7 and 2.8).
import { assert, assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { END_IO } from "../../../sim/block/bio.ts";
import { MERGE } from "../../../sim/block/merge.ts";
import { REQ_FLAG, REQ_OP } from "../../../sim/kernel/operation.ts";
import { createPlug } from "../../../sim/block/plug.ts";
import { createSoftwareQueue } from "../../../sim/block/software_queue.ts";
import { kernelProfiles } from "../../../sim/kernel/struct_offsets.ts";
import { kernelStructs } from "../../../sim/kernel/path_structs.ts";
import { pathProfile } from "../../../sim/kernel/profile.ts";
import { page, type QueueRig, queueRig } from "./queue_rig.ts";

Deno.test("a bio is tried with the last 8 requests of a software queue", () => {
  const { memory, layer } = queueRig();
  const tried: number[] = [];
  let answer: (request: number) => number = () => MERGE.none;
  const software = createSoftwareQueue(memory, {
    requests: layer.requests,
    structs: kernelStructs("7.2", memory.abi),
    attempt: (request) => {
      tried.push(request);
      return answer(request);
    },
  });
  assertEquals([software.tryMerge(1, 1), tried], [MERGE.none, []]);
  const requests = Array.from({ length: 12 }, () => layer.requests.take());
  for (const request of requests) software.append(request);
  // The newest first, and no more than 8 of the 12.
  assertEquals(software.tryMerge(1, 1), MERGE.none);
  assertEquals(tried, requests.slice(4).reverse());
  // The eighth is still merged into; the ninth never would be.
  answer = (request) => request === requests[4] ? MERGE.back : MERGE.none;
  assertEquals(software.tryMerge(1, 1), MERGE.back);
  answer = (request) => request === requests[3] ? MERGE.back : MERGE.none;
  assertEquals(software.tryMerge(1, 1), MERGE.none);
  // A candidate that refuses ends the search.
  tried.length = 0;
  answer = () => MERGE.failed;
  assertEquals(software.tryMerge(1, 1), MERGE.failed);
  assertEquals(tried.length, 1);
});

/** Requests at each flush of a plug that is offered so many of 4 KiB. */
function flushed(count: number): number[] {
  const { memory, layer } = queueRig();
  const { requests } = layer;
  const plug = createPlug({
    memory,
    structs: kernelStructs("7.2", findAbi("lp64")),
    requests,
    profile: pathProfile("7.2"),
  });
  plug.start(1);
  const flushes: number[] = [];
  const flush = () => {
    flushes.push(plug.count());
    for (let at = plug.takeList(); at !== 0;) {
      const next = memory.getPointer(at + requests.field.next);
      requests.free(at);
      at = next;
    }
  };
  for (let i = 0; i < count; i++) {
    const request = requests.take();
    memory.set32(request + requests.field.dataLen, 4096);
    if (plug.isFull(true)) flush();
    plug.add(request);
  }
  flush();
  assertEquals(requests.tags.live(), 0);
  return flushes;
}

Deno.test("a plug of one queue is flushed at 32 requests (T31)", () => {
  assertEquals(flushed(100), [32, 32, 32, 4]);
  assertEquals(flushed(32), [32]);
});

Deno.test("a split remainder forgets the gap of its front (T62)", () => {
  // Three vectors, two segments a request: the front is [512 bytes at the
  // start of a page, a page], whose gap ends at 512: bit 10. The remainder is
  // one page, for which the split's short cut counts no gap.
  const rig = queueRig({ limits: { maxSegments: 2 } });
  rig.layer.queue.startPlug(1);
  rig.submit({
    sector: 0,
    stretches: [[0x1000, 512], [0x5000, 4096], [0x9000, 4096]],
  });
  // 17 sectors on, a page that is no neighbour in memory joins the remainder:
  // the gap between the two is a page's end, bit 13.
  rig.submit({ sector: 17, stretches: [[0xd000, 4096]] });
  rig.layer.queue.finishPlug();
  rig.layer.queue.drain();
  assertEquals(
    rig.requests().map(({ sector, sectors, segments, gapBit }) => [
      sector,
      sectors,
      segments,
      gapBit,
    ]),
    [[0, 9, 2, 10], [9, 16, 2, 13]],
  );
});

/** A bio of one page, its data of a stream and with a hint. */
function bioOf(
  { memory, layer }: QueueRig,
  given: { index: number; hint?: number; stream?: number; opf?: number },
): number {
  const { bios } = layer;
  const { index, hint = 0, stream = 0, opf = 0 } = given;
  const bio = bios.alloc(1, REQ_OP.write | opf);
  const [phys, bytes] = page(index);
  assert(layer.addTo.addPage(bio, phys, 0, bytes, 0));
  memory.set64(bio + bios.field.sector, index * 8, 0);
  memory.setLong(bio + bios.field.endIo, END_IO.directIo);
  if (bios.alike.hint >= 0) memory.set8(bio + bios.alike.hint, hint);
  if (bios.alike.stream >= 0) memory.set8(bio + bios.alike.stream, stream);
  return bio;
}

Deno.test("data of another hint, stream or atomicity is not merged (T32)", () => {
  const both = (
    kernel: string,
    one: { hint?: number; stream?: number; opf?: number },
    other: { hint?: number; stream?: number; opf?: number },
  ) => {
    const rig = queueRig({ kernel });
    rig.layer.queue.startPlug(1);
    rig.layer.queue.submitBio(bioOf(rig, { index: 0, ...one }));
    rig.layer.queue.submitBio(bioOf(rig, { index: 1, ...other }));
    rig.layer.queue.finishPlug();
    return rig.requests().length;
  };
  const atomic = { opf: REQ_FLAG.atomic };
  for (const kernel of kernelProfiles) {
    assertEquals(both(kernel, {}, {}), 1);
    assertEquals(both(kernel, atomic, {}), 2);
    assertEquals(both(kernel, {}, atomic), 2);
    assertEquals(both(kernel, atomic, atomic), 1);
  }
  // 6.1 has no hint in a bio, 6.12 no stream.
  const hints = (kernel: string) => both(kernel, { hint: 3 }, { hint: 4 });
  assertEquals([hints("6.1"), hints("6.12"), hints("7.2")], [1, 2, 2]);
  const streams = (kernel: string) => both(kernel, { stream: 1 }, {});
  assertEquals([streams("6.1"), streams("6.12"), streams("7.2")], [1, 1, 2]);
  assertEquals(both("7.2", { hint: 3, stream: 1 }, { hint: 3, stream: 1 }), 1);
});

Deno.test("discards have no metadata, and merge where data does not", () => {
  for (const kernel of kernelProfiles) {
    const bios = (metadataBytes: number) => {
      const { layer, submit, requests } = queueRig({
        kernel,
        metadataBytes,
        limits: { maxDiscardSectors: 4096, discardGranularityBytes: 65536 },
      });
      // Two bios: up to a multiple of the granularity, and from there.
      layer.rangeIo.discard({ sector: 5, sectors: 251, cookie: 9 });
      layer.queue.startPlug(4);
      for (let i = 0; i < 4; i++) {
        submit({ sector: i * 8, stretches: [page(i)] });
      }
      layer.queue.finishPlug();
      layer.queue.drain();
      return requests().map((request) => request.bios);
    };
    assertEquals(bios(0), [2, 4], kernel);
    assertEquals(bios(8), [2, 1, 1, 1, 1], kernel);
  }
});

Deno.test("a front that is split off keeps hint and stream (T54)", () => {
  const rig = queueRig();
  const { bios } = rig.layer;
  const bio = bioOf(rig, { index: 0, hint: 5, stream: 2 });
  const front = bios.clone(bio);
  assertEquals(
    [
      rig.memory.get8(front + bios.alike.hint),
      rig.memory.get8(front + bios.alike.stream),
    ],
    [5, 2],
  );
});
