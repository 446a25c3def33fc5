import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { explanationSchema } from "../../../bench/explain/explanation.ts";
import { explained, lab } from "./explain_rig.ts";
import { inFolder } from "../lab_in_process.ts";

Deno.test("lab explain fits two screens and 80 columns, whatever the I/O", async () => {
  const cases = [
    ...["1m-p2p", "64k-mixed", "unaligned-4k", "mixedbs", "seqwrite-1m"].map(
      (workload) => ["--workload", workload],
    ),
    ["--workload", "1m-p2p", "--device", "nvme_prp_mdts5", "--kernel", "6.12"],
    ["--workload", "1m-p2p", "--layout", "rlist_24", "--recognise", "range"],
    ["--workload", "128k-scattered", "--abi", "ilp32", "--layout", "phys_len"],
  ];
  for (const args of cases) {
    const { status, out, err } = await lab(args);
    assertEquals(status, 0, `${args}: ${err}`);
    const rows = out.split("\n");
    assert(rows.length <= 100, `${args}: ${rows.length} lines`);
    for (const row of rows) assert(row.length <= 80, row);
    assert(!/NaN|undefined|null/.test(out), out);
    for (const step of ["1 Buffer", "2 Submit", "3 Split", "4 Map", "5 Cach"]) {
      assertStringIncludes(out, `\n${step}`);
    }
  }
});

Deno.test("lab explain finds an I/O far into a trace", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/long.iolog`;
    const ios = Array.from(
      { length: 40_000 },
      (_, i) => `${i} f ${i === 7 ? "sync 0 0" : `write ${i * 8192} 4096`}\n`,
    );
    await Deno.writeTextFile(path, "fio version 3 iolog\n" + ios.join(""));
    const { io } = await explained(["--workload", path, "--io", "39999"]);
    assertEquals(
      [io.index, io.operation, io.sector],
      [39_999, "write", 39_999 * 16],
    );
    const beyond = await lab(["--workload", path, "--io", "40000"]);
    assertEquals(beyond.status, 2);
    assertEquals(
      beyond.err,
      `lab: Cannot explain I/O 40000 of "${path}": it has 40000 I/Os, ` +
        `expected 0 to 39999\n`,
    );
    const flush = await lab(["--workload", path, "--io", "7"]);
    assertEquals(flush.status, 2);
    assertStringIncludes(flush.err, "it is a flush and carries no data");
  });
});

Deno.test("lab explain refuses what it does not know, and writes one file", async () => {
  const cases: [string[], string][] = [
    [["--layout", "page_ofset"], 'layout "page_ofset" (nearest: "page_offset"'],
    [["--abi", "lp46"], 'ABI "lp46" (nearest: "lp64")'],
    [["--recognise", "pages"], 'P2P detection "pages" (nearest: "page")'],
    [["--kernel", "7.3"], 'kernel "7.3" (nearest: "7.2")'],
    [["--device", "nvme"], 'device "nvme" (nearest: "nvme_prp", '],
    [["--placement", "hug"], 'placement "hug" (nearest: "huge")'],
    [["--workload", "4k-hott"], 'nearest: "4k-hot"'],
    [["--io", "-1"], 'found "-1", expected a whole number'],
    [["--layout", "page_offset", "--recognise", "segment"], "no flag in the"],
    [
      ["--layout", "rlist_8", "--workload", "unaligned-4k"],
      "multiples of 4096",
    ],
  ];
  for (const [args, text] of cases) {
    const { status, out, err } = await lab(args);
    assertEquals(status, 2, args.join(" "));
    assertEquals(out, "");
    assertStringIncludes(err, text);
    assert(!/\n\s+at /.test(err), err);
  }
  await inFolder(async (folder) => {
    const json = `${folder}/io.json`;
    const { status, out } = await lab(["--json", json]);
    assertEquals(status, 0);
    assertStringIncludes(out, "1 Buffer: 32 pieces");
    explanationSchema.parse(JSON.parse(await Deno.readTextFile(json)));
    assertEquals((await lab(["--json", json])).status, 2);
  });
});

Deno.test("lab explain says that an I/O is a part of a longer one", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/long.iolog`;
    // 20 MiB are replayed as 8, 8 and 4 MiB; one of 8 MiB is whole.
    await Deno.writeTextFile(
      path,
      "fio version 3 iolog\n0 d add\n0 d open\n" +
        "1 d read 0 20971520\n2 d write 8388608 8388608\n3 d close\n",
    );
    const parts: unknown[] = [];
    for (const io of ["0", "1", "2", "3"]) {
      const words = ["--workload", path, "--io", io];
      const { status, out, err } = await lab([...words, "--json", "-"]);
      assertEquals(status, 0, err);
      parts.push(JSON.parse(out).io.part);
    }
    assertEquals(parts, [
      { wholeBytes: 20971520, doneBytes: 0 },
      { wholeBytes: 20971520, doneBytes: 8388608 },
      { wholeBytes: 20971520, doneBytes: 16777216 },
      null,
    ]);
    const { out } = await lab(["--workload", path, "--io", "2"]);
    assertStringIncludes(
      out.replaceAll(/\s+/g, " "),
      "This is a part of a read of 20971520 bytes, bytes 16777216 to 20971519 " +
        "of it: the lab replays what is longer than 8 MiB as several I/Os",
    );
    assertEquals(out.split("\n").filter((line) => line.length > 80), []);
  });
});
