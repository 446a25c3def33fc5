import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { main } from "../../../bench/lab.ts";
import { inFolder, lab } from "../lab_in_process.ts";

/** Exact figures of two layouts, with what the caches make of them. */
const EXACT = [
  "run",
  "--rounds",
  "0",
  "--layout",
  "phys_packed_aligned4",
  "--recognise",
  "page",
  "--quiet",
];

/** One layout without the caches, where a test looks at something else. */
const QUICK = [
  ...["run", "--rounds", "0", "--layout", "page_offset"],
  ...["--recognise", "page", "--quiet", "--cpu", "none"],
];

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

Deno.test("lab run refuses a name it does not know and says the nearest", async () => {
  const cases: [string[], string][] = [
    [
      ["--layout", "phys_lem"],
      'Cannot find layout "phys_lem" (nearest: "phys_',
    ],
    [["--abi", "lp46"], 'Cannot find ABI "lp46" (nearest: "lp64")'],
    [
      ["--recognise", "pages"],
      'Cannot find P2P detection "pages" (nearest: "pa',
    ],
    [["--device", "nvme_prb"], 'Cannot find device "nvme_prb" (nearest: "nvme'],
    [["--limit", "max_sector=8"], '(nearest: "max_sectors")'],
    [["--limit", "max_sectors=x"], 'found "x", expected max_sectors=NUMBER'],
    [["--limit", "physical_block_size=512,logical_block_size=4096"], "below"],
    [["--topology", "one_swich"], 'Cannot read topology "one_swich"'],
    [["--client", "nvme0"], "found no --topology"],
    [["--submitter", "usr"], 'Cannot find submitter "usr" (nearest: "user")'],
    [["--kernel", "7.3"], 'Cannot find kernel "7.3" (nearest: "7.2")'],
    [["--placement", "hug"], 'Cannot find placement "hug" (nearest: "huge")'],
    [["--workload", "randrw4"], '(nearest: "randrw4k")'],
    [["--rounds", "-1"], "-1"],
    [["--rounds", "99999999999999999999"], "expected a whole number"],
    [["--seed", "1.5"], 'found "1.5", expected a whole number'],
    [["--layuot", "x"], "Cannot use --layuot: found no such option"],
  ];
  for (const [args, text] of cases) {
    const { status, out, err } = await lab(["run", ...args, "--quiet"]);
    assertEquals(status, 2, args.join(" "));
    assertEquals(out, "", args.join(" "));
    assertStringIncludes(err, text);
    assert(!/\n\s+at /.test(err), err);
  }
  const { status, err } = await lab(["rnu"]);
  assertEquals(status, 2);
  assertStringIncludes(err, 'Cannot find command "rnu" (nearest: "run")');
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

Deno.test("lab run refuses inputs that are no traces with one line", async () => {
  await inFolder(async (folder) => {
    const file = async (name: string, content: string | Uint8Array) => {
      const path = `${folder}/${name}`;
      if (typeof content === "string") await Deno.writeTextFile(path, content);
      else await Deno.writeFile(path, content);
      return path;
    };
    const log = "fio version 3 iolog\n1 f add\n2 f open\n3 f read 0 4096\n";
    const packed = new Uint8Array(
      await new Response(
        new Blob([log.repeat(50)]).stream().pipeThrough(
          new CompressionStream("gzip"),
        ),
      ).arrayBuffer(),
    );
    const paths = [
      folder,
      `${folder}/nothing`,
      await file("empty", ""),
      await file("garbage", crypto.getRandomValues(new Uint8Array(5000))),
      await file("short.gz", packed.subarray(0, packed.length - 9)),
      await file("bad.iolog", log + "4 f read x 4096\n"),
      await file("huge.iolog", log + "4 f read 0 99999999999999999999\n"),
      await file("no_io.iolog", "fio version 3 iolog\n1 f add\n2 f open\n"),
    ];
    for (const path of paths) {
      const { status, out, err } = await lab([...EXACT, "--workload", path]);
      assertEquals(status, 2, `${path}: ${err}`);
      assertEquals(out, "", path);
      assertEquals(err.trimEnd().split("\n").length, 1, err);
      assertStringIncludes(err, "lab: Cannot ");
      assert(!err.includes("NaN") && !err.includes("undefined"), err);
    }
    const { err } = await lab([...EXACT, "--workload", `${folder}/bad.iolog`]);
    assertStringIncludes(err, "line 5, column 10");
  });
});

Deno.test("lab run keeps finished cells when a later workload is bad", async () => {
  await inFolder(async (folder) => {
    const json = `${folder}/out.json`;
    await Deno.writeTextFile(`${folder}/bad`, "fio version 3 iolog\n1 f\n");
    const { status, out, err } = await lab([
      ...QUICK,
      "--workload",
      `randrw4k,${folder}/bad`,
      "--json",
      json,
    ]);
    assertEquals(status, 2);
    const text = out.replaceAll(/\s+/g, " ");
    assertStringIncludes(text, "page_offset 16 30.85");
    assertStringIncludes(text, "unfinished: 1 of 2 cells.");
    assertStringIncludes(err, "line 2");
    const result = resultSchema.parse(
      JSON.parse(await Deno.readTextFile(json)),
    );
    assertEquals(result.cells.length, 1);
  });
});

Deno.test("lab run refuses an output path before it works", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/old.json`, "precious");
    for (const target of [`${folder}/no/such`, folder, `${folder}/old.json`]) {
      const { status, out, err } = await lab([...EXACT, "--json", target]);
      assertEquals(status, 2);
      assertEquals(out, "");
      assertStringIncludes(err, `lab: Cannot write "${target}"`);
    }
    assertEquals(await Deno.readTextFile(`${folder}/old.json`), "precious");
  });
});

Deno.test("lab run keeps what is finished when it is interrupted", async () => {
  const abort = new AbortController();
  let out = "";
  const status = await main(
    [...QUICK, "--workload", "randrw4k,seq128k", "--json", "-"],
    {
      writeOut: (text) => out += text,
      writeError: () => {},
      errorIsTerminal: false,
      color: false,
      signal: abort.signal,
    },
  );
  assertEquals(status, 0);
  assertEquals(JSON.parse(out).cells.length, 2);

  let text = "";
  const interrupted = await main(
    [...QUICK, "--workload", "randrw4k,seq128k", "--details"],
    {
      writeOut: (part) => {
        text += part;
        abort.abort(new Error("Interrupted")); // after the first cell
      },
      writeError: () => {},
      errorIsTerminal: false,
      color: false,
      signal: abort.signal,
    },
  );
  assertEquals(interrupted, 130);
  assertStringIncludes(text, "randrw4k: fio iolog");
  assert(!text.includes("seq128k: fio iolog"));
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

Deno.test("lab run refuses a CPU or a breakdown that it does not know", async () => {
  const cpu = await lab(["run", "--cpu", "zen5"]);
  assertEquals(cpu.status, 2);
  assertStringIncludes(cpu.err, 'Cannot find CPU "zen5" (nearest: "zen4")');
  const by = await lab(["run", "--by", "line"]);
  assertEquals(by.status, 2);
  assertStringIncludes(by.err, "expected one of: structure, stage");
});

Deno.test("lab run refuses a layout that can take part in no cell", async () => {
  const { status, out, err } = await lab([
    "run",
    "--layout",
    "dma_vec",
    "--rounds",
    "0",
    "--quiet",
  ]);

  assertEquals([status, out], [2, ""]);
  assertEquals(
    err,
    "lab: Cannot use --recognise page with --layout dma_vec: found dma_vec " +
      "on lp64: a DMA address names no page, provider or route, expected one " +
      "of 19 layouts such as page_offset and phys_flags (lab layouts says " +
      "which detections each serves)\n",
  );
});

Deno.test("lab --version names the tool and its version", async () => {
  const { status, out } = await lab(["--version"]);

  assertEquals(status, 0);
  assertMatch(out, /^bvec-lab \d+\.\d+\.\d+\n$/);
});
