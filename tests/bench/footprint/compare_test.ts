import { assert, assertEquals } from "@std/assert";
import { compareRecordings } from "../../../bench/footprint/compare.ts";
import type { RecordedCell } from "../../../bench/footprint/recorded_cell.ts";
import type {
  RecordedStructure,
  Recording,
} from "../../../bench/footprint/recording.ts";
import { isExplained } from "../../../bench/footprint/result.ts";
import { formatFootprints } from "../../../bench/footprint/text.ts";
import type {
  TouchedLines,
  TouchedStructure,
} from "../../../bench/footprint/line_collector.ts";
import type { BufferPlacement } from "../../../bench/footprint/placement.ts";

/** Lines all read and written, unless told. */
function recorded(
  lines: number,
  more: Partial<RecordedStructure> = {},
): RecordedStructure {
  return {
    ...{ lines, linesRead: lines, linesWritten: lines, linesOfIos: [] },
    ...{ reads: 9, writes: 8, fields: [] },
    ...more,
  };
}

function boot(
  file: string,
  structures: Record<string, RecordedStructure>,
  more: Partial<Recording> = {},
): Recording {
  return {
    file,
    run: file,
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
    workloads: [{
      name: "one",
      description: "one api=pread:1 op=r bytes=4096 kind=alt",
      lines: 194,
      structures: new Map(Object.entries(structures)),
    }],
    ...more,
  };
}

/** A lab that touches so many lines, all read and written. */
function lab(
  lines: Record<string, number>,
  more: Partial<TouchedStructure> = {},
) {
  return (): TouchedLines => ({
    lines: 7,
    structures: new Map(
      Object.entries(lines).map(([name, n]) => [name, {
        ...{ lines: n, linesRead: n, linesWritten: n, reads: 2, writes: 1 },
        ...{ bytesRead: new Set<number>(), bytesWritten: new Set<number>() },
        ...more,
      }]),
    ),
  });
}

Deno.test("compareRecordings() has ranges over I/Os and boots of one set-up", () => {
  const sgl = boot("c", { bio: recorded(5), request: recorded(9) });
  const { footprints } = compareRecordings([
    boot("a", {
      bio: recorded(3, { linesOfIos: [3, 2] }),
      request: recorded(4),
    }),
    boot("b", { bio: recorded(4), request: recorded(6) }),
    // Another controller: its bios are placed as these, its requests not.
    {
      ...sgl,
      queue: sgl.queue.map((line) => line.replace("mask 4095", "mask 0")),
    },
  ], lab({ bio: 5, request: 5 }));
  const shown = footprints.map(({ file, structures }) => ({
    file,
    of: structures.map(({ name, kernelLines: { low, high }, equal }) =>
      `${name} ${low}-${high} ${equal}`
    ),
  }));
  assertEquals(shown, [
    { file: "a", of: ["bio 2-5 true", "request 4-6 true"] },
    { file: "b", of: ["bio 2-5 true", "request 4-6 true"] },
    { file: "c", of: ["bio 2-5 true", "request 9-9 false"] },
  ]);
});

Deno.test("compareRecordings() wants lines, lines read and lines written equal", () => {
  const equal = (kernel: RecordedStructure, own: Partial<TouchedStructure>) =>
    compareRecordings(
      [boot("a", { request: kernel })],
      lab({ request: 4 }, own),
    ).footprints[0]?.structures[0]?.equal;
  const all = { linesRead: 4, linesWritten: 4 };
  assertEquals(equal(recorded(4), all), true);
  assertEquals(equal(recorded(5), all), false);
  assertEquals(equal(recorded(4, { linesRead: 3 }), all), false);
  assertEquals(equal(recorded(4, { linesWritten: 0 }), all), false);
  // One I/O of the nine had a line less: what it read is not known exactly.
  const range = { linesOfIos: [4, 3], linesRead: 4 };
  assertEquals(equal(recorded(4, range), { ...all, linesRead: 3 }), true);
  assertEquals(equal(recorded(4, range), { ...all, linesRead: 2 }), false);
});

Deno.test("compareRecordings() names fields that one side alone touches", () => {
  const field = (
    offset: number,
    size: number,
    reads: number,
    writes: number,
  ) => ({ name: "", offset, size, reads, writes });
  const differences = (
    fields: RecordedStructure["fields"],
    own: { read: number[]; written: number[] },
  ) =>
    compareRecordings(
      [boot("a", { request: recorded(4, { fields }) })],
      lab({ request: 4 }, {
        bytesRead: new Set(own.read),
        bytesWritten: new Set(own.written),
      }),
    ).footprints[0]?.structures[0]?.fields;
  // Of struct request in 7.2: cmd_flags 24..27, rq_flags 28..31, tag 32..35.
  // Byte 26 is a load of cmd_flags, and of the lab any byte of it is enough.
  assertEquals(
    differences([field(26, 1, 3, 0), field(28, 4, 1, 1)], {
      read: [24, 28, 29],
      written: [28],
    }),
    undefined,
  );
  // One load of 8 bytes is one of two fields; a field of no load is no load.
  assertEquals(
    differences([field(24, 8, 1, 0), field(32, 4, 0, 1)], {
      read: [32],
      written: [24],
    }),
    {
      kernelOnlyRead: ["cmd_flags", "rq_flags"],
      labOnlyRead: ["tag"],
      kernelOnlyWritten: ["tag"],
      labOnlyWritten: ["cmd_flags"],
    },
  );
  // Nothing is said where a recording has no fields.
  assertEquals(differences([], { read: [24], written: [] }), undefined);
});

