import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseFioJobs } from "../../../sim/workload/fio_job.ts";
import { BatchBuilder } from "../../../sim/workload/batch.ts";
import {
  fixedSize,
  JOB_DEFAULTS,
  runJobs,
} from "../../../sim/workload/io_job.ts";
import { LONGEST_RW_BYTES } from "../../../sim/workload/io_limits.ts";
import { WINDOW_OP } from "../../../sim/workload/window.ts";
import { ACTION, blktraceFile } from "./blktrace_records.ts";
import { traceRows } from "./trace_rows.ts";

// MAX_RW_COUNT is INT_MAX & PAGE_MASK.
const MOST = 2147479552;
const EXPECTED = "expected at most 2147479552 bytes in a read or write " +
  "(MAX_RW_COUNT)";

const iolog = (action: string, bytes: number) =>
  `fio version 2 iolog\n/d add\n/d ${action} 4096 ${bytes}\n`;
const blkparse = (rwbs: string, sectors: number) =>
  `  8,0    1        1     0.000000000   697  Q   ${rwbs} 8 + ${sectors} [x]\n`;
const msr = (type: string, bytes: number) =>
  `128166372003061629,usr,0,${type},4096,${bytes},41286\n`;

/** Traces of one I/O by its length in bytes, and where the length stands. */
const READERS: readonly {
  name: string;
  trace: (bytes: number) => string | Uint8Array;
  where: string;
}[] = [
  {
    name: "iolog, read",
    trace: (bytes) => iolog("read", bytes),
    where: 'line 3, column 14: found "',
  },
  {
    name: "iolog, write",
    trace: (bytes) => iolog("write", bytes),
    where: 'line 3, column 15: found "',
  },
  {
    name: "blkparse, read",
    trace: (bytes) => blkparse("R", bytes / 512),
    where: 'line 1, column 54: found "',
  },
  {
    name: "blkparse, write",
    trace: (bytes) => blkparse("WS", bytes / 512),
    where: 'line 1, column 55: found "',
  },
  {
    name: "MSR, read",
    trace: (bytes) => msr("Read", bytes),
    where: 'line 1, column 36: found "',
  },
  {
    name: "MQSim, write",
    trace: (bytes) => `0 0 8 ${bytes / 512} 0\n`,
    where: 'line 1, column 7: found "',
  },
  {
    name: "Alibaba, write",
    trace: (bytes) => `7,W,8192,${bytes},1577808001000250\n`,
    where: 'line 1, column 10: found "',
  },
  {
    name: "SPC, read",
    trace: (bytes) => `2,1048576,${bytes},r,1.250000\n`,
    where: 'line 1, column 11: found "',
  },
  {
    name: "FIU, write",
    trace: (bytes) => `1000 12 nfsd 8 ${bytes / 512} W 6 0\n`,
    where: 'line 1, column 16: found "',
  },
  {
    name: "MQSim, read",
    trace: (bytes) => `0 0 8 ${bytes / 512} 1\n`,
    where: 'line 1, column 7: found "',
  },
];

for (const { name, trace, where } of READERS) {
  Deno.test(`a reader takes at most MAX_RW_COUNT: ${name}`, async () => {
    const { rows } = await traceRows(trace(MOST));
    assertEquals(rows.map(([, , bytes]) => bytes), [MOST]);
    for (const bytes of [MOST + 512, 2 ** 31, 2 ** 40, 2 ** 46 + 512]) {
      const error = await assertRejects(
        () => traceRows(trace(bytes)),
        SyntaxError,
        EXPECTED,
      );
      assertEquals(error.message.includes(where), true, error.message);
    }
  });
}

Deno.test("a reader takes at most MAX_RW_COUNT: blktrace", async () => {
  const of = (bytes: number, action: number) =>
    blktraceFile([{ sector: 8, bytes, action }]);
  for (const action of [ACTION.queueRead, ACTION.queueWrite]) {
    const { rows } = await traceRows(of(MOST, action));
    assertEquals(rows[0]?.[2], MOST);
    await assertRejects(
      () => traceRows(of(2 ** 31, action)),
      SyntaxError,
      `record 1, byte 0: found 2147483648 bytes at sector 8, ${EXPECTED}`,
    );
  }
});

Deno.test("a discard is no read or write: any length below 2^53", async () => {
  const long = 2 ** 45;
  const discards: [string | Uint8Array, number][] = [
    [iolog("trim", long), long],
    [blkparse("D", long / 512), long],
    [
      blktraceFile([{ bytes: 2 ** 32 - 512, action: ACTION.queueDiscard }]),
      2 ** 32 - 512,
    ],
  ];
  for (const [trace, bytes] of discards) {
    const { rows } = await traceRows(trace);
    assertEquals(rows.map(([op, , length]) => [op, length]), [
      [WINDOW_OP.discard, bytes],
    ]);
  }
});

Deno.test("a fio job has reads and writes of at most MAX_RW_COUNT", () => {
  const job = (line: string) => `[a]\nrw=rw\nsize=1t\n${line}\n`;
  for (
    const [line, column] of [
      ["bs=2g", 4],
      ["bs = 4k,2g", 6],
      ["blocksize=2147479553", 11],
      ["bsrange=4k-2g", 9],
      ["bssplit=4k/90:99999999999999/10", 9],
    ] as const
  ) {
    assertThrows(
      () => parseFioJobs("x.fio", job(line)),
      SyntaxError,
      `Cannot read fio job file "x.fio": line 4, column ${column}: found `,
    );
    const error = assertThrows(() => parseFioJobs("x.fio", job(line)));
    assertEquals(String(error).includes(EXPECTED.slice(9)), true);
  }
  // Trims may be longer, and the longest there is is taken.
  for (const line of [`bs=${MOST}`, "bs=4k,4k,2g", `bsrange=4k-${MOST}`]) {
    assertEquals(parseFioJobs("x.fio", job(line)).jobs.length, 1, line);
  }
});

Deno.test("BatchBuilder.add() lets nothing longer in, whoever made it", () => {
  assertEquals(LONGEST_RW_BYTES, MOST);
  const rows = new BatchBuilder();
  rows.add(WINDOW_OP.read, 100, MOST, 0); // widened to whole sectors
  rows.add(WINDOW_OP.discard, 0, 2 ** 45, 0);
  for (const op of [WINDOW_OP.read, WINDOW_OP.write]) {
    assertThrows(
      () => rows.add(op, 4096, MOST + 1, 0),
      RangeError,
      `Cannot add an I/O: found ${MOST + 1} bytes at 4096, ${EXPECTED}`,
    );
  }
  assertThrows(
    () => rows.add(WINDOW_OP.discard, 2 ** 53 - 512, 512, 0),
    RangeError,
    "expected an I/O that ends below 2^53 bytes",
  );
  assertEquals([rows.count, rows.tally.ios], [2, 2]);
  const size = fixedSize(99_999_999_999_999);
  const job = {
    ...JOB_DEFAULTS,
    sizes: [size, size, size] as const,
    sizeBytes: 2 ** 50, // holds it
    ios: 1,
  };
  assertThrows(
    () => [...runJobs([job], { seed: 1, rows: new BatchBuilder() })],
    RangeError,
    "found 99999999999999 bytes",
  );
});
