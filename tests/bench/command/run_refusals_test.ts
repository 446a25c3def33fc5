/** Words, inputs and outputs that lab run refuses before it works. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inFolder, lab } from "../lab_in_process.ts";
import { EXACT } from "./short_runs.ts";

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
    [
      ["--limit", "max_sectors=8,max_segments=9,max_sectors=16"],
      '"max_sectors": found two values, expected one',
    ],
    [["--limit", "max_sectors=8=16"], 'found "8=16", expected max_sectors=NU'],
    [
      ["--layout", "phyr", "--baseline", "phys_len"],
      "not among the layouts of",
    ],
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
  for (const words of [["rnu"], ["help", "rnu"]]) {
    const { status, out, err } = await lab(words);
    assertEquals([status, out], [2, ""]);
    assertStringIncludes(err, 'Cannot find command "rnu" (nearest: "run")');
  }
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
