import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deviceAt } from "../../../sim/workload/device_space.ts";
import { isFioJobFile, parseFioJobs } from "../../../sim/workload/fio_job.ts";
import { fixedSize } from "../../../sim/workload/io_job.ts";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";

Deno.test("parseFioJobs() gives sections what [global] says before them", () => {
  const { jobs, warnings } = parseFioJobs(
    "x.fio",
    `; a comment
[global]
bs=4k
size=1g
randseed=0x2a
iodepth=32
iodepth_batch=8

[a]
rw=randrw
rwmixread=70
number_ios=2k
random_distribution=zipf:0.9
[b]
  readwrite = write
blocksize=64k,128k
offset=1m
io_size=2m
numjobs=2
norandommap
stonewall
fsync=32
`,
  );
  assertEquals(warnings, []);
  const [a, first, second] = jobs;
  assertEquals(jobs.map((job) => job.name), ["a", "b.0", "b.1"]);
  assert(a !== undefined && first !== undefined && second !== undefined);
  assertEquals(a.sizes, [fixedSize(4096), fixedSize(4096), fixedSize(4096)]);
  assertEquals([a.pattern, a.readPercent, a.ios], ["randrw", 70, 2048]);
  assertEquals(a.distribution, { kind: "zipf", theta: 0.9 });
  assertEquals([a.seed, a.depth, a.batch, a.usesMap], [42, 32, 8, true]);
  assertEquals([a.sizeBytes, a.ioBytes], [2 ** 30, 2 ** 30]);
  assertEquals(first.sizes, [
    fixedSize(65536),
    fixedSize(131072),
    fixedSize(131072), // the last value holds for trims too
  ]);
  assertEquals([first.offsetBytes, first.ioBytes], [2 ** 20, 2 ** 21]);
  assertEquals([first.usesMap, first.flushEvery], [false, 32]);
  assertEquals([first.waits, second.waits], [true, false]);
});

Deno.test("parseFioJobs() reads bssplit and bsrange as fio does", () => {
  const sizes = (line: string) =>
    parseFioJobs("x", `[j]\nsize=1g\n${line}\n`).jobs[0]?.sizes[0];
  assertEquals(sizes("bssplit=4k/10:64k/50:32k/40"), {
    kind: "split",
    parts: [
      { bytes: 4096, percent: 10 },
      { bytes: 65536, percent: 50 },
      { bytes: 32768, percent: 40 },
    ],
  });
  // HOWTO: sizes without a share divide the rest: 50 for two of them.
  assertEquals(sizes("bssplit=4k/50:1k/:32k/"), {
    kind: "split",
    parts: [
      { bytes: 4096, percent: 50 },
      { bytes: 1024, percent: 25 },
      { bytes: 32768, percent: 25 },
    ],
  });
  // What is left of 100 goes to the last, as fio's get_next_buflen() does.
  assertEquals(sizes("bssplit=4k/10:64k/50"), {
    kind: "split",
    parts: [{ bytes: 4096, percent: 10 }, { bytes: 65536, percent: 90 }],
  });
  assertEquals(sizes("bsrange=1k-4k"), {
    kind: "range",
    leastBytes: 1024,
    mostBytes: 4096,
  });
  // HOWTO, kb_base=1024: k is 1024, KiB is 1000. fio 3.33 takes ki without B
  // for k, other than its HOWTO says (tests/data/fio/sections.log, [ki]).
  assertEquals(sizes("bs=1kib"), fixedSize(1000));
  assertEquals(sizes("bs=1ki"), fixedSize(1024));
  assertEquals(sizes("bs=1MB"), fixedSize(1 << 20));
});

Deno.test("parseFioJobs() names the options that it does not use", () => {
  const { warnings } = parseFioJobs(
    "x.fio",
    "[j]\nsize=1m\nioengine=io_uring\ndirect=1\nfixedbufs\nruntime=10\n",
  );
  assertEquals(warnings.map(({ code, message }) => [code, message]), [[
    "unused-fio-options",
    'job file "x.fio": not used here: direct, fixedbufs, ioengine, runtime',
  ]]);
  assertEquals(parseFioJobs("x", "[j]\n").warnings[0]?.code, "no-job-size");
});

