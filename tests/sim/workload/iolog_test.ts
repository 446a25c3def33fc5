import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { deviceAt } from "../../../sim/workload/device_space.ts";
import { readsOrRefuses, traceRows } from "./trace_rows.ts";

const V3 = "fio version 3 iolog\n";
const V2 = "fio version 2 iolog\n";

async function refusal(trace: string): Promise<string> {
  const error = await assertRejects(
    () => traceRows(trace, { name: "x.iolog" }),
    SyntaxError,
  );
  return error.message;
}

Deno.test("iolog reads the example of blockspec 5.1", async () => {
  const { format, rows, tally } = await traceRows(
    V3 + "0 /dev/nvme0n1 add\n3 /dev/nvme0n1 open\n" +
      "41 /dev/nvme0n1 read 1048576 4096\n" +
      "57 /dev/nvme0n1 write 8192 131072\n" +
      "60 /dev/nvme0n1 trim 4194304 65536\n93 /dev/nvme0n1 close\n",
  );
  assertEquals(format, "fio iolog");
  assertEquals(rows, [
    [0, 1048576, 4096, 41000],
    [1, 8192, 131072, 57000],
    [3, 4194304, 65536, 60000],
  ]);
  assertEquals(tally, {
    lines: 7,
    ios: 3,
    reads: 1,
    writes: 1,
    others: 1,
    bytes: 4096 + 131072, // a trim moves none
    readBytes: 4096,
    writeBytes: 131072,
    rounded: 0,
    cut: 0,
    skipped: { header: 1, "file add": 1, "file open": 1, "file close": 1 },
  });
});

Deno.test("iolog keeps the waits of version 2 as time", async () => {
  const { rows, tally } = await traceRows(
    V2 + "d add\nd wait 250 0\nd read 0 512\nd wait 99 0\nd wait 100 0\n" +
      "d datasync 0 0\nd sync 4096 0\n",
  );
  // 250 us, then 100 more; 99 us is below what fio honours.
  assertEquals(rows, [
    [0, 0, 512, 250_000],
    [2, 0, 0, 350_000],
    [2, 0, 0, 350_000],
  ]);
  assertEquals(tally.skipped["wait below 100 us"], 1);
  assertEquals(tally.others, 2);
});

Deno.test("iolog widens I/O to whole sectors and counts it", async () => {
  const { rows, tally } = await traceRows(V3 + "0 d read 700 400\n");
  // 700 to 1100 touches the sectors at 512 and 1024.
  assertEquals(rows, [[0, 512, 1024, 0]]);
  assertEquals(tally.rounded, 1);
  assertEquals(tally.bytes, 1024);
});

Deno.test("iolog counts what is no I/O", async () => {
  const { tally } = await traceRows(
    V3 + "\n0 d read 0 0\r\n1 d sync_file_range 0 4096\n2 d write 0 512",
  );
  assertEquals(tally.skipped, {
    header: 1,
    "blank line": 1,
    "I/O of zero length": 1,
    sync_file_range: 1,
  });
  assertEquals([tally.ios, tally.lines], [1, 5]);
});

Deno.test("iolog keeps several files apart and says so", async () => {
  const { rows, warnings } = await traceRows(
    V3 + "0 a read 0 512\n0 b read 0 512\n0 a read 512 512\n",
  );
  assertEquals(rows.map((row) => row[1]), [0, 2 ** 46, 512]);
  assertEquals(warnings.map((warning) => warning.code), ["several-files"]);
});

Deno.test("iolog names line, column and what was expected", async () => {
  const where = 'Cannot read iolog "x.iolog": line ';
  const cases = [
    [
      V3 + "1 d read abc 4096\n",
      '2, column 10: found "abc", expected an offset in bytes',
    ],
    [
      V3 + "1 d read 0 -5\n",
      '2, column 12: found "-5", expected a length in bytes',
    ],
    [
      V3 + "1 d read 0\n",
      "2, column 11: found end of line, expected a length in bytes",
    ],
    [
      V3 + "1 d read\n",
      "2, column 9: found end of line, expected an offset in bytes",
    ],
    [
      V3 + "1 d erase 0 4096\n",
      '2, column 5: found "erase", expected one of read, write, trim, sync, ' +
      "datasync, sync_file_range",
    ],
    [
      V3 + "1 d wait 0 4096\n", // version 3 has none
      '2, column 5: found "wait", expected one of read, write, trim, sync, ' +
      "datasync, sync_file_range",
    ],
    [
      V3 + "1 d unlink\n",
      '2, column 5: found "unlink", expected one of add, open, close; or an ' +
      "I/O with offset and length",
    ],
    [
      V3 + "d read 0 4096\n", // a line of version 2
      '2, column 1: found "d", expected a time in microseconds',
    ],
    [
      V3 + "1 d read 0 512 9\n",
      '2, column 16: found "9", expected the end of the line',
    ],
    [
      V3 + "1 d read 99999999999999999999 512\n",
      '2, column 10: found "99999999999999999999", expected an offset in ' +
      "bytes below 2^53",
    ],
    [
      V3 + "1 d read 9007199254740991 512\n",
      '2, column 27: found "512", expected an I/O that ends below 2^53 bytes',
    ],
    [
      "0,4096,512\n",
      "1, column 1: found an iolog of version 1, expected version 2 or 3, as " +
      "fio writes since 2008",
    ],
    [
      "fio version 4 iolog\n",
      "1, column 1: found an iolog of version 4, expected version 2 or 3, as " +
      "fio writes since 2008",
    ],
  ] as const;
  for (const [trace, message] of cases) {
    assertEquals(await refusal(trace), where + message);
  }
});

