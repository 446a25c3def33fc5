import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { openIoSource } from "../../../sim/workload/open_io_source.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import { WINDOW_OP } from "../../../sim/workload/window.ts";

const MAP = defaultMemoryMap(true);

/** Writes a file, and takes it away again. */
async function withFile<Result>(
  text: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "a.log");
    await Deno.writeTextFile(path, text);
    return await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All I/Os of a source as rows, with what was counted. */
async function read(path: string, ios?: number) {
  const source = await openIoSource(path, {
    seed: 1,
    ...(ios === undefined ? {} : { ios }),
  });
  const rows: string[] = [];
  for await (const batch of source.batches) {
    for (let i = 0; i < batch.count; i++) {
      rows.push(
        [batch.op[i], batch.offsetBytes[i], batch.lengthBytes[i]].join(" "),
      );
    }
  }
  return { rows, tally: source.rows.tally, title: source.title };
}

const isData = (row: string) =>
  row.startsWith(`${WINDOW_OP.read} `) || row.startsWith(`${WINDOW_OP.write} `);

/** The rows up to and with the nth read or write. */
function upTo(rows: readonly string[], ios: number): readonly string[] {
  let left = ios;
  return rows.filter((row) => left > 0 && (left -= isData(row) ? 1 : 0, true));
}

/** Reads, writes, syncs and discards in turn, so many lines of them. */
function log(lines: number): string {
  const ops = ["read", "write", "sync", "read", "trim"];
  return "fio version 3 iolog\n" + Array.from(
    { length: lines },
    (_, i) => `${i} d ${ops[i % 5]} ${512 * i} 512\n`,
  ).join("");
}

Deno.test("the first N I/Os of a file are its first N reads and writes", async () => {
  // 3 of 5 lines are reads and writes; a batch has 4096 rows.
  await withFile(log(20_000), async (path) => {
    const whole = await read(path);
    assertEquals(whole.rows.length, 20_000);
    for (const ios of [1, 2, 3, 256, 2457, 2458, 4096, 11_999]) {
      const first = await read(path, ios);
      assertEquals(first.rows, upTo(whole.rows, ios), `${ios}`);
      const { tally } = first;
      assertEquals(tally.reads + tally.writes, ios);
      assertEquals(tally.ios, first.rows.length);
      assertEquals(tally.bytes, 512 * ios);
      assertEquals(tally.others, first.rows.length - ios);
      assertEquals(
        first.title,
        ios === 1
          ? "fio iolog, first read or write"
          : `fio iolog, first ${ios} reads and writes`,
      );
    }
    // A file that has no more is whole, and its title says nothing.
    for (const ios of [12_001, 1_000_000]) {
      const first = await read(path, ios);
      assertEquals([first.rows, first.title], [whole.rows, "fio iolog"]);
    }
  });
});

Deno.test("what is left out behind the first N I/Os is not counted", async () => {
  const text = "fio version 3 iolog\n0 d add\n0 d open\n0 d read 0 512\n" +
    "1 d read 0 0\n2 d write 0 500\n3 d read 0 0\n4 d write 0 500\n5 d close\n";
  await withFile(text, async (path) => {
    const { tally } = await read(path, 2);
    assertEquals([tally.ios, tally.rounded], [2, 1]);
    assertEquals(tally.skipped, {
      header: 1,
      "file add": 1,
      "file open": 1,
      "I/O of zero length": 1,
    });
  });
});

/** A few I/Os of each kind; the D events of the third are held to its end. */
const SAMPLES: readonly (readonly [string, string])[] = [
  [
    "fio iolog, version 2",
    "fio version 2 iolog\n/dev/sda add\n/dev/sda open\n" +
    "/dev/sda read 0 4096\n/dev/sda sync 0 0\n/dev/sda write 8192 512\n" +
    "/dev/sda trim 0 4096\n/dev/sda read 0 4096\n/dev/sda close\n",
  ],
  [
    "blkparse text",
    "259,0 3 17 0.000104512 4711 Q R 2048 + 8 [fio]\n" +
    "259,0 3 18 0.000105010 4711 G R 2048 + 8 [fio]\n" +
    "259,0 3 19 0.000106000 4711 Q FWS [fio]\n" +
    "259,0 3 20 0.000107000 4711 Q W 4096 + 16 [fio]\n" +
    "259,0 3 21 0.000108000 4711 Q DS 16 + 8 [fio]\n" +
    "259,0 3 22 0.000109000 4711 Q R 512 + 8 [fio]\n",
  ],
  [
    "blkparse text of D events",
    "259,0 3 1 0.000104512 4711 D R 2048 + 8 [fio]\n" +
    "259,0 3 2 0.000105010 4711 C R 2048 + 8 [0]\n" +
    "259,0 3 3 0.000106000 4711 D W 4096 + 16 [fio]\n" +
    "259,0 3 4 0.000107000 4711 D R 512 + 8 [fio]\n",
  ],
  [
    "MSR csv",
    "128170000000000000,demo,0,Write,1048576,8192,4210\n" +
    "128170000000000123,demo,1,Read,512,1024,9\n" +
    "128170000000000124,demo,0,Read,1024,1024,9\n",
  ],
  ["MQSim trace", "1 0 8 8 1\n2 0 16 8 0\n3 1 8 8 1\n"],
  [
    "fio job file",
    "[a]\nrw=randrw\nbs=4k\nsize=1m\nfsync=3\nnumber_ios=50\n" +
    "[b]\nstonewall\nrw=randtrim\nbs=4k\nsize=64k\n[c]\nrw=read\nsize=1m\n",
  ],
];

for (const [name, sample] of SAMPLES) {
  Deno.test(`the first N I/Os mean the same in every format (${name})`, async () => {
    await withFile(sample, async (path) => {
      const whole = await read(path);
      const most = whole.tally.reads + whole.tally.writes;
      for (const ios of [1, 2, most, most + 1]) {
        assertEquals((await read(path, ios)).rows, upTo(whole.rows, ios));
      }
    });
  });
}

Deno.test("a preset makes as many I/Os as are asked for", async () => {
  for (const ios of [1, 256, 20_000]) {
    const { rows, tally } = await read("4k-hot", ios);
    assertEquals([rows.length, tally.reads], [ios, ios]);
  }
});

Deno.test("openWorkload() closes a file of which it reads the first I/Os", async () => {
  await withFile(log(20_000), async (path) => {
    const workload = await openWorkload(path, {
      seed: 1,
      memoryMap: MAP,
      ios: 10,
    });
    let ios = 0;
    for await (const window of workload.windows({ ios: 4, pieces: 1024 })) {
      ios += window.counts[0] ?? 0;
    }
    // 10 reads and writes with 6 syncs and discards among them; the last I/O
    // is a read.
    assertEquals([ios, workload.tally.ios], [16, 16]);
    assert(workload.description.startsWith(
      "fio iolog, first 10 reads and writes; buffers: ",
    ));
  });
});