Deno.test("compareRecordings() shows what only one side has", () => {
  const result = compareRecordings(
    [boot("a", { nvme_queue: recorded(3), request_queue: recorded(7) })],
    lab({ nvme_dma_vec: 2 }),
  );
  const [one] = result.footprints;
  assertEquals(
    one?.structures.map((
      { name, kernelLines, labLines, equal },
    ) => [name, kernelLines.high, labLines, equal]),
    [["nvme_queue", 3, 0, false], ["nvme_dma_vec", 0, 2, false]],
  );
  assertEquals([one?.kernelLines, one?.modelledLines], [194, 3]);
  // Nobody has said why the lab has lists that this kernel has not.
  assertEquals(isExplained(result), false);
});

Deno.test("compareRecordings() moves what a recording shows elsewhere", () => {
  const split = (structures: Record<string, RecordedStructure>) => ({
    name: "one",
    description: `one api=pread:1 op=r bytes=${1 << 20} kind=huge`,
    lines: 500,
    structures: new Map(Object.entries(structures)),
  });
  // One struct request of 4 lines served both halves, the head of the folio is
  // no page of the data, and the entry behind the last is in another line.
  const fits = (placement: BufferPlacement) => ({
    request: placement.completion === "before-next" ? 4 : 8,
    page: placement.isFirstInFolio ? 257 : 256,
    "nvme cq": placement.completionsBefore === 3 ? 2 : 1,
  });
  const asked: BufferPlacement[] = [];
  const { footprints } = compareRecordings(
    [boot("a", {}, {
      workloads: [split({
        request: recorded(4),
        "struct page (data)": recorded(256),
        "nvme CQ": recorded(2),
      })],
    })],
    (_cell, placement) => {
      asked.push(placement);
      return lab(fits(placement))();
    },
  );
  assertEquals(
    footprints[0]?.structures.map(({ name, equal }) => [name, equal]),
    [["struct page (data)", true], ["request", true], ["nvme CQ", true]],
  );
  // All where they are, each thing elsewhere in turn, and no other.
  assertEquals(asked.length, 1 + 1 + 2 + 3);
  // What fits at once is moved nowhere.
  asked.length = 0;
  compareRecordings(
    [boot("a", {}, { workloads: [split({ request: recorded(8) })] })],
    (_cell, placement) => {
      asked.push(placement);
      return lab({ request: 8 })();
    },
  );
  assertEquals(asked.length, 1);
});

Deno.test("compareRecordings() has a place elsewhere equal as a whole", () => {
  const equal = (linesWritten: number) =>
    compareRecordings(
      [boot("a", { bio: recorded(3, { linesWritten: 2 }) })],
      lab({ bio: 2 }, {
        elsewhere: [{
          ...{ lines: 3, linesRead: 3, linesWritten, reads: 2, writes: 1 },
          ...{ bytesRead: new Set<number>(), bytesWritten: new Set<number>() },
        }],
      }),
    ).footprints[0]?.structures.map(({ labLines, equal }) => [labLines, equal]);
  assertEquals(equal(2), [[3, true]]);
  // Three lines, three of them written: no place has both.
  assertEquals(equal(3), [[2, false]]);
});

Deno.test("compareRecordings() leaves out what a file has no name for", () => {
  const header = { "kmem_cache_cpu": 1, request: 4 };
  const of = (structures: Record<string, RecordedStructure>) => {
    const [one] = compareRecordings(
      [boot("a", { request: recorded(4), ...structures })],
      lab(header),
    ).footprints;
    return [one?.untold, one?.structures.map(({ name }) => name)];
  };
  assertEquals(of({}), [["slub percpu cpu_slab"], ["request"]]);
  // By another name it is compared; sheaves are not it.
  assertEquals(of({ "slub percpu c": recorded(1) }), [
    [],
    ["request", "slub percpu cpu_slab"],
  ]);
});

Deno.test("compareRecordings() takes a plug out of io_uring's context", () => {
  const field = (name: string, offset: number, reads: number) => ({
    ...{ name: `submit_state.${name}`, offset, size: 8, reads, writes: 1 },
  });
  const { footprints } = compareRecordings([
    boot("a", {
      io_ring_ctx: recorded(12, {
        fields: [
          field("link.head", 264, 1),
          // Two lines: 288 to 319, and 320 on, the latter only written.
          field("plug.mq_list.head", 288, 3),
          field("plug.cur_ktime", 320, 0),
        ],
      }),
    }),
  ], lab({ blk_plug: 2 }, { linesRead: 1 }));
  assertEquals(
    footprints[0]?.structures.map((one) => [
      one.name,
      one.kernelLines.low,
      one.kernelLinesRead.low,
      one.kernelReads,
      one.kernelWrites,
      one.equal,
    ]),
    [["io_ring_ctx", 2, 1, 3, 2, true]],
  );
});

Deno.test("compareRecordings() traces a cell once, whatever boots it has", () => {
  const cells: RecordedCell[] = [];
  const boots = ["a", "b"].map((file) => boot(file, { bio: recorded(2) }));
  compareRecordings(boots, (cell) => {
    cells.push(cell);
    return lab({ bio: 2 })();
  });
  assertEquals(cells.length, 1);
});

Deno.test("formatFootprints() fits 80 columns and names each reason once", () => {
  const long = "n".repeat(90);
  const { workloads, ...rest } = boot(long, { nvme_queue: recorded(1234567) });
  const text = formatFootprints(compareRecordings([{
    ...rest,
    workloads: [
      ...workloads,
      ...workloads,
      ...workloads.map((one) => ({ ...one, description: "no such thing" })),
    ],
  }], lab({ nvme_queue: 1 })));
  for (const line of text.split("\n")) {
    assert(line.length <= 80 || line.includes(long), line);
  }
  assertEquals(text.match(/2x nvme_queue/g)?.length, 1);
  assert(text.includes("not covered:"));
});
