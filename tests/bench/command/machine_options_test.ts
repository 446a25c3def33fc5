import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { lab } from "../lab_in_process.ts";

const EXACT = ["run", "--rounds", "0", "--cpu", "none", "--quiet"];

/** The layouts of the only cell, and the result. */
async function ran(args: readonly string[]) {
  const { status, out, err } = await lab([...EXACT, ...args, "--json", "-"]);
  assertEquals(status, 0, err);
  const result = resultSchema.parse(JSON.parse(out));
  const [cell] = result.cells;
  assert(cell !== undefined);
  const counts = (name: string) => {
    const found = cell.layouts.find((layout) => layout.name === name)?.counts;
    assert(found !== undefined, name);
    return found;
  };
  return { result, cell, counts };
}

Deno.test("lab run bounces, guards and maps high memory of 32-bit", async () => {
  const { result, cell, counts } = await ran([
    ...["--abi", "ilp32_pae", "--memory-start", "0x100000000"],
    ...["--dma-mask", "32", "--integrity", "t10"],
    ...["--workload", "128k-scattered", "--ios", "64"],
    ...["--layout", "page_offset"],
  ]);
  // 128 KiB are 256 blocks on 32 pages, each of them high memory.
  const { guardsPerIo, kmapsPerIo } = counts("page_offset");
  assertEquals(
    [guardsPerIo, kmapsPerIo],
    [256, 32],
  );
  assertEquals(cell.verifiedBytes, 8 << 20);
  assertStringIncludes(
    cell.setting ?? "",
    "requests of 252 KiB and 64 segments at most",
  );
  assertStringIncludes(
    cell.setting ?? "",
    "DMA mask of 32 bits, bounce pool of 64 MiB, T10 PI guards, memory from",
  );
  assertEquals(result.config.machine, {
    sgl: false,
    iommu: false,
    dmaMaskBits: 32,
    integrity: "t10",
    memoryStart: 2 ** 32,
  });
});

Deno.test("lab run merges I/O with metadata only by SGLs for it", async () => {
  const requestsOf = async (words: readonly string[]) => {
    const { counts, result } = await ran([
      ...["--workload", "seqread-128k", "--ios", "64", "--batch", "4"],
      ...["--layout", "page_offset", ...words],
    ]);
    return [counts("page_offset").requestsPerIo, result.config.limits];
  };
  const guarded = ["--integrity", "t10"];
  // Four I/Os of 128 KiB fill a request of 512 KiB.
  assertEquals((await requestsOf([]))[0], 0.25);
  assertEquals((await requestsOf(guarded))[0], 1);
  assertEquals((await requestsOf([...guarded, "--sgl"]))[0], 1);
  const [perIo, limits] = await requestsOf([
    ...[...guarded, "--sgl", "--metadata-sgl"],
  ]);
  assertEquals(perIo, 0.25);
  assertEquals(
    limits,
    nvmeLimits(7, { sgl: true, metadataSgl: true }),
  );
});

Deno.test("lab run waits where metadata or bounce slots are used up", async () => {
  for (
    const words of [
      // 128 buffers of metadata for 256 requests.
      ["--workload", "randread-4k", "--depth", "256", "--integrity", "t10"],
      // 1 MiB of slots for 32 requests of 128 KiB.
      ["--workload", "seqread-128k", "--bounce-pool", "1MiB", "--force-bounce"],
    ]
  ) {
    const { cell } = await ran([
      ...[...words, "--ios", "300", "--layout", "page_offset"],
    ]);
    assertEquals(cell.ios.total, 300);
  }
});

Deno.test("lab run hands P2P memory on in ranges", async () => {
  const { cell, counts } = await ran([
    ...["--p2p-producer", "ranges", "--workload", "1m-p2p"],
    ...["--layout", "phyr", "--ios", "64"],
  ]);
  // 1 MiB in 256 pages; whoever holds an address has one range of it.
  assertEquals(
    [counts("page_offset").segmentsPerIo, counts("phyr").segmentsPerIo],
    [256, 1],
  );
  assertEquals(counts("phyr").prpEntriesPerIo, 256);
  assertStringIncludes(cell.setting ?? "", "P2P memory in ranges");
});

Deno.test("lab run --submitter pagecache joins folios and pins none", async () => {
  const { cell, counts } = await ran([
    ...["--submitter", "pagecache", "--workload", "128k-scattered"],
    ...["--placement", "contiguous", "--ios", "64"],
    ...["--layout", "page_offset"],
  ]);
  assertEquals(counts("page_offset").segmentsPerIo, 1);
  assertStringIncludes(cell.setting ?? "", "page cache");
});