Deno.test("parseFioJobs() names line, column and what was expected", () => {
  const cases = [
    [
      "[j]\nrwmixraed=70\n",
      'line 2, column 1: found "rwmixraed", expected an option of fio such as ' +
      '"rwmixread"',
    ],
    ["[j]\n  rw=randreed\n", 'line 2, column 6: found "randreed", expected rw'],
    ["[j]\nbs=\n", "line 2, column 4: found nothing, expected bs to be a size"],
    ["[j]\nbs=4x\n", 'line 2, column 4: found "4x", expected bs to be a size'],
    ["[j]\nbs = -1\n", 'line 2, column 6: found "-1", expected bs to be'],
    ["[j]\nbs=0\n", 'line 2, column 4: found "0", expected bs to be'],
    ["[j]\nsize=9999999p\n", 'found "9999999p", expected size to be a number'],
    ["[j]\nrwmixread=101\n", "expected rwmixread to be a number from 0 to 100"],
    ["[j]\nbssplit=4k/60:8k/60\n", "expected bssplit to be sizes and shares"],
    ["[j]\nrandom_distribution=zipf:1\n", "zipf:THETA (not 1, at most 10)"],
    ["[j]\nrandom_distribution=zoned:1/2\n", "expected random_distribution to"],
    ["rw=read\n", 'line 1, column 1: found "rw=read", expected a section'],
    ["[j\nrw=read\n", 'line 1, column 1: found "[j", expected a section'],
    [
      "[j]\nzonemode=zbd\n",
      'line 2, column 10: found "zbd", expected zonemode to be none or ' +
      "strided: I/Os at the write pointers of zones (zbd) are not modelled",
    ],
    ["[j]\noffset=5z\n", "zones (z) of zoned devices are not modelled"],
    ["[j]\nopendir=/x\n", "which files lie in a folder is not modelled"],
    ["[j]\ntrim_percentage=5\n", "trims of a share of the writes that are"],
    ["[j]\nmerge_blktrace_file=x\n", "merging of traces is not modelled"],
    [
      "[j]\nioengine=cpuio\n",
      'found "ioengine=cpuio", expected a job that reads, writes or trims a ' +
      "file or a device; this engine burns CPU time",
    ],
    ["[j]\nzonesize=1m\n", 'expected job "j" to have zonemode=strided beside'],
    ["[j]\nsize=110%\n", "or a percentage of at most 100"],
    ["[j]\nrw=randread:x\n", "rw to be randread with a number of I/Os"],
    ["[j]\nfilesize=8k\noffset=9k\n", 'expected job "j" to have an offset'],
    ["[j]\nkb_base=1001\n", "expected kb_base to be 1000 or 1024"],
    ["[j]\nwait_for=k\n[k]\n", 'job "j" to wait for one section before it'],
    ["[j]\nwait_for=j\n", 'job "j" to wait for one section before it'],
    ["[j]\nnrfiles=50000\nnumjobs=2\nsize=9g\n", "at most 65536 files of all"],
    ["[j]\nnumjobs=9p\n", "expected numjobs to be a number from 1 to 4096"],
    ["[global]\nrw=read\n", "expected a section other than [global]"],
    ["[j]\nbs=1m\nsize=4k\n", 'expected job "j" to have a size that holds'],
  ] as const;
  for (const [text, message] of cases) {
    assertThrows(() => parseFioJobs("x.fio", text), SyntaxError, message);
  }
});

