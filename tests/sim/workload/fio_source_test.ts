/** Job files of fio: what they name, and job files that come as a stream. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openStream } from "../../../sim/text/headed_stream.ts";
import { openJobFile } from "../../../sim/workload/fio_source.ts";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";
import { TRACE_FORMATS } from "../../../sim/workload/trace_formats.ts";
import { LOG, read, withFiles } from "./job_folder.ts";

Deno.test("what a job file names is refused by its place", async () => {
  const cases: [string, string][] = [
    [
      "read_iolog=nope.iolog",
      'j.fio": line 2, column 12: found "nope.iolog", expected read_iolog to ' +
      "be a file that exists",
    ],
    [
      "read_iolog=.",
      "expected read_iolog to be a trace in the folder of the job file",
    ],
    ["read_iolog=sub", 'found "sub", expected read_iolog to be a file that'],
    ["read_iolog=/etc/passwd", "in the folder of the job file or below"],
    ["read_iolog=../x", "in the folder of the job file or below"],
    ["read_iolog=-", "in the folder of the job file or below"],
    [
      "read_iolog=x.csv",
      'found "x.csv", expected read_iolog to be a fio iolog or a binary ' +
      "blktrace, not MSR",
    ],
    ["read_iolog=j.fio", "Cannot read trace"],
    ["read_iolog=bad.iolog", 'bad.iolog": line 2, column 10: found "abc"'],
    ["include nope.fio", 'line 2, column 1: found "nope.fio"'],
  ];
  for (const [line, message] of cases) {
    await withFiles({
      "d/j.fio": `[j]\n${line}\nsize=1m\n`,
      "d/x.csv": "128166372003061629,usr,0,Read,10995532800,16384,30123\n",
      "d/bad.iolog": "fio version 3 iolog\n1 d read abc 5\n",
      "d/sub/y": "",
      "x": LOG,
    }, async (folder) => {
      const error = await assertRejects(
        () => read(`${folder}/d/j.fio`),
        SyntaxError,
      );
      assert(error.message.includes(message), error.message);
    });
  }
});

Deno.test("a job file includes others of its folder", async () => {
  await withFiles({
    "j.fio": "[global]\ninclude inc/common.fio\n[j]\nbs=8k\n",
    "inc/common.fio": "size=64k ; of all\ninclude more.fio\n",
    "inc/more.fio": "rw=write\nbs=4k\n",
  }, async (folder) => {
    const { rows } = await read(`${folder}/j.fio`);
    assertEquals(rows.length, 8);
    assertEquals(rows.at(-1), [1, 57344, 8192, 0]);
  });
});

Deno.test("jobs of several files are told, and lie apart", async () => {
  await withFiles({
    "j.fio": "[global]\nsize=4k\n[a]\n[b]\nrw=write\n[c]\nfilename=a.0.0\n",
  }, async (folder) => {
    const { rows, source } = await read(`${folder}/j.fio`);
    // [c] names the file that fio makes for [a].
    assertEquals(rows.map(([, at]) => at), [0, 2 ** 46, 0]);
    const [warning] = source.rows.warnings.filter(({ code }) =>
      code === "several-files"
    );
    assertEquals(warning?.message, "the jobs do I/O to 2 files");
  });
});

Deno.test("a job file that comes as a stream does what the file does", async () => {
  await withFiles({
    "j.fio": "[global]\ninclude inc/c.fio\n[j]\nrw=randrw\nsize=1m\n" +
      "[r]\nread_iolog=x.iolog\n",
    "inc/c.fio": "bs=8k\nfsync=3\n",
    "x.iolog": LOG,
  }, async (folder) => {
    const path = `${folder}/j.fio`;
    const { rows } = await read(path);
    assert(rows.length > 100);
    const text = await Deno.readTextFile(path);
    const stream = await openStream(
      "standard input",
      new Blob([text]).stream(),
    );
    // What stands in the folder of its path, whatever it is called.
    const { batches } = await openJobFile("standard input", stream, {
      seed: 1,
      path,
    });
    let ios = 0;
    for await (const batch of batches) {
      for (let i = 0; i < batch.count; i++, ios++) {
        assertEquals(
          [batch.op[i], batch.offsetBytes[i], batch.lengthBytes[i]],
          rows[ios]?.slice(0, 3),
        );
      }
    }
    assertEquals(ios, rows.length);
  });
});

Deno.test("a stream that is a job file names files of the working directory", async () => {
  const open = (name: string, text: string) =>
    openIoSource(name, {
      seed: 1,
      inputs: new Map([[name, () => new Blob([text]).stream()]]),
    });
  const made = await open("-", "[j]\nrw=write\nbs=4k\nsize=64k\n");
  for await (const batch of made.batches) assertEquals(batch.count, 16);
  // The file descriptor of a shell's <(...) is not in a folder of its own.
  for (
    const [name, told] of [["-", "standard input"], ["/dev/fd/0", "/dev/fd/0"]]
  ) {
    for (
      const [line, message] of [
        ["read_iolog=0", 'found "0", expected read_iolog to be a file that'],
        ["include 0", 'found "0", expected an included file that exists'],
        ["read_iolog=/dev/fd/0", "in the folder of the job file or below"],
        ["read_iolog=../x", "in the folder of the job file or below"],
        ["read_iolog=-", "in the folder of the job file or below"],
        ["bs=4x", 'found "4x", expected bs to be a size'],
      ]
    ) {
      const error = await assertRejects(
        () => open(name ?? "", `[j]\n${line}\n`),
        SyntaxError,
        message,
      );
      const start = `Cannot read fio job file "${told}": line 2, column `;
      assert(error.message.startsWith(start), error.message);
    }
  }
});

Deno.test("a pipe is no trace that is replayed and no file that is included", async () => {
  if (Deno.build.os === "windows") return;
  await withFiles({
    "r.fio": "[j]\nread_iolog=pipe\n",
    "i.fio": "[j]\nsize=1m\n include pipe\n",
  }, async (folder) => {
    // Opening one waits for somebody who writes to it, perhaps for ever.
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    await assertRejects(
      () => read(`${folder}/r.fio`),
      SyntaxError,
      'line 2, column 12: found "pipe", expected read_iolog to be a file that',
    );
    await assertRejects(
      () => read(`${folder}/i.fio`),
      SyntaxError,
      'line 3, column 2: found "pipe", expected an included file that exists',
    );
  });
});

Deno.test("a job file has no format of traces and no events", async () => {
  await withFiles({ "j.fio": "[j]\nsize=64k\n" }, async (folder) => {
    const path = `${folder}/j.fio`;
    const text = await Deno.readTextFile(path);
    for (const name of [path, "-"]) {
      const inputs = name === path
        ? {}
        : { inputs: new Map([[name, () => new Blob([text]).stream()]]) };
      for (const { id } of TRACE_FORMATS) {
        const error = await assertRejects(
          async () => {
            const options = { seed: 1, format: id, ...inputs };
            const { batches } = await openIoSource(name, options);
            for await (const batch of batches) assertEquals(batch.count, 0);
          },
          SyntaxError,
        );
        assertMatch(error.message, /: (line 1, column|record [01], byte) \d/);
      }
      for (const events of ["Q", "D", "C"] as const) {
        await assertRejects(
          () => openIoSource(name, { seed: 1, events, ...inputs }),
          RangeError,
          `by its ${events} events: found a fio job file, expected a trace`,
        );
      }
    }
  });
});
