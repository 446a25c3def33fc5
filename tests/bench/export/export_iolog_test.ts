import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inFolder, lab as runLab } from "../lab_in_process.ts";
import { askWitness } from "../witness.ts";

const EXACT = [
  "run",
  "--rounds",
  "0",
  "--layout",
  "page_offset",
  "--cpu",
  "none",
];

function lab(args: string[]) {
  return runLab([...EXACT, "--recognise", "page", ...args]);
}

Deno.test("lab run --iolog writes a log that fio replays I/O by I/O", async () => {
  await inFolder(async (folder) => {
    const log = `${folder}/out.iolog`;
    const { status, err } = await lab(
      ["--workload", "mixedbs", "--iolog", log],
    );
    assertEquals(status, 0, err);
    assertStringIncludes(err, "2064 I/Os, replay with fio --read_iolog");
    // The shipped log, written by fio itself, is the same but for the file.
    const shipped = new URL(
      "../../../bench/data/mixedbs.iolog",
      import.meta.url,
    );
    const ios = (text: string) =>
      text.split("\n").filter((line) => / (read|write) /.test(line))
        .map((line) => line.replace("fio.dat", "bvec-lab"));
    assertEquals(
      ios(await Deno.readTextFile(log)),
      ios(await Deno.readTextFile(shipped)),
    );
    const fio = await askWitness("fio", [
      "--name=replay",
      "--ioengine=null",
      `--read_iolog=${log}`,
      "--replay_no_stall=1",
      "--output-format=json",
      "--eta=never",
    ], { cwd: folder });
    if (fio === undefined) return;
    assert(fio.success, fio.err);
    assertEquals(fio.err, "");
    const [job] = JSON.parse(fio.out).jobs;
    // grep -c and the sums of the last column of the shipped log.
    assertEquals(
      [job.error, job.read.total_ios, job.write.total_ios, job.sync.total_ios],
      [0, 1171, 829, 64],
    );
    assertEquals([job.read.io_bytes, job.write.io_bytes], [21713408, 17503744]);
  });
});

Deno.test("lab run --iolog leaves what exists, and takes one workload", async () => {
  await inFolder(async (folder) => {
    const log = `${folder}/out.iolog`;
    await Deno.writeTextFile(log, "precious");
    const exists = await lab(["--workload", "randrw4k", "--iolog", log]);
    assertEquals(exists.status, 2);
    assertStringIncludes(exists.err, "the file exists, expected a new path");
    assertEquals(await Deno.readTextFile(log), "precious");

    const many = await lab(["--iolog", `${folder}/b`]);
    assertEquals(many.status, 2);
    assertStringIncludes(
      many.err,
      "2 workloads are run (4k-hot, 128k-scattered), expected --workload",
    );

    const stdout = await lab(["--workload", "randrw4k", "--iolog", "-"]);
    assertEquals(stdout.status, 2);
    assertStringIncludes(stdout.err, 'to "-", expected a file path');

    const forced = await lab(
      ["--workload", "randrw4k", "--iolog", log, "--force"],
    );
    assertEquals(forced.status, 0, forced.err);
    assertStringIncludes(await Deno.readTextFile(log), "fio version 3 iolog\n");

    // A bad line far down, and a log without I/O: nothing is left behind.
    const head = "fio version 3 iolog\n1 f add\n2 f open\n";
    await Deno.writeTextFile(
      `${folder}/bad`,
      head + "3 f read 0 512\n".repeat(9000) + "4 f read x 1\n",
    );
    await Deno.writeTextFile(`${folder}/none`, head);
    for (const [name, text] of [["bad", "line 9004"], ["none", "no I/O"]]) {
      const { status, err } = await lab(
        ["--workload", `${folder}/${name}`, "--iolog", `${folder}/new`],
      );
      assertEquals(status, 2);
      assertStringIncludes(err, `${text}`);
    }
    const names = [];
    for await (const { name } of Deno.readDir(folder)) names.push(name);
    assertEquals(names.toSorted(), ["bad", "none", "out.iolog"]);
  });
});
