import { assertEquals } from "@std/assert";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { commandLab, DRAM, scattered, WIDE_LIMITS } from "./command_lab.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

// Blockspec table 4.6, the PRP side: bytes, offset in the page, entries
// behind PRP1, entries of each list page with its link, small pool or pages.
const TABLE: readonly [
  bytes: number,
  offset: number,
  entries: number,
  lists: readonly number[],
][] = [
  [4 * KIB, 0, 0, []],
  [4 * KIB, 512, 1, []], // PRP2 is the data
  [8 * KIB, 0, 1, []],
  // 8 KiB from 512 ends in the third page: PRP1 + 2 in a list.
  [8 * KIB, 512, 2, [2]],
  [12 * KIB, 0, 2, [2]],
  [64 * KIB, 0, 15, [15]],
  [128 * KIB, 0, 31, [31]],
  [128 * KIB, 512, 32, [32]],
  [128 * KIB, 4, 32, [32]],
  [132 * KIB, 0, 32, [32]],
  [136 * KIB, 0, 33, [33]],
  [132 * KIB, 512, 33, [33]],
  [1 * MIB, 0, 255, [255]],
  [2 * MIB, 0, 511, [511]],
  [2 * MIB + 4 * KIB, 0, 512, [512]],
  // One more: entry 512 moves to a new page, its slot becomes the link.
  [2 * MIB + 8 * KIB, 0, 513, [512, 2]],
  [4 * MIB, 0, 1023, [512, 512]],
  // 2047 = 4 x 511 + 3.
  [8 * MIB, 0, 2047, [512, 512, 512, 512, 3]],
  [8 * MIB, 4, 2048, [512, 512, 512, 512, 4]],
];

Deno.test("createPrpBuilder() builds every row of table 4.6 (T40)", () => {
  const lab = commandLab();
  for (const [bytes, offset, entries, lists] of TABLE) {
    const phys = DRAM + 8 * MIB + offset;
    const commands = lab.commands([{ pieces: [{ phys, bytes }] }]);
    assertEquals(commands.length, 1);
    const [command] = commands;
    const row = `${bytes} at ${offset}`;
    assertEquals(command?.pages.length, entries + 1, row);
    assertEquals(command?.listPages.map(([, count]) => count), lists, row);
    // Contiguous memory: PRP1 is the first byte, every other one a page.
    assertEquals(
      command?.pages,
      [
        phys,
        ...Array.from(
          { length: entries },
          (_, i) => phys - offset + (i + 1) * 4096,
        ),
      ],
      row,
    );
    assertEquals(command?.prp1, phys, row);
    assertEquals(
      command?.prp2,
      entries === 0
        ? 0
        : entries === 1
        ? phys - offset + 4096
        : command?.listPages[0]?.[0],
      row,
    );
    const end = (offset + bytes) % 4096;
    assertEquals(command?.lastPageBytes, end === 0 ? 4096 : end, row);
  }
});

Deno.test("createPrpBuilder() lists 32 scattered pages as 31 entries (T40)", () => {
  const lab = commandLab();
  const pieces = scattered(32);
  const [command] = lab.commands([{ pieces, write: true, sector: 8 }]);
  assertEquals(command?.listPages.map(([, count]) => count), [31]);
  assertEquals(command?.pages, pieces.map(({ phys }) => phys));
});

Deno.test("createPrpBuilder() takes lists from the pool that fits", () => {
  // A list of the small pool is 256 bytes long and aligned to that; a page is
  // aligned to 4096. 32 entries are the most for the small pool.
  const lab = commandLab();
  const regionOf = (address: number | undefined) => {
    const offset = (address ?? 0) - 2 * 2 ** 32; // ARENA_PHYS_HI_64
    return lab.assembly.memory.regions.find((region) =>
      offset >= region.offset && offset < region.offset + region.sizeBytes
    )?.structure;
  };
  const listRegions = (bytes: number, offset: number) =>
    lab.commands([{ pieces: [{ phys: DRAM + offset, bytes }] }])
      .flatMap((command) => command.listPages.map(([at]) => regionOf(at)));
  assertEquals(listRegions(132 * KIB, 0), ["nvme descriptor 256"]);
  assertEquals(listRegions(128 * KIB, 4), ["nvme descriptor 256"]);
  assertEquals(listRegions(136 * KIB, 0), ["nvme descriptor page"]);
  assertEquals(
    listRegions(8 * MIB, 4),
    Array.from({ length: 5 }, () => "nvme descriptor page"),
  );
});

Deno.test("createPath() cuts 2 MiB of scattered pages at max_segments (T39)", () => {
  // MDTS 9 is 2 MiB = 4096 sectors, but max_segments stays 256 (T38), which is
  // also what one bio holds; half of it shows that the limit itself cuts.
  assertEquals(nvmeLimits(9).maxSegments, 256);
  const cut = (maxSegments: number) =>
    commandLab({ limits: { ...nvmeLimits(9), maxSegments } })
      .commands([{ pieces: scattered(512) }])
      .map(({ firstBlock, blocks, pages, listPages }) => [
        firstBlock,
        blocks,
        pages.length,
        ...listPages.map(([, count]) => count),
      ]);
  assertEquals(cut(256), [[0, 2048, 256, 255], [2048, 2048, 256, 255]]);
  assertEquals(
    cut(128),
    [0, 1, 2, 3].map((i) => [i * 1024, 1024, 128, 127]),
  );
});

Deno.test("createPrpBuilder() refuses a first page that ends early", () => {
  // As if the virt boundary had not been there. 512 bytes from the middle of a
  // page and then a page: one more short piece does not make it right.
  const lab = commandLab({ limits: { ...WIDE_LIMITS, virtBoundaryMask: 0 } });
  const short = { phys: DRAM + 512, bytes: 512 };
  const page = { phys: DRAM + 8192, bytes: 4096 };
  for (const pieces of [[short, page], [page, short, page]]) {
    assertEquals(lab.submit([{ pieces }]), 1);
    assertEquals(lab.seen, []);
  }
  // To the end of its page it is a good beginning.
  const first = { phys: DRAM + 3584, bytes: 512 };
  assertEquals(lab.submit([{ pieces: [first, page] }]), 0);
  assertEquals(lab.seen[0]?.pages, [DRAM + 3584, DRAM + 8192]);
});
