/** Small job files that the lab once read wrong (tests/data/fio). */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";

const DATA = new URL("../../data/fio/", import.meta.url).pathname;

/** [reads, writes, others, bytes read and written, bytes trimmed]. */
async function counts(name: string): Promise<number[]> {
  const { batches, rows } = await openIoSource(DATA + name, { seed: 1 });
  let trimmed = 0;
  for await (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      if (batch.op[i] === 3) trimmed += batch.lengthBytes[i] ?? 0;
    }
  }
  const { reads, writes, others, bytes } = rows.tally;
  return [reads, writes, others, bytes, trimmed];
}

// What fio 3.33 does with each, as --write_iolog tells.
const CASES: readonly (readonly [string, readonly number[]])[] = [
  ["trimwrite.fio", [0, 16, 16, 65536, 65536]],
  ["tail.fio", [2, 0, 0, 8192, 0]],
  ["comment.fio", [16, 0, 0, 65536, 0]],
  ["engine-option.fio", [0, 256, 0, 1048576, 0]],
  ["filesize.fio", [64, 0, 0, 262144, 0]],
  ["loops.fio", [0, 8, 0, 524288, 0]],
  ["percent.fio", [32, 0, 0, 131072, 0]],
];

for (const [name, expected] of CASES) {
  Deno.test(`openIoSource() reads ${name} as fio does`, async () => {
    assertEquals(await counts(name), expected);
  });
}

Deno.test("openIoSource() reads kb-base.fio in whole sectors", async () => {
  // 16 reads of 4000 B are 125 sectors of 512 B; the 15 borders between them
  // lie inside of a sector each, which both reads then take.
  assertEquals(await counts("kb-base.fio"), [16, 0, 0, 140 * 512, 0]);
});

Deno.test("openIoSource() names a read_iolog that is not there", async () => {
  const error = await assertRejects(() => counts("replay.fio"), SyntaxError);
  assert(
    error.message.endsWith(
      'fio/replay.fio": line 3, column 12: found "other.iolog", expected ' +
        "read_iolog to be a file that exists",
    ),
    error.message,
  );
});

Deno.test("options of other engines are named, and refuse nothing", async () => {
  const { rows } = await openIoSource(`${DATA}engine-option.fio`, { seed: 1 });
  assertEquals(rows.warnings.map(({ code, hint }) => [code, hint]), [[
    "unused-fio-options",
    "ioengine: how an I/O is made, not which; clientname, pool, rbdname: " +
    "options of I/O engines",
  ]]);
});