Deno.test("parseFioJobs() reads or refuses any options", () => {
  const key = fc.constantFrom(
    ..."rw bs bssplit bsrange size offset number_ios numjobs rwmixread fsync"
      .split(" "),
    "random_distribution",
    "direct",
    "",
    "[b]",
  );
  const value = fc.oneof(
    fc.constantFrom(
      ..."read randrw 4k 1g 4k/50:8k 1k-8k zipf:1.1 normal:5 : / , - 0x 1e3 1"
        .split(" "),
    ),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, value), { maxLength: 5 }),
      (options) => {
        const text = "[j]\n" +
          options.map(([key, value]) => `${key}=${value}\n`).join("");
        try {
          const { jobs } = parseFioJobs("x", text);
          return !JSON.stringify(jobs).includes("null,null");
        } catch (error) {
          return error instanceof SyntaxError;
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("parseFioJobs() says why it does not use an option", () => {
  const { warnings } = parseFioJobs(
    "x.fio",
    "[j]\nsize=1m\nioengine=rbd\npool=p\nruntime=10\nthread\nfdp=1\n" +
      "buffer_pattern=1\nwrite_bw_log\n",
  );
  assertEquals(warnings.map(({ code, hint }) => [code, hint]), [[
    "unused-fio-options",
    "ioengine: how an I/O is made, not which; pool: options of I/O engines; " +
    "runtime: when I/Os start and how fast; here a job ends with its bytes " +
    "or I/Os; thread: processes, memory and files of the machine that fio " +
    "runs on; fdp: options newer than fio 3.33, whose jobs the lab reads; " +
    "buffer_pattern: what is written and how it is checked; write_bw_log: " +
    "what fio measures and reports",
  ]]);
});

Deno.test("parseFioJobs() names each kind of remark once", () => {
  const { warnings } = parseFioJobs(
    "x.fio",
    "[a]\nbs=4ki\n[b]\nbs= 512k\nsize=1m\n[c]\n[cpu]\nioengine=cpuio\n" +
      "[d]\nrw=randtrimwrite\noffset=8k\nsize=32k\n" +
      "[e]\nrw=randread\nbssplit=512/50:4k/50\nsize=2t\n",
  );
  const told = warnings.map(({ code, message }) => [code, message]);
  assertEquals(told, [
    ["no-job-size", 'jobs "a", "c" have no size'],
    [
      "jobs-without-io",
      'job file "x.fio": left out: "cpu" for ioengine=cpuio: this engine ' +
      "burns CPU time",
    ],
    [
      "fio-units",
      'job file "x.fio": as fio 3.33 reads them: "4ki" is 4096 bytes, " 512k" ' +
      "is 512 bytes",
    ],
    ["no-random-map", 'job "e" has more blocks than a map of 2^29'],
    [
      "fio-quirk",
      'job "d": fio before 3.41 adds the offset of a randtrimwrite to its ' +
      "writes once more",
    ],
    ["unused-fio-options", 'job file "x.fio": not used here: ioengine'],
  ]);
});

Deno.test("parseFioJobs() adds each [global] to those before it", () => {
  const { jobs } = parseFioJobs(
    "x",
    "[global]\nsize=8k\n[a]\n[global more] ; fio takes any such title\n" +
      "rw=write\n[b]\n[globals]\nsize=16k\n[c]\n",
  );
  assertEquals(
    jobs.map(({ name, pattern, sizeBytes }) => [name, pattern, sizeBytes]),
    [["a", "read", 8192], ["b", "write", 8192], ["c", "write", 16384]],
  );
});

Deno.test("parseFioJobs() shares files as fio does", () => {
  const files = (text: string) => {
    const { jobs } = parseFioJobs("x", `[global]\nsize=64k\n${text}`);
    return jobs.map((job) =>
      job.files.map((file) => file.baseBytes / 2 ** 46).join(" ")
    );
  };
  // A file for each job and copy, unless they are named.
  assertEquals(files("[a]\n[b]\nnumjobs=2\n"), ["0", "1", "2"]);
  assertEquals(files("filename=f\n[a]\n[b]\nnumjobs=2\n"), ["0", "0", "0"]);
  assertEquals(files("[a]\nnrfiles=2\n[b]\nfilename=a.0.1\n"), ["0 1", "1"]);
  // fio adds a section's filename to that of [global].
  assertEquals(files("filename=f\n[a]\nfilename=g:h\n[b]\n"), ["0 1 2", "0"]);
  assertEquals(files("[a]\ndirectory=d:e\nnumjobs=3\n"), ["0", "1", "2"]);
  assertEquals(
    files("filename_format=x.$filenum\nnrfiles=2\n[a]\n[b]\n"),
    ["0 1", "0 1"],
  );
  // A copy whose files are all those of the first has none, and no I/O.
  const twice = "[a]\nfilename_format=x\nnumjobs=2\n";
  assertEquals(files(twice), ["0"]);
  assertEquals(
    parseFioJobs("x", `${twice}size=1m\n`).warnings[0]?.message,
    'job "a": 1 of 2 copies do I/O, for fio gives the others no file where ' +
      "their names are taken",
  );
  assertEquals(files("[/dev/sda]\nnumjobs=2\n[b]\nfilename=/dev/sda\n"), [
    "0",
    "0",
    "0",
  ]);
});

Deno.test("parseFioJobs() moves copies by offset_increment", () => {
  // fio 3.33: offset_increment=1m, and 25 % of 64 KiB from 25 % on.
  const starts = (text: string) =>
    parseFioJobs("x", `[j]\nsize=64k\nnumjobs=3\n${text}`).jobs
      .map((job) => job.files[0]?.startBytes);
  assertEquals(starts("offset_increment=1m\n"), [0, 1 << 20, 2 << 20]);
  assertEquals(starts("offset=25%\noffset_increment=25%\n"), [
    16384,
    32768,
    49152,
  ]);
});

Deno.test("parseFioJobs() places files as those of an iolog", () => {
  const placed = (text: string) => parseFioJobs("x", `[j]\n${text}`);
  const { jobs, files } = placed("size=4m\nnrfiles=1000\n");
  assertEquals(files, 1000);
  const bases = jobs[0]?.files.map((file) => file.baseBytes) ?? [];
  assertEquals(bases.slice(0, 3), [0, 2 ** 46, 2 ** 47]);
  assertEquals(bases.slice(63, 66), [
    63 * 2 ** 46,
    2 ** 52,
    2 ** 52 + 2 ** 41, // 2 TiB for each of the next 1024
  ]);
  assertEquals(bases.map((base) => deviceAt(base).index), [...bases.keys()]);
  // 3 TiB each are too long for that, but not for equal parts of 64 TiB.
  const [long] = placed("size=300t\nnrfiles=100\n").jobs;
  assertEquals(
    long?.files.map(({ baseBytes }) => baseBytes),
    [...Array(100).keys()].map((index) => index * 2 ** 46),
  );
  assertThrows(
    () => parseFioJobs("x", "[j]\nsize=100p\nnrfiles=3\n"),
    SyntaxError,
  );
});

Deno.test("isFioJobFile() looks for a section first", () => {
  const head = (text: string) => new TextEncoder().encode(text);
  assert(isFioJobFile(head("; note\n\n[global]\n")));
  assert(isFioJobFile(head("\ufeff# note\n  [j] ; of one job\nrw=read\n")));
  // A licence that is longer than what is looked at.
  assert(isFioJobFile(head("# all rights\n".repeat(400).slice(0, 4096))));
  assert(!isFioJobFile(head("# a comment alone\n")));
  assert(!isFioJobFile(head("fio version 3 iolog\n")));
  assert(!isFioJobFile(head("")));
});

Deno.test("a job file's names reach the title printably", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "[a\x1b[2J]\nsize=1m\nrw=read\n");
    const { title } = await openIoSource(path, { seed: 1 });
    assertEquals(title, "fio job file, a\\x1b[2J");
  } finally {
    await Deno.remove(path);
  }
});
