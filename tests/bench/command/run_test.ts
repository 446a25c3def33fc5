/** Exact figures that lab run prints, and what stands around them. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { readResult } from "../../../bench/result/read_result.ts";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { inFolder, lab } from "../lab_in_process.ts";
import { EXACT, QUICK } from "./short_runs.ts";

/** Runs once, however many tests look at it: what it printed and its JSON. */
function shared(args: readonly string[]): () => Promise<SharedRun> {
  let run: Promise<SharedRun> | undefined;
  return () => run ??= runBoth(args);
}

interface SharedRun {
  readonly out: string;
  readonly json: string;
}

async function runBoth(args: readonly string[]): Promise<SharedRun> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/result.json`;
    const { status, out } = await lab([...args, "--json", file]);
    assertEquals(status, 0);
    return { out, json: await Deno.readTextFile(file) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const randomRun = shared([...EXACT, "--workload", "randrw4k", "--details"]);

Deno.test("lab run prints exact figures of a shipped iolog", async () => {
  const { out } = await randomRun();
  // 2000 single-page I/Os: one segment of 16 or 12 bytes, one PRP each.
  assertStringIncludes(
    out.replaceAll("\n", " "),
    "2000 I/Os (1392 reads, 608 writes, 4 skipped)",
  );
  const row = (name: string) =>
    out.split("\n").find((line) => line.startsWith(`${name} `))?.split(/ +/);
  assertEquals(row("page_offset")?.slice(1, 8), [
    "16",
    "16",
    "1",
    "1",
    "1",
    "1",
    "1",
  ]);
  assertEquals(row("phys_packed_aligned4")?.slice(1, 4), ["12", "12", "1"]);
  assert(out.split("\n").every((line) => line.length <= 80));
});

Deno.test("lab run --json - writes nothing but a valid result", async () => {
  const { status, out } = await lab([
    ...EXACT,
    "--workload",
    "seq128k",
    "--json",
    "-",
  ]);
  assertEquals(status, 0);
  const result = resultSchema.parse(JSON.parse(out));
  const [cell] = result.cells;
  assertEquals(cell?.ios, {
    total: 512,
    reads: 512,
    writes: 0,
    others: 0,
    bytes: 512 * 131072,
    skipped: 4,
    rounded: 0,
    cut: 0,
  });
  // 128 KiB in 32 scattered pages: blockspec 2.12, G1 with 32 vectors. Their 32
  // page pointers begin behind 64 times what a vector has beyond a pointer: at
  // 64 * 8 = 512 (4 lines more), and at 64 * 4 = 256 (128 bytes in vectors).
  const counts = cell?.layouts.map(({ name, counts }) => [
    name,
    counts.segmentsPerIo,
    counts.prpEntriesPerIo,
    counts.bvecBytesPerIo,
    counts.bvecLinesPerIo,
  ]);
  assertEquals(counts, [
    ["page_offset", 32, 32, 512 + 256, 8 + 4],
    ["phys_packed_aligned4", 32, 32, 256 + 256, 4 + 4],
  ]);
});

Deno.test("lab run warns of I/Os that it cut or widened", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/long.iolog`;
    // Short I/Os first: they are what is traced, and 8 MiB again and again
    // would be all of this test's time.
    const short = Array.from(
      { length: 1500 },
      (_, i) => `3 f read ${i * 4096} 4096\n`,
    );
    await Deno.writeTextFile(
      path,
      "fio version 3 iolog\n1 f add\n2 f open\n" + short.join("") +
        "4 f read 0 16777216\n5 f read 100 4097\n",
    );
    const { status, out } = await lab([...QUICK, "--workload", path]);
    assertEquals(status, 0);
    // On the first screen: what was run is not what the file says.
    const text = out.replaceAll(/\s+/g, " ");
    assertStringIncludes(text, "1 I/O is longer than 8 MiB");
    assertStringIncludes(text, "1 I/O was widened to whole sectors");
  });
});

Deno.test("lab run tells in its result how it was called", async () => {
  const { json } = await randomRun();
  assertEquals(
    JSON.parse(json).config.command,
    "run --rounds 0 --layout phys_packed_aligned4 --recognise page " +
      "--workload randrw4k",
  );
});

Deno.test("lab run --by breaks the footprint down in 80 columns", async () => {
  for (const by of ["structure", "stage"]) {
    const { status, out } = await lab([
      ...[...QUICK, "--workload", "seq128k", "--by", by],
    ]);
    assertEquals(status, 0);
    assertStringIncludes(
      out,
      `page_offset, by ${by}, per I/O (256 traced; queued: 32 in flight)`,
    );
    assert(out.split("\n").every((line) => line.length <= 80), out);
    const row = (name: string) =>
      out.split("\n").find((line) => line.startsWith(`${name} `));
    // 32 vectors of 16 bytes are 8 lines, 32 page pointers 4 more, all bytes
    // of them useful.
    if (by === "structure") {
      assert(/ 768 +12 +100% +12$/.test(row("bio_vec") ?? ""));
    } else assert(row("complete") !== undefined);
  }
});

Deno.test("lab run --cpu models another CPU, or none", async () => {
  const layoutsOf = (json: string) =>
    resultSchema.parse(JSON.parse(json)).cells[0]?.layouts ?? [];
  const run = async (cpu: string[]) =>
    layoutsOf(
      (await runBoth([...EXACT, "--workload", "randrw4k", ...cpu])).json,
    );
  const [zen4] = layoutsOf((await randomRun()).json);
  assertEquals(zen4?.modelled?.cpu, "zen4");
  assertEquals(
    zen4?.modelled?.levels.map(({ name }) => name),
    ["L1D", "L2", "L3"],
  );
  const [old] = await run(["--cpu", "pentium3"]);
  assertEquals(old?.modelled?.cpu, "pentium3");
  const [none] = await run(["--cpu", "none"]);
  assertEquals(none?.modelled, null);
  // The rest does not depend on the CPU.
  assertEquals(none?.counts, zen4?.counts);
});

Deno.test("a cell that is asked for twice is run once, and its result can be read", async () => {
  const { status, out } = await lab([
    ...["run", "--workload", "seq128k,seq128k", "--abi", "lp64,lp64"],
    ...["--recognise", "page,page", "--layout", "phyr,phyr", "--ios", "8"],
    ...["--rounds", "0", "--cpu", "none", "--json", "-", "--quiet"],
  ]);
  assertEquals(status, 0);
  const { cells } = readResult(out, "standard output");
  assertEquals(
    cells.map(({ layouts }) => layouts.map(({ name }) => name)),
    [["page_offset", "phyr"]],
  );
});

Deno.test("lab --version names the tool and its version", async () => {
  const { status, out } = await lab(["--version"]);

  assertEquals(status, 0);
  assertMatch(out, /^bvec-lab \d+\.\d+\.\d+\n$/);
});
