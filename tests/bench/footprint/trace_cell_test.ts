import { assertEquals } from "@std/assert";
import {
  type RecordedCell,
  recordedCell,
} from "../../../bench/footprint/recorded_cell.ts";
import { PLAIN_PLACEMENT } from "../../../bench/footprint/placement.ts";
import { traceCell } from "../../../bench/footprint/trace_cell.ts";
import { findLayout } from "../../../layouts/registry.ts";

/** A cell of a PRP controller without init_on_alloc. */
function cellOf(description: string): RecordedCell {
  const cell = recordedCell({
    file: "",
    run: "",
    controller: "",
    kernel: "7.2.13",
    machine: "",
    queue: [
      "nvme0n1 scheduler [none]",
      "nvme0n1 max_sectors_kb 512",
      "nvme0n1 max_segments 129",
      "nvme0n1 virt_boundary_mask 4095",
      "nvme0n1 dma_alignment 3",
    ],
    workloads: [],
  }, `name ${description}`);
  if ("reason" in cell) throw new Error(cell.reason);
  return cell;
}

function linesOf(
  description: string,
  structure: string,
  layout = "page_offset",
) {
  const { structures } = traceCell(cellOf(description), findLayout(layout));
  return structures.get(structure)?.lines ?? 0;
}

Deno.test("traceCell() touches a struct page of each page, and no more", () => {
  // 64 bytes each, line-aligned. Registered: nvme_prep_rq looks at the first.
  assertEquals(linesOf("api=pread:1 op=r bytes=65536 kind=alt", "page"), 16);
  assertEquals(linesOf("api=pread:1 op=w bytes=65536 kind=p2p", "page"), 16);
  assertEquals(linesOf("api=pread:1 op=r bytes=65536 kind=contig", "page"), 16);
  assertEquals(linesOf("api=uringfix:1 op=r bytes=65536 kind=alt", "page"), 1);
  assertEquals(
    linesOf("api=pread:1 op=r bytes=1048576 kind=huge", "page"),
    256,
  );
});

Deno.test("traceCell() counts a batch as a whole", () => {
  // An SQE is a line; 32 requests of 4 lines each, 16 CQEs of 16 bytes a line.
  const cell = "api=uringfix:32 op=r bytes=4096 kind=alt";
  const { structures } = traceCell(cellOf(cell), findLayout("page_offset"));
  assertEquals(structures.get("nvme sq")?.lines, 32);
  assertEquals(structures.get("request")?.lines, 128);
  assertEquals(structures.get("nvme sq")?.linesRead, 0);
  assertEquals(structures.get("nvme sq")?.writes, 256);
});

Deno.test("traceCell() leaves out what the device does", () => {
  // The device writes the CQE; the driver reads it.
  const cell = cellOf("api=pread:1 op=r bytes=4096 kind=alt");
  const { structures } = traceCell(cell, findLayout("page_offset"));
  assertEquals(structures.get("nvme cq")?.writes, 0);
  assertEquals(structures.get("nvme cq")?.linesRead, 1);
});

Deno.test("traceCell() follows the layout", () => {
  // 32 vectors behind a header of 48 bytes: bytes 48 to 431 are 7 lines, 48 to
  // 559 are 9, as patched kernels and mainline were recorded.
  const cell = "api=uringfix:1 op=r bytes=131072 kind=alt";
  assertEquals(linesOf(cell, "bio_vec", "phys_packed"), 7);
  assertEquals(linesOf(cell, "bio_vec"), 9);
});

Deno.test("traceCell() stages page pointers where the API's array has room", () => {
  // Lines of mainline and of 12 bytes that kernels were recorded to touch:
  // pread has exactly 32 vectors, io_uring 64, and pointers in their tail.
  const lines = (cell: string) => [
    linesOf(cell, "bio_vec"),
    linesOf(cell, "bio_vec", "phys_packed"),
  ];
  assertEquals(lines("api=pread:1 op=r bytes=131072 kind=alt"), [8, 6]);
  assertEquals(lines("api=uring:1 op=r bytes=131072 kind=alt"), [12, 8]);
  assertEquals(lines("api=pread:1 op=w bytes=65536 kind=alt"), [4, 3]);
  assertEquals(lines("api=pread:1 op=r bytes=524288 kind=huge"), [17, 17]);
  assertEquals(lines("api=pread:1 op=r bytes=1048576 kind=huge"), [33, 33]);
});

Deno.test("traceCell() counts the link of a dma_pool block as the block's", () => {
  // 32 pages: 31 entries of 8 bytes behind the first page's, which are 248 of
  // 256 bytes; dma_pool_alloc() reads the link at 0, dma_pool_free() writes it.
  // With init_on_alloc it stores 256 zeroes before, 8 at a time.
  const cell = cellOf("api=pread:1 op=r bytes=131072 kind=alt");
  for (const initOnAlloc of [true, false]) {
    const { structures } = traceCell(
      { ...cell, initOnAlloc },
      findLayout("page_offset"),
    );
    const block = structures.get("nvme descriptor 256");
    assertEquals([block?.lines, block?.linesRead, block?.linesWritten], [
      4,
      1,
      4,
    ]);
    assertEquals(
      [block?.reads, block?.writes],
      [1, 31 + 1 + (initOnAlloc ? 32 : 0)],
    );
    assertEquals(block?.bytesRead, new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  }
  // 16 pages are 15 entries, 2 lines; all 4 are zeroed.
  const half = cellOf("api=pread:1 op=w bytes=65536 kind=alt");
  const lines = (initOnAlloc: boolean) =>
    traceCell({ ...half, initOnAlloc }, findLayout("page_offset")).structures
      .get("nvme descriptor 256")?.lines;
  assertEquals([lines(true), lines(false)], [4, 2]);
});

Deno.test("traceCell() completes the first half before the second, if told", () => {
  // 1 MiB at 512 KiB a request: one struct request of 4 lines or two, one
  // PRP list of 4096 bytes, zeroed, or two, one tag or two in the same word.
  const cell = {
    ...cellOf("api=pread:1 op=r bytes=1048576 kind=huge"),
    initOnAlloc: true,
  };
  const lines = (completion: "with-last" | "before-next") => {
    const { structures } = traceCell(cell, findLayout("page_offset"), {
      ...PLAIN_PLACEMENT,
      completion,
    });
    return ["request", "nvme_iod", "nvme descriptor page", "nvme sq"].map(
      (name) => structures.get(name)?.lines,
    );
  };
  assertEquals(lines("with-last"), [8, 8, 128, 2]);
  assertEquals(lines("before-next"), [4, 4, 64, 2]);
});