Deno.test("--init-on-alloc off leaves out the lines that zeroing touches", async () => {
  const zeroed = async (...options: string[]) => {
    const { status, out } = await lab([
      ...["explain", "--workload", "seq128k", "--json", "-", ...options],
    ]);
    assertEquals(status, 0);
    const touched: { structure: string; lines: number }[] =
      JSON.parse(out).touched;
    return touched.filter(({ structure }) => structure === "init_on_alloc")
      .reduce((sum, { lines }) => sum + lines, 0);
  };
  // 32 pages take an array for 64 vectors, 1024 bytes, and a list of 256: 16
  // lines and 4.
  assertEquals(await zeroed(), 20);
  assertEquals(await zeroed("--init-on-alloc", "on"), 20);
  assertEquals(await zeroed("--init-on-alloc", "off"), 0);
});

Deno.test("lab run --no-vmemmap costs a layout of pages a look into sections", async () => {
  const { counts } = await ran([
    ...["--no-vmemmap", "--workload", "4k-hot", "--ios", "32"],
    ...["--layout", "phyr"],
  ]);
  // With vmemmap the two touch the same lines (bench/guide/trust.md).
  const page = counts("page_offset").linesPerIo ?? 0;
  assert(page >= (counts("phyr").linesPerIo ?? 0) + 1);
});

Deno.test("lab run, explain and heat refuse contradictions in one line", async () => {
  const cases: [string[], string][] = [
    [["--dma-mask", "65"], "expected a whole number from 24 to 64"],
    [
      ["--dma-mask", "32", "--bounce-pool", "0"],
      "found a DMA mask of 32 bits and no bounce pool, expected a pool",
    ],
    [["--force-bounce", "--iommu"], "found an IOMMU, which maps instead"],
    [["--bounce-pool", "1 MB"], 'found "1 MB", expected a size such as'],
    [["--bounce-pool", "1000"], "expected a multiple of 256 KiB"],
    [["--integrity", "t11"], 'Cannot find integrity "t11" (nearest: "t10")'],
    [["--ranges", "maple"], "expected --recognise range"],
    [
      ["--init-on-alloc", "of"],
      'Cannot find init_on_alloc "of", expected one of: on, off',
    ],
    [
      ["--ranges", "mapel", "--recognise", "range"],
      'Cannot find structure of ranges "mapel" (nearest: "maple")',
    ],
    [
      ["--metadata-sgl", "--integrity", "t10"],
      "--metadata-sgl: found a controller of PRPs, expected --sgl",
    ],
    [
      ["--metadata-sgl", "--sgl"],
      "--metadata-sgl: found blocks without metadata, expected --integrity",
    ],
    [["--sgl-threshold", "4096"], "found a controller of PRPs, expected --sgl"],
    [["--memory-start", "0x1001"], "expected the address of a page"],
    [
      ["--topology", "q35", "--client", "nvme0"],
      'Cannot find PCI function "nvme0" in topology "q35"',
    ],
    [["--setting", "nr_request=4"], '(nearest: "nr_requests")'],
    [["--setting", "nr_requests=0"], "expected a whole number from 1 to"],
    [["--p2p-producer", "range"], '(nearest: "ranges")'],
    [["--submitter", "page"], 'Cannot find submitter "page" (nearest: "'],
    [
      ["--force-bounce", "--limit", "max_sectors=1024"],
      "found bouncing, which maps 258048 bytes at most",
    ],
  ];
  for (const command of ["run", "explain", "heat"]) {
    for (const [args, text] of cases) {
      const { status, out, err } = await lab([command, ...args, "--quiet"]);
      assertEquals([status, out], [2, ""], `${command} ${args.join(" ")}`);
      assertStringIncludes(err, text);
      assert(!/\n\s+at /.test(err), err);
    }
  }
  const { status, err } = await lab([
    ...["run", "--integrity", "t10", "--recognise", "map_first"],
  ]);
  assertEquals(status, 2);
  assertStringIncludes(err, "has no CPU address");
});

Deno.test("lab explain and heat show bounced I/O", async () => {
  const explained = await lab(["explain", "--force-bounce"]);
  assertEquals(explained.status, 0, explained.err);
  assertStringIncludes(explained.out, "from bus address 0x20000000");
  assert(explained.out.split("\n").every((line) => line.length <= 80));
  const heat = await lab([
    ...["heat", "--force-bounce", "--structure", "io_tlb_slot", "--ios", "8"],
  ]);
  assertEquals(heat.status, 0, heat.err);
  assertStringIncludes(heat.out, "all bounced");
});