Deno.test("iolog refuses a line that never ends", async () => {
  assertEquals(
    await refusal(V3 + "1 d read " + "1".repeat(70_000)),
    'Cannot read iolog "x.iolog": line 2, column 65537: found more text, ' +
      "expected a line of at most 65536 bytes",
  );
  assertEquals(
    await refusal(V3 + "1 d read " + "1".repeat(70_000) + "\n"),
    'Cannot read iolog "x.iolog": line 2, column 65537: found more text, ' +
      "expected a line of at most 65536 bytes",
  );
});

Deno.test("iolog reads any I/O back, however it is cut into chunks", async () => {
  const io = fc.record({
    time: fc.nat(),
    op: fc.constantFrom("read", "write", "trim"),
    sector: fc.integer({ min: 0, max: 2 ** 43 }),
    sectors: fc.integer({ min: 1, max: 2 ** 20 }),
  });
  const codes: Record<string, number> = { read: 0, write: 1, trim: 3 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(io, { maxLength: 40 }),
      fc.integer({ min: 1, max: 60 }),
      async (ios, chunkBytes) => {
        const text = V3 +
          ios.map(({ time, op, sector, sectors }) =>
            `${time} d ${op} ${sector * 512} ${sectors * 512}\n`
          ).join("");
        const { rows } = await traceRows(text, { chunkBytes });
        assertEquals(
          rows,
          ios.map(({ time, op, sector, sectors }) => [
            codes[op] ?? NaN,
            sector * 512,
            sectors * 512,
            time * 1000,
          ]),
        );
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("iolog reads or refuses whatever follows the header", async () => {
  const word = fc.constantFrom(
    ..."0 1 99 -1 d read write wait sync trim add close 4096 1e9 \t \r \0"
      .split(" "),
    "",
  );
  const line = fc.array(word, { maxLength: 7 }).map((words) => words.join(" "));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(V2, V3),
      fc.array(line, { maxLength: 5 }),
      fc.uint8Array({ maxLength: 60 }),
      async (header, lines, tail) => {
        const text = new TextEncoder().encode(header + lines.join("\n"));
        const bytes = new Uint8Array([...text, ...tail]);
        return await readsOrRefuses(bytes);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("iolog gives the sums of the logs in bench/data", async () => {
  // Sums by awk over the same files: bench/data/README.md.
  const sums = {
    randrw4k: 8_192_000,
    seq128k: 67_108_864,
    mixedbs: 39_217_152,
  };
  for (const [name, bytes] of Object.entries(sums)) {
    const file = new URL(`../../../bench/data/${name}.iolog`, import.meta.url);
    const { tally } = await traceRows(await Deno.readFile(file));
    assertEquals(tally.bytes, bytes);
  }
});

Deno.test("iolog reads any number of files, each apart from the others", async () => {
  const names = Array.from({ length: 300 }, (_, i) => `file${i}`);
  const log = "\n fio version 3 iolog \n" +
    names.map((name) => `0 ${name} add\n0 ${name} open\n`).join("") +
    names.map((name) => `1 ${name} write 4096 4096 \n`).join("");
  const { rows, warnings } = await traceRows(log);
  assertEquals(warnings.map(({ code }) => code), ["several-files"]);
  const places = rows.map((row) => deviceAt(row[1] ?? NaN));
  assertEquals(places.map(({ index }) => index), names.map((_, i) => i));
  assertEquals(
    rows.map((row, i) => (row[1] ?? NaN) - (places[i]?.baseBytes ?? NaN)),
    names.map(() => 4096),
  );
});
