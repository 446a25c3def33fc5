import { assertEquals } from "@std/assert";
import { recordedCell } from "../../../bench/footprint/recorded_cell.ts";
import { readRecordingFile } from "../../../bench/footprint/read_recording.ts";
import { traceCell } from "../../../bench/footprint/trace_cell.ts";
import { RECORDED_LINES } from "../../../bench/report/recorded_lines.ts";
import { findLayout } from "../../../layouts/registry.ts";

const RECORDING = new URL(
  "../../data/footprint/7.2.prp.json.gz",
  import.meta.url,
).pathname;

/** Workloads of the recording, in the order of the list. */
const NAMES = [
  "a_4k_uring_fixed",
  "c_128k_pread_scattered",
  "c2_128k_uring_scattered",
  "f_1m_pread_p2p",
  "d_1m_pread_huge",
];
/** Structures that an I/O has for itself, by their names there. */
const OWN = [
  ...["struct page (data)", "bio_vec", "bio_vec (registered buffer)", "bio"],
  ...["blkdev_dio", "request", "nvme_iod", "PRP/SGL list (small, 256 B)"],
  ...["PRP/SGL list (large, 4096 B)", "nvme SQ", "nvme CQ"],
];
/** `slab io_kiocb`, 3 lines, and `io_uring SQEs (shared)`, not in the data. */
const IO_URING_LINES = 3 + 1;

Deno.test("RECORDED_LINES are the recording's, and what the model saves of them", async () => {
  const recording = await readRecordingFile(RECORDING);
  for (const [i, said] of RECORDED_LINES.entries()) {
    const workload = recording.workloads.find(({ name }) => name === NAMES[i]);
    const cell = recordedCell(recording, workload?.description ?? "");
    if (workload === undefined || "reason" in cell) throw new Error(NAMES[i]);
    const own = OWN.reduce(
      (sum, name) => sum + (workload.structures.get(name)?.lines ?? 0),
      said.api === "io_uring" ? IO_URING_LINES : 0,
    );
    const linesOf = (layout: string, initOnAlloc: boolean) =>
      traceCell({ ...cell, initOnAlloc }, findLayout(layout)).lines;
    const saved = (initOnAlloc: boolean) =>
      linesOf("page_offset", initOnAlloc) - linesOf("phys_packed", initOnAlloc);
    assertEquals(
      [workload.lines, own, saved(true), saved(false)],
      [said.lines, said.ownLines, said.saved.zeroed, said.saved.plain],
      NAMES[i],
    );
  }
});
