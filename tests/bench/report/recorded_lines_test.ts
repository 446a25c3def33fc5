import { assertEquals, assertStringIncludes } from "@std/assert";
import { recordedCell } from "../../../bench/footprint/recorded_cell.ts";
import { readRecordingFile } from "../../../bench/footprint/read_recording.ts";
import { traceCell } from "../../../bench/footprint/trace_cell.ts";
import {
  RECORDED_LINES,
  recordedLines,
} from "../../../bench/report/recorded_lines.ts";
import { recordedNote } from "../../../bench/report/footprint_columns.ts";
import { answer } from "../../../bench/report/answer.ts";
import { fixedCell, fixedResult } from "./fixed_result.ts";
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

Deno.test("recordedLines() are those of a cell's own way of submitting", () => {
  const cell = { workload: "128k-scattered", abi: "lp64", submitter: "user" };
  assertEquals(recordedLines({ ...cell, api: "pread" })?.lines, 257);
  // Without a word it is io_uring.
  assertEquals(recordedLines(cell)?.lines, 309);
  assertEquals(
    [
      { ...cell, api: "aio" },
      { ...cell, abi: "ilp32" },
      { ...cell, submitter: "pagecache" },
      { ...cell, workload: "4k-hot" }, // that one had registered buffers
      { ...cell, workload: "seq128k" },
    ].map(recordedLines),
    Array(5).fill(undefined),
  );
  assertEquals(
    recordedLines({ ...cell, workload: "4k-hot", submitter: "registered" })
      ?.lines,
    224,
  );
});

Deno.test("tables and answer quote the recording of the same I/O, or name its API", () => {
  const own = fixedCell({ workload: "128k-scattered", submitter: "user" });
  const said = (cell: typeof own) => [
    recordedNote(cell),
    answer.render(fixedResult({ cells: [cell] })).replaceAll("\n", " "),
  ];
  for (const text of said(own)) {
    assertStringIncludes(text, "309 lines for 128 KiB in 32 pages by io_uring");
    assertEquals(text.includes("257"), false);
  }
  for (const text of said({ ...own, api: "pread" })) {
    assertStringIncludes(text, "257 lines for 128 KiB in 32 pages by pread");
    assertEquals(text.includes("309"), false);
  }
  const [note = "", screen = ""] = said(fixedCell());
  assertStringIncludes(
    note,
    "touching 224 lines for 4 KiB registered by io_uring to 665 lines for 1 MiB of " +
      "P2P memory by pread (",
  );
  assertStringIncludes(screen, "224 lines for 4 KiB registered by io_uring");
});
