import { assertEquals, assertStringIncludes } from "@std/assert";
import { recordedCell } from "../../../bench/footprint/recorded_cell.ts";
import type { Recording } from "../../../bench/footprint/recording.ts";

const DEBIAN: Recording = {
  file: "7.2.prp.json.gz",
  run: "7.2.prp",
  controller: "",
  kernel: "7.2.13+deb14-amd64",
  machine: "qemu ; append nokaslr",
  queue: ["nvme0n1", "nvme1n1"].flatMap((disk, index) => [
    `${disk} scheduler [none] mq-deadline `,
    // The second has other limits, to tell them apart.
    `${disk} max_sectors_kb ${512 >> index}`,
    `${disk} max_segments 129`,
    `${disk} virt_boundary_mask 4095`,
    `${disk} dma_alignment 3`,
  ]),
  workloads: [],
};

/** A workload of Debian's kernel, unless told. */
function cellOf(description: string, changes: Partial<Recording> = {}) {
  return recordedCell({ ...DEBIAN, ...changes }, `name ${description}`);
}

function reasonOf(description: string, changes: Partial<Recording> = {}) {
  const cell = cellOf(description, changes);
  return "reason" in cell ? cell.reason : "";
}

Deno.test("recordedCell() maps API, operation, bytes, buffers and device", () => {
  assertEquals(cellOf("api=uringfix:32 op=w bytes=8192 kind=alt"), {
    kernel: "7.2",
    api: "io_uring",
    registered: true,
    isWrite: true,
    bytes: 8192,
    depth: 32,
    kind: "scattered",
    limits: {
      logicalBlockBytes: 512,
      physicalBlockBytes: 512,
      maxSectors: 1024,
      chunkSectors: 0,
      maxSegments: 129,
      maxSegmentBytes: 0xffffffff,
      segBoundaryMask: 0xffffffff,
      virtBoundaryMask: 4095,
      dmaAlignmentMask: 3,
    },
    sgl: false,
    initOnAlloc: true,
    p2pdma: true,
    buffersInTurn: false,
  });
  const p2p = cellOf("api=pread:1 op=r bytes=4096 kind=p2p");
  assertEquals("reason" in p2p ? 0 : p2p.limits.maxSectors, 512);
});

Deno.test("recordedCell() tells SGLs and init_on_alloc from the boot", () => {
  const description = "api=pread:1 op=r bytes=4096 kind=huge";
  const of = (changes: Partial<Recording>) => {
    const cell = cellOf(description, changes);
    return "reason" in cell ? cell.reason : [cell.sgl, cell.initOnAlloc];
  };
  const append = (words: string) => `qemu ; append nokaslr ${words}\n`;
  assertEquals(of({ machine: append("init_on_alloc=0") }), [false, false]);
  assertEquals(of({ machine: append("init_on_alloc=1") }), [false, true]);
  assertEquals(of({ kernel: "7.2.13" }), [false, false]);
  assertEquals(
    of({ kernel: "7.2.13", machine: append("init_on_alloc=on") }),
    [false, true],
  );
  // 7.2 lifts the boundary where the controller takes SGLs, 6.12 does not.
  const queue = DEBIAN.queue.map((line) => line.replace("mask 4095", "mask 0"));
  assertEquals(of({ queue }), [true, true]);
  assertEquals(of({ kernel: "6.12.107+deb13-amd64", run: "6.12.sgl" }), [
    true,
    true,
  ]);
});

Deno.test("recordedCell() takes the driver's alignment where none was recorded", () => {
  const plain = "api=pread:1 op=r bytes=4096 kind=alt";
  const withAlignment = (words: string[]) =>
    DEBIAN.queue.flatMap((line) =>
      line.includes("dma_alignment")
        ? words.map((word) => line.replace("3", word))
        : line
    );
  const maskOf = (words: string[]) => {
    const cell = cellOf(plain, { queue: withAlignment(words) });
    return "reason" in cell ? cell.reason : cell.limits.dmaAlignmentMask;
  };
  assertEquals(maskOf([]), 3);
  assertEquals(maskOf(["511"]), 511);
  assertStringIncludes(String(maskOf(["5"])), "of nvme0n1 lacks one of");
  assertStringIncludes(String(maskOf(["many"])), "of nvme0n1 lacks one of");
});

Deno.test("recordedCell() says why a workload is not covered", () => {
  const plain = "api=pread:1 op=r bytes=4096 kind=alt";
  const cases: readonly (readonly [string, string])[] = [
    [reasonOf(plain.replace("pread", "mmap")), 'API "mmap" is not known'],
    [reasonOf(plain.replace("alt", "thp")), 'kind of buffer "thp"'],
    [reasonOf(plain.replace("op=r", "op=d")), 'operation "d"'],
    [reasonOf(plain.replace("4096", "4097")), '"4097" bytes'],
    [reasonOf(plain.replace("4096", "1e6")), '"1e6" bytes'],
    [reasonOf(plain.replace("4096", "16777216")), "up to 8 MiB"],
    [reasonOf(plain.replace(":1", ":0")), '"0" I/Os at a time'],
    [reasonOf(plain.replace(":1", ":2")), "for io_uring only"],
    [reasonOf(`${plain} offset=512`), '"offset=512" says something'],
    [reasonOf(`${plain} op=w`), '"op=w" says something'],
    [reasonOf("api=constructor op=r bytes=512 kind=alt"), '"constructor"'],
    [reasonOf(""), "its description has no words such as api=pread"],
    [reasonOf(plain, { kernel: "5.4.0" }), 'rules of kernel "5.4.0"'],
    [reasonOf(plain, { kernel: "7.20" }), 'rules of kernel "7.20"'],
    [reasonOf(plain, { queue: [] }), "the queue of no disk"],
    [
      reasonOf(plain, {
        queue: DEBIAN.queue.map((line) => line.replace("4095", "4094")),
      }),
      "virt_boundary_mask",
    ],
    [
      reasonOf(plain, {
        queue: DEBIAN.queue.map((line) =>
          line.replace("[none] mq-deadline", "none [mq-deadline]")
        ),
      }),
      "expected none",
    ],
    [reasonOf("api=uringfix:1 op=r bytes=512 kind=p2p"), "FOLL_LONGTERM"],
    [
      reasonOf("api=pread:1 op=r bytes=512 kind=p2p", { kernel: "6.1.0" }),
      "user space of 6.1",
    ],
    // 1 MiB is above 512 KiB: split, and with REQ_NOWAIT that is EAGAIN.
    [reasonOf("api=uring:1 op=r bytes=1048576 kind=huge"), "EAGAIN"],
    [reasonOf("api=pread:1 op=r bytes=1048576 kind=huge"), ""],
  ];
  for (const [found, expected] of cases) {
    assertStringIncludes(found, expected);
    if (expected === "") assertEquals(found, "");
  }
});
