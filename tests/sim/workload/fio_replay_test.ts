/** Traces that a job file of fio replays. */
import { assert, assertEquals } from "@std/assert";
import { deviceAt } from "../../../sim/workload/device_space.ts";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";
import { iologText } from "../../../sim/workload/write_iolog.ts";
import { LOG, read, withFiles } from "./job_folder.ts";

Deno.test("a job file does the I/Os of the trace that it replays", async () => {
  await withFiles({
    "d/j.fio": "[replay]\nioengine=null\nread_iolog=sub/x.iolog\niodepth=4\n",
    "d/sub/x.iolog": LOG,
  }, async (folder) => {
    const { rows, codes, source } = await read(`${folder}/d/j.fio`);
    assertEquals(rows, [
      [0, 8192, 4096, 10_000],
      [1, 20480, 8192, 25_000],
      [3, 65536, 4096, 30_000],
      [2, 0, 0, 40_000],
    ]);
    assertEquals(codes, ["unused-fio-options", "replayed-trims"]);
    assertEquals(source.title, "fio job file, replay");
    assertEquals([source.depth, source.batch], [4, 1]);
    const { lines, skipped } = source.rows.tally;
    assertEquals(lines, 8);
    assertEquals(skipped["header"], 1);
  });
});

Deno.test("fio's options of replaying do what they do in fio", async () => {
  const places = async (options: string) => {
    let found: (number | undefined)[][] = [];
    await withFiles({
      "j.fio": `[j]\nread_iolog=x.iolog\n${options}\n`,
      "x.iolog": "fio version 3 iolog\n10 a read 12800 512\n" +
        "20 b write 8192 4096\n30 b trim 512 512\n",
    }, async (folder) => {
      const { rows } = await read(`${folder}/j.fio`);
      found = rows.map(([op, at, , time]) => [op, at, time]);
    });
    return found;
  };
  const b = 2 ** 46; // the second file
  assertEquals(await places(""), [
    [0, 12800, 10_000],
    [1, b + 8192, 20_000],
    [3, b + 512, 30_000],
  ]);
  assertEquals(await places("replay_redirect=/dev/sdx\nreplay_no_stall=1"), [
    [0, 12800, 0],
    [1, 8192, 0],
    [3, 512, 0],
  ]);
  assertEquals(await places("replay_scale=2\nreplay_align=4k"), [
    [0, 4096, 10_000], // 6400 cut to 4096
    [1, b + 4096, 20_000],
    [3, b, 30_000],
  ]);
  assertEquals(await places("replay_skip=read,trim\nreplay_time_scale=50"), [
    [1, b + 8192, 40_000], // at half the speed
  ]);
  // Neither ends a replay, as in fio.
  assertEquals((await places("number_ios=1\nio_size=512\nloops=3")).length, 3);
});

Deno.test("copies of a job replay several traces, beside other jobs", async () => {
  const log = (offset: number) =>
    `fio version 3 iolog\n5 d read ${offset} 512\n6 d read ${offset} 512\n`;
  await withFiles({
    "j.fio": "[r]\nread_iolog=a:b\nnumjobs=2\n[w]\nrw=write\nsize=8k\n" +
      "[last]\nstonewall\nrw=trim\nsize=4k\n",
    "a": log(0),
    "b": log(1024),
  }, async (folder) => {
    const { rows, codes } = await read(`${folder}/j.fio`);
    assertEquals(rows.map(([op, at]) => [op, (at ?? 0) % 2 ** 46]), [
      [0, 0], // in turns
      [0, 1024],
      [1, 0],
      [0, 0],
      [0, 1024],
      [1, 4096],
      [3, 0],
    ]);
    assertEquals(rows.every(([, , , time]) => time === 0), true);
    assert(codes.includes("replay-times"), String(codes));
  });
});

