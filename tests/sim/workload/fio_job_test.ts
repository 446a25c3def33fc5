import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { isFioJobFile, parseFioJobs } from "../../../sim/workload/fio_job.ts";
import { fixedSize } from "../../../sim/workload/io_job.ts";
import { openIoSource } from "../../../sim/workload/workload.ts";

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
  // HOWTO, kb_base=1024: k is 1024, ki is 1000.
  assertEquals(sizes("bs=1ki"), fixedSize(1000));
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

Deno.test("isFioJobFile() looks for a section first", () => {
  const head = (text: string) => new TextEncoder().encode(text);
  assert(isFioJobFile(head("; note\n\n[global]\n")));
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
