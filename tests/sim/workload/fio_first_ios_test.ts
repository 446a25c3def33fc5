/** The first N reads and writes of job files that include and replay others. */
import { assertEquals, assertRejects } from "@std/assert";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";
import { WINDOW_OP } from "../../../sim/workload/window.ts";
import { read, withFiles } from "./job_folder.ts";

const isData = (op: number | undefined) =>
  op === WINDOW_OP.read || op === WINDOW_OP.write;

/** The rows up to and with the nth read or write. */
function upTo(rows: readonly number[][], ios: number): readonly number[][] {
  let left = ios;
  return rows.filter(([op]) => left > 0 && (left -= isData(op) ? 1 : 0, true));
}

/** Reads, writes, syncs, reads and trims in turn, so many lines of them. */
function log(lines: number): string {
  const ops = ["read", "write", "sync", "read", "trim"];
  return "fio version 3 iolog\n0 d add\n0 d open\n" + Array.from(
    { length: lines },
    (_, i) => `${i} d ${ops[i % 5]} ${512 * i} 512\n`,
  ).join("") + "99999 d close\n";
}

const FILES = {
  "x.iolog": log(20_000), // batches are of 4096
  "short.iolog": log(10),
  "inc/common.fio": "bs=8k\nfsync=3\n",
  "inc/replay.fio": "read_iolog=short.iolog\nreplay_skip=trim\n",
};

const JOBS: readonly (readonly [string, string])[] = [
  ["a trace", "[r]\nread_iolog=x.iolog\n"],
  ["a trace without its reads", "[r]\nread_iolog=x.iolog\nreplay_skip=read\n"],
  [
    "a trace without writes and syncs",
    "[r]\nread_iolog=x.iolog\nreplay_skip=write,sync\n",
  ],
  [
    "copies of two traces, and what comes behind them",
    "[r]\nread_iolog=x.iolog:short.iolog\nnumjobs=3\n[w]\nstonewall\n" +
    "rw=write\nsize=8k\n",
  ],
  [
    "jobs beside a trace",
    "[w]\nrw=randwrite\nbs=4k\nsize=256k\nfsync=2\n[r]\n" +
    "read_iolog=short.iolog\n[t]\nrw=randtrim\nsize=64k\n",
  ],
  [
    "options that are included",
    "[global]\ninclude inc/common.fio\n[w]\nrw=write\nsize=1m\n[r]\n" +
    "include inc/replay.fio\n",
  ],
  [
    "trims with their writes, and sizes that are drawn",
    "[t]\nrw=randtrimwrite\nbssplit=512/50:4k/50\nsize=64k\n[v]\nstonewall\n" +
    "rw=randrw\nbsrange=512-4k\nsize=64k\nverify=md5\n",
  ],
  [
    "ends of its own",
    "[a]\nrw=randrw\nsize=64k\nnumber_ios=7\nloops=2\n[b]\nrw=write\n" +
    "size=64k\nio_size=128k\nnrfiles=3\n",
  ],
];

for (const [name, job] of JOBS) {
  Deno.test(`the first N I/Os of a job file are its first N: ${name}`, async () => {
    await withFiles({ ...FILES, "j.fio": job }, async (folder) => {
      const path = `${folder}/j.fio`;
      const whole = await read(path);
      const { reads, writes } = whole.source.rows.tally;
      const most = reads + writes;
      for (const ios of [1, 2, 7, most - 1, most, most + 1, 10 * most]) {
        const { rows, source } = await read(path, { ios });
        const expected = upTo(whole.rows, ios);
        assertEquals(rows.length, expected.length, `${ios}`);
        // The first row that differs, if any: there are 20000.
        const at = rows.findIndex((row, i) =>
          String(row) !== String(expected[i])
        );
        assertEquals(rows[at], expected[at], `row ${at} of ${ios}`);
        const { tally, warnings } = source.rows;
        assertEquals(tally.reads + tally.writes, Math.min(ios, most));
        assertEquals(tally.ios, rows.length);
        assertEquals(
          source.title,
          whole.source.title +
            (ios > most
              ? ""
              : ios === 1
              ? ", first read or write"
              : `, first ${ios} reads and writes`),
        );
        // What is said of the whole job file is said of its beginning.
        const parsed = ["unused-fio-options", "several-files", "no-job-size"];
        const ofFile = (codes: readonly string[]) =>
          codes.filter((code) => parsed.includes(code));
        assertEquals(
          ofFile(warnings.map(({ code }) => code)),
          ofFile(whole.codes),
        );
      }
    });
  });
}

