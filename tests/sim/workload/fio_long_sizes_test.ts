/** Block sizes of job files above MAX_RW_COUNT, however they are said. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseFioJobs } from "../../../sim/workload/fio_job.ts";
import { WINDOW_OP } from "../../../sim/workload/window.ts";
import { read, withFiles } from "./job_folder.ts";

// MAX_RW_COUNT is INT_MAX & PAGE_MASK.
const MOST = 2147479552;
const EXPECTED = "to be at most 2147479552 bytes in a read or write " +
  "(MAX_RW_COUNT)";

/** Jobs by their options, and where the size is named that is too long. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["rw=read\nbs=2g", 'line 3, column 4: found "2g", expected bs '],
  [`rw=read\nbs=${MOST + 1}`, 'line 3, column 4: found "2147479553"'],
  ["rw=write\nbs=4k,2g", 'line 3, column 4: found "4k,2g", expected bs '],
  ["rw=randrw\nbs=4k,2g,4k", "line 3, column 4: found "],
  ["bs=2048m\nrw=write", "line 2, column 4: found "],
  ["blocksize = 0x7ffff001", "line 2, column 13: found "],
  ["bs=(1+1)*1073741824", "line 2, column 4: found "],
  ["kb_base=1000\nbs=2g\nbs=2147483648", "line 4, column 4: found "],
  ["bsrange=4k-2g", 'line 2, column 9: found "4k-2g", expected bsrange '],
  ["bsrange=2g-4k", "line 2, column 9: found "],
  ["bsrange=2g:3g", "line 2, column 9: found "],
  ["rw=write\nbsrange=4k-8k,4k-2g", "line 3, column 9: found "],
  ["blocksize_range=4k-2g\nbs_unaligned", "line 2, column 17: found "],
  [
    "rw=randread\nbssplit=4k/90:2g/10",
    'line 3, column 9: found "4k/90:2g/10", expected bssplit ',
  ],
  ["bssplit=4k/99:99999999999999/1", "line 2, column 9: found "],
  ["rw=randwrite\nbssplit=4k,4k/50:2g/50", "line 3, column 9: found "],
  // An alignment makes no I/O longer, and none shorter either.
  ["rw=randread\nbs=2g\nba=4k", "line 3, column 4: found "],
  ["rw=randread\nba=4g\nbs=2g", "line 4, column 4: found "],
  // A write of randtrimwrite is as long as the trim before it.
  ["rw=randtrimwrite\nbs=4k,4k,2g", "line 3, column 4: found "],
  ["rw=trimwrite\nbs=4k,2g,4k", "line 3, column 4: found "],
  // Sequential I/Os have the first size, random ones the second.
  ["rw=randread:8\nbs_is_seq_rand\nbs=4k,2g", "line 4, column 4: found "],
  ["rw=write\nbs_is_seq_rand\nbs=2g,4k", "line 4, column 4: found "],
  // The option that a later one does not override.
  ["rw=randrw\nbs=2g\nbs=,4k", "line 3, column 4: found "],
  ["rw=read\nbssplit=4k/50:2g/50\nbsrange=4k-8k", "line 3, column 9: found "],
];

Deno.test("a size above MAX_RW_COUNT is refused by its place, in every form", () => {
  for (const [options, message] of REFUSED) {
    const error = assertThrows(
      () => parseFioJobs("x.fio", `[j]\n${options}\nsize=1t\n`),
      SyntaxError,
      `Cannot read fio job file "x.fio": ${message}`,
      options,
    );
    assertEquals(error.message.endsWith(EXPECTED), true, error.message);
  }
});

Deno.test("a size that no read or write has is no matter", () => {
  for (
    const options of [
      `bs=${MOST}`,
      `bsrange=4k-${MOST}`,
      `bssplit=4k/50:${MOST}/50`,
      "rw=read\nbs=4k,2g", // only writes would have it
      "rw=write\nbs=2g,4k",
      "rw=rw\nbs=4k,4k,2g",
      "rw=trim\nbs=4g",
      "rw=randtrim\nbsrange=4k-4g",
      "rw=trimwrite\nbs=4k,4k,4g",
      "rw=read\nbs_is_seq_rand\nbs=4k,2g", // for random ones alone
      "bs=2g\nbs=4k", // overridden
      "bs=2g\nbsrange=4k-8k",
      "bsrange=4k-2g\nbsrange=4k-8k",
      "ioengine=null\nrw=randread\nbs=4k\nba=4g",
    ]
  ) {
    const { jobs } = parseFioJobs("x.fio", `[j]\n${options}\nsize=1t\n`);
    assertEquals(jobs.length, 1, options);
  }
  // A job that does no I/O, and one that replays.
  const text = "[global]\nbs=2g\nsize=1t\n[n]\nioengine=net\n[t]\nrw=trim\n" +
    "[r]\nread_iolog=x\n";
  assertEquals(parseFioJobs("x.fio", text).jobs.map(({ name }) => name), [
    "t",
    "r",
  ]);
});

Deno.test("a size above MAX_RW_COUNT is named where it stands", async () => {
  await withFiles({
    "j.fio": "[global]\ninclude inc/c.fio\n[a]\nrw=trim\n[b]\nrw=read\n",
    "inc/c.fio": "size=1t\n  bs=2g ; of all\n",
    "v.fio": "[j]\nsize=1t\nbs=4k,${NOTHING_OF_THAT_NAME}3g\nrw=rw\n",
  }, async (folder) => {
    await assertRejects(
      () => read(`${folder}/j.fio`),
      SyntaxError,
      `inc/c.fio": line 2, column 6: found "2g", expected bs ${EXPECTED}`,
    );
    await assertRejects(
      () => read(`${folder}/v.fio`),
      SyntaxError,
      'v.fio": line 3, column 4: found "4k,${NOTHING_OF_THAT_NAME}3g"',
    );
  });
});

Deno.test("ba moves I/Os and makes none longer, as in fio", async () => {
  await withFiles({
    "j.fio": "[j]\nioengine=null\nrw=randread\nbs=4k\nba=4g\nsize=1t\n" +
      "number_ios=100\n",
    "t.fio": "[j]\nioengine=null\nrw=randtrim\nbs=4g\nsize=1t\nio_size=64g\n",
  }, async (folder) => {
    const { rows } = await read(`${folder}/j.fio`);
    assertEquals(rows.length, 100);
    assertEquals(
      new Set(rows.map(([, at = NaN]) => at % 2 ** 32)),
      new Set([0]),
    );
    assertEquals(new Set(rows.map(([, , length]) => length)), new Set([4096]));
    const trims = (await read(`${folder}/t.fio`)).rows;
    assertEquals(
      trims.map(([op, , length]) => [op, length]),
      Array(16).fill([WINDOW_OP.discard, 2 ** 32]),
    );
  });
});

Deno.test("a replayed log is refused by line and column above MAX_RW_COUNT", async () => {
  const log = (action: string, bytes: number) =>
    `fio version 2 iolog\n/d add\n/d open\n/d read 0 512\n` +
    `/d ${action} 4096 ${bytes}\n/d close\n`;
  for (const options of ["", "replay_scale=4\n", "replay_skip=write\n"]) {
    for (const [action, column] of [["read", 14], ["write", 15]] as const) {
      await withFiles({
        "j.fio": `[r]\nread_iolog=x.iolog\n${options}`,
        "x.iolog": log(action, MOST + 1),
      }, async (folder) => {
        const path = `${folder}/j.fio`;
        await assertRejects(
          () => read(path),
          SyntaxError,
          `x.iolog": line 5, column ${column}: found "2147479553", expected ` +
            EXPECTED.slice("to be ".length),
        );
        assertEquals((await read(path, { ios: 1 })).rows.length, 1);
        await Deno.writeTextFile(`${folder}/x.iolog`, log(action, MOST));
        const last = (await read(path)).rows.at(-1);
        assertEquals(
          last?.[2],
          options.includes(action) ? 512 : MOST,
        );
        await Deno.writeTextFile(`${folder}/x.iolog`, log("trim", 2 ** 40));
        assertEquals((await read(path)).rows.at(-1)?.[2], 2 ** 40);
      });
    }
  }
});
