import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lab } from "../lab_in_process.ts";

Deno.test("lab heat draws the lines of a structure in 80 columns", async () => {
  for (const structure of ["bio", "request", "page", "nvme_iod"]) {
    const { status, out } = await lab([
      ...["heat", "--structure", structure, "--ios", "20"],
    ]);
    assertEquals(status, 0);
    assertStringIncludes(out, `${structure} of page_offset, randrw4k, lp64`);
    assert(out.split("\n").every((line) => line.length <= 80), out);
    assert(/^byte +\+0 +\+8 .* line/m.test(out), out);
  }
});

Deno.test("lab heat --json counts words, lines and stages alike", async () => {
  const { status, out } = await lab([
    ...["heat", "--workload", "seq128k", "--structure", "bio_vec"],
    ...["--layout", "phys_packed", "--ios", "10", "--json", "-"],
  ]);
  assertEquals(status, 0);
  const heat = JSON.parse(out);
  assertEquals([heat.schemaVersion, heat.ios], [1, 10]);
  // 32 segments of 12 bytes are 384 bytes, 48 words, 6 lines, all of them used.
  // 32 page pointers are staged from (12 - 8) * 64 = 256 on, up to 512.
  const offsets = (cells: { offsetBytes: number }[]) =>
    cells.map(({ offsetBytes }) => offsetBytes);
  assertEquals(
    offsets(heat.words),
    Array.from({ length: 64 }, (_, i) => i * 8),
  );
  assertEquals(
    offsets(heat.lines),
    Array.from({ length: 8 }, (_, i) => i * 64),
  );
  for (const { accessesPerIo, stages } of [...heat.words, ...heat.lines]) {
    const sum = Object.values<number>(stages).reduce((a, b) => a + b, 0);
    assertEquals(sum.toFixed(6), accessesPerIo.toFixed(6));
  }
});

Deno.test("lab heat says which structures there are", async () => {
  const { status, err } = await lab(["heat", "--structure", "inode"]);
  assertEquals(status, 2);
  assertStringIncludes(err, 'Cannot find structure "inode"');
  assertStringIncludes(err, "bio_vec");
});

Deno.test("lab heat refuses a layout that cannot hold the workload", async () => {
  const { status, err } = await lab([
    ...["heat", "--layout", "rlist_8", "--placement", "unaligned"],
  ]);
  assertEquals(status, 2);
  assertStringIncludes(
    err,
    'Cannot run I/Os with layout "rlist_8" on ABI "lp64":',
  );
});

Deno.test("lab heat --depth spreads I/Os in flight over as many objects", async () => {
  const heat = async (depth: string) => {
    const { status, out } = await lab([
      ...["heat", "--structure", "bio", "--ios", "64", "--depth", depth],
      ...["--json", "-"],
    ]);
    assertEquals(status, 0);
    return JSON.parse(out);
  };
  const [one, many] = [await heat("1"), await heat("32")];
  assertEquals([one.depth, many.depth], [1, 32]);
  // Objects are laid over each other, so that the bio of an I/O is as hot, but
  // for the slab allocator's link.
  const accesses = ({ lines }: typeof one) =>
    lines.reduce(
      (sum: number, line: { accessesPerIo: number }) =>
        sum + line.accessesPerIo,
      0,
    );
  assertEquals(Math.abs(accesses(one) - accesses(many)) < 1, true);
  const { status, out } = await lab(["heat", "--depth", "32", "--ios", "64"]);
  assertEquals(status, 0);
  assertStringIncludes(out.replaceAll("\n", " "), "64 I/Os, 32 in flight");
  assertEquals((await lab(["heat", "--depth", "0"])).status, 2);
});

Deno.test("lab heat --fields counts loads and stores of each field by stage", async () => {
  const { status, out } = await lab([
    ...["heat", "--fields", "--structure", "nvme_iod", "--ios", "10"],
    ...["--json", "-"],
  ]);
  assertEquals(status, 0);
  const fields: {
    name: string;
    readsPerIo: number;
    writesPerIo: number;
    stages: Record<string, { readsPerIo: number; writesPerIo: number }>;
  }[] = JSON.parse(out).fields;
  const of = (name: string) => fields.find((field) => field.name === name);
  // nvme_try_complete_req() increments the generation, nvme_setup_cmd() reads
  // it for the command's id.
  assertEquals(of("req.genctr")?.stages, {
    map: { readsPerIo: 1, writesPerIo: 0 },
    complete: { readsPerIo: 1, writesPerIo: 1 },
  });
  for (const { readsPerIo, writesPerIo, stages } of fields) {
    const sum = (which: "readsPerIo" | "writesPerIo") =>
      Object.values(stages).reduce((all, stage) => all + stage[which], 0);
    assertEquals(sum("readsPerIo").toFixed(6), readsPerIo.toFixed(6));
    assertEquals(sum("writesPerIo").toFixed(6), writesPerIo.toFixed(6));
  }
});

Deno.test("lab heat --fields knows vectors of the layout, and says whose it knows", async () => {
  const { status, out } = await lab([
    ...["heat", "--fields", "--structure", "bio_vec", "--ios", "5"],
    ...["--layout", "len31_p2p", "--workload", "seq128k"],
  ]);
  assertEquals(status, 0);
  assert(out.split("\n").every((line) => line.length <= 80), out);
  // Written once by extraction, 32 of them; bit-fields of one word together.
  // 32 pointers of 8 bytes lie at 256 to 511 of the array of 64: each is over a
  // bv_phys, and those that begin 4 or 8 bytes into a vector, 21, over a bv_len.
  assert(/^bv_phys .* \d+\/64 /m.test(out), out);
  assert(/^bv_len and bv_p2p .* \d+\/53 /m.test(out), out);
  assertStringIncludes(out.replaceAll("\n", " "), "page pointers that");
  const soa = await lab([
    ...["heat", "--fields", "--structure", "bio_vec"],
    ...["--layout", "soa_phys_len"],
  ]);
  assertEquals(soa.status, 2);
  assertStringIncludes(
    soa.err.replaceAll("\n", " "),
    'Cannot count fields of layout "soa_phys_len"',
  );
  const unknown = await lab([
    ...["heat", "--fields", "--structure", "blkdev_dio"],
  ]);
  assertEquals(unknown.status, 2);
  assertStringIncludes(
    unknown.err,
    'Cannot find structure with known fields "blkdev_dio"',
  );
});