Deno.test("what a trace leaves out behind the first N I/Os is not counted", async () => {
  const lines = [
    ...["fio version 3 iolog", "0 d add", "0 d open", "0 d read 0 512"],
    ...["1 d read 0 0", "2 d write 0 500", "3 d trim 512 512"],
    ...["4 d write 0 500", "5 d read 0 0", "6 d read 0 512", "7 d close"],
  ];
  await withFiles({
    "x.iolog": lines.join("\n") + "\n",
    "j.fio": "[r]\nread_iolog=x.iolog\n",
    "w.fio": "[r]\nread_iolog=x.iolog\nreplay_skip=read\n",
  }, async (folder) => {
    const counts = async (name: string, ios?: number) => {
      const { source, codes } = await read(
        `${folder}/${name}`,
        ios === undefined ? {} : { ios },
      );
      const { ios: all, rounded, skipped } = source.rows.tally;
      return { all, rounded, skipped, codes };
    };
    const head = { header: 1, "file add": 1, "file open": 1 };
    // The same as of the trace itself.
    for (const ios of [1, 2, 3, 4]) {
      const { source } = await read(`${folder}/x.iolog`, { ios });
      const { all, rounded, skipped } = await counts("j.fio", ios);
      const { tally } = source.rows;
      assertEquals(
        { all, rounded, skipped },
        { all: tally.ios, rounded: tally.rounded, skipped: tally.skipped },
      );
    }
    assertEquals(await counts("j.fio", 2), {
      all: 2,
      rounded: 1,
      skipped: { ...head, "I/O of zero length": 1 },
      codes: [], // the trim stands behind them
    });
    assertEquals((await counts("j.fio", 3)).codes, ["replayed-trims"]);
    // The first write is found behind a read that is left out.
    assertEquals(await counts("w.fio", 1), {
      all: 1,
      rounded: 1,
      skipped: {
        ...head,
        "I/O of zero length": 1,
        "left out by replay_skip": 1,
      },
      codes: [],
    });
    assertEquals((await counts("w.fio")).skipped, {
      ...head,
      "I/O of zero length": 2,
      "left out by replay_skip": 2,
      "file close": 1,
    });
  });
});

Deno.test("a trace that is malformed behind the first N I/Os is not read so far", async () => {
  await withFiles({
    "x.iolog": log(5) + "what\n",
    "y.iolog": log(20_000),
    "j.fio": "[r]\nread_iolog=x.iolog\n[s]\nread_iolog=y.iolog\n",
  }, async (folder) => {
    const path = `${folder}/j.fio`;
    assertEquals((await read(path, { ios: 3 })).source.rows.tally.reads, 2);
    await assertRejects(
      () => read(path),
      SyntaxError,
      'x.iolog": line 10, column 1: found "what"',
    );
  });
});

Deno.test("the traces of a job file are closed however it ends", {
  sanitizeResources: true,
}, async () => {
  // The test runner fails a test that leaves a file open.
  const job = "[r]\nread_iolog=x.iolog\n[s]\nread_iolog=y.iolog\n";
  await withFiles({
    "x.iolog": log(60_000), // more than is read at once
    "y.iolog": log(60_000),
    "bad.iolog": log(5) + "what\n",
    "j.fio": job,
    "late.fio": job + "[t]\nread_iolog=bad.iolog\n",
    "none.fio": job + "[t]\nread_iolog=none.iolog\n",
    "job.fio": job + "[t]\nread_iolog=j.fio\n",
  }, async (folder) => {
    const path = `${folder}/j.fio`;
    await read(path, { ios: 3 });
    const unread = await openIoSource(path, { seed: 1 });
    await unread.close();
    const begun = await openIoSource(path, { seed: 1 });
    for await (const batch of begun.batches) {
      assertEquals(batch.count, 4096);
      break;
    }
    for (const name of ["late", "none", "job"]) {
      await assertRejects(() => read(`${folder}/${name}.fio`), SyntaxError);
    }
  });
});