Deno.test("what a replayed trace leaves in the counts stays there", async () => {
  await withFiles({
    "j.fio": "[r]\nread_iolog=x\n",
    "x": "fio version 3 iolog\n1 d read 100 512\n2 d sync_file_range 0 9\n",
  }, async (folder) => {
    const { source } = await read(`${folder}/j.fio`);
    const { ios, rounded, skipped, lines } = source.rows.tally;
    assertEquals([ios, rounded, lines], [1, 1, 3]);
    assertEquals(skipped["sync_file_range"], 1);
  });
});

Deno.test("a replayed trace longer than a batch comes whole", async () => {
  const ios = 10_000; // batches are of 4096
  const lines = Array.from(
    { length: ios },
    (_, i) => `${i} d read ${i * 512} 512`,
  );
  await withFiles({
    "j.fio": "[r]\nread_iolog=x\n",
    "x": `fio version 3 iolog\n${lines.join("\n")}\n`,
  }, async (folder) => {
    const { rows } = await read(`${folder}/j.fio`);
    assertEquals(rows.length, ios);
    assertEquals(rows.at(-1), [0, (ios - 1) * 512, 512, (ios - 1) * 1000]);
  });
});

Deno.test("a job's I/Os survive being logged and replayed", async () => {
  await withFiles({
    "j.fio": "[j]\nrw=randrw\nbs=512,8k\nsize=1m\nnrfiles=2\nfsync=5\n",
    "r.fio": "[r]\nread_iolog=j.iolog\n",
  }, async (folder) => {
    const { batches } = await openIoSource(`${folder}/j.fio`, { seed: 1 });
    let text = "";
    for await (const part of iologText(batches, { hasTimes: false })) {
      text += part;
    }
    await Deno.writeTextFile(`${folder}/j.iolog`, text);
    const made = await read(`${folder}/j.fio`);
    const replayed = await read(`${folder}/r.fio`);
    const ios = (rows: number[][]) =>
      rows.map(([op, at, length]) => [op, at, length]);
    assert(made.rows.length > 100);
    assertEquals(ios(replayed.rows), ios(made.rows));
  });
});

Deno.test("a hundred files of jobs survive being logged and replayed", async () => {
  await withFiles({
    // 31 and 69 files, of 3 and of 1 I/Os each.
    "j.fio": "[global]\nrw=write\nbs=4k\n[a]\nsize=372k\nnrfiles=31\n" +
      "[b]\nsize=276k\nnrfiles=69\n",
    "r.fio": "[r]\nread_iolog=j.iolog\n",
    "scaled.fio": "[r]\nread_iolog=j.iolog\nreplay_scale=2\n",
    "one.fio": "[r]\nread_iolog=j.iolog\nreplay_redirect=/dev/x\n",
  }, async (folder) => {
    const { batches } = await openIoSource(`${folder}/j.fio`, { seed: 1 });
    let text = "";
    for await (const part of iologText(batches, { hasTimes: false })) {
      text += part;
    }
    await Deno.writeTextFile(`${folder}/j.iolog`, text);
    assertEquals(text.match(/ add$/gm)?.length, 100);
    const ios = async (name: string) => {
      const { rows } = await read(`${folder}/${name}`);
      return rows.map(([op, at = NaN, length]) => [op, at, length] as const);
    };
    const made = await ios("j.fio");
    assertEquals(made.length, 31 * 3 + 69);
    const places = made.map(([, at]) => deviceAt(at));
    assertEquals(new Set(places.map(({ index }) => index)).size, 100);
    // From the 65th file on, 2 TiB each: the last begins at 2^52 + 35 * 2^41.
    const last = Math.max(...places.map(({ baseBytes }) => baseBytes));
    assertEquals(last, 2 ** 52 + 35 * 2 ** 41);
    assertEquals(await ios("r.fio"), made);
    const within = made.map(([, at], i) => at - (places[i]?.baseBytes ?? NaN));
    assertEquals(
      (await ios("scaled.fio")).map(([, at]) => at),
      within.map((at, i) => (places[i]?.baseBytes ?? NaN) + at / 2),
    );
    assertEquals((await ios("one.fio")).map(([, at]) => at), within);
  });
});
