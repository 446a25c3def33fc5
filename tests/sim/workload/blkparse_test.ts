import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { HELD_EVENTS } from "../../../sim/workload/event_choice.ts";
import { readsOrRefuses, traceRows } from "./trace_rows.ts";

/** The example of blockspec 5.2, one event for each kind of tail. */
const EXAMPLE = `\
259,0    3       17     0.000104512  4711  Q   R 2048 + 8 [fio]
259,0    3       18     0.000105010  4711  G   R 2048 + 8 [fio]
259,0    3       19     0.000105300  4711  P   N [fio]
259,0    3       20     0.000106001  4711  Q   R 2056 + 8 [fio]
259,0    3       21     0.000106222  4711  M   R 2056 + 8 [fio]
259,0    3       22     0.000109840  4711  U   N [fio] 1
259,0    3       23     0.000110100  4711  D   R 2048 + 16 [fio]
259,0    3       24     0.000171377     0  C   R 2048 + 16 [0]
259,0    3       25     0.000180000  4711  X  WS 4096 / 4352 [fio]
`;

function event(action: string, rest: string): string {
  return `8,0 0 1 1.000000001 1 ${action} ${rest}\n`;
}

Deno.test("blkparse takes the Q events of a trace that has some", async () => {
  const { format, rows, tally, warnings } = await traceRows(EXAMPLE);
  assertEquals(format, "blkparse text");
  assertEquals(rows, [
    [0, 2048 * 512, 4096, 104512],
    [0, 2056 * 512, 4096, 106001],
  ]);
  assertEquals(tally.skipped, {
    "G event": 1,
    "P event": 1,
    "M event": 1,
    "U event": 1,
    "D event": 1,
    "C event": 1,
    "X event": 1,
  });
  assertEquals(warnings, []);
});

Deno.test("blkparse takes the D events where there is no Q, and says so", async () => {
  const { rows, warnings } = await traceRows(
    event("D", "W 8 + 8 [x]") + event("C", "W 8 + 8 [0]"),
  );
  assertEquals(rows, [[1, 4096, 4096, 1e9 + 1]]);
  assertEquals(warnings.map((warning) => warning.code), ["issued-events"]);
});

Deno.test("blkparse drops D events before the first Q", async () => {
  const { rows, tally } = await traceRows(
    event("D", "W 8 + 8 [x]") + event("Q", "R 16 + 8 [x]"),
  );
  assertEquals(rows.length, 1);
  assertEquals(tally.skipped, { "D event": 1 });
});

Deno.test("blkparse keeps all D events, more than it holds back", async () => {
  const many = HELD_EVENTS + 5000;
  const { rows, tally } = await traceRows(
    event("D", "W 8 + 8 [x]").repeat(many) + event("Q", "R 0 + 8 [x]"),
  );
  assertEquals(rows.length, many);
  // The Q event comes when the choice is made: counted, not lost.
  assertEquals(Object.values(tally.skipped), [1]);
});

Deno.test("blkparse reads every kind of rwbs", async () => {
  const cases: [string, number[] | string][] = [
    ["RA 8 + 8 [x]", [0, 4096, 4096]],
    ["WFSM 8 + 8 [x]", [1, 4096, 4096]],
    ["FWFS 8 + 8 [x]", [1, 4096, 4096]], // preflush, write, FUA
    ["FWS [x]", [2, 0, 0]], // a flush alone
    ["F [x]", [2, 0, 0]],
    ["FN 0 + 0 [x]", [2, 0, 0]],
    ["D 8 + 2048 [x]", [3, 4096, 1048576]],
    ["DE 8 + 2048 [x]", [3, 4096, 1048576]],
    ["N [x]", "event without a range"],
    ["N 0 + 8 [x]", "event without data"],
    ["ZR 0 + 8 [x]", "zone operation"],
    ["ZRA 0 + 8 [x]", "zone operation"],
    ["ZF 0 + 8 [x]", "zone operation"],
    ["ZAS 8 + 8 [x]", [1, 4096, 4096]], // a zone append moves data
    ["FZAS 8 + 8 [x]", [1, 4096, 4096]],
    ["WZS 8 + 8 [x]", "write-zeroes"],
    ["FN 18446744073709551615 + 0 [x]", [2, 0, 0]], // blk_rq_pos() is -1
    ["R 36 (12 00 00 00 24 00 ..) [x]", "passthrough command"],
    ["W 8 + 0 [x]", "I/O of zero length"],
  ];
  for (const [rest, expected] of cases) {
    const { rows, tally } = await traceRows(event("Q", rest));
    if (typeof expected === "string") {
      assertEquals(tally.skipped, { [expected]: 1 }, rest);
    } else assertEquals(rows.map((row) => row.slice(0, 3)), [expected], rest);
  }
});

Deno.test("blkparse passes its own remarks and the summary", async () => {
  const { tally } = await traceRows(
    "Input file sda.blktrace.0 added\n" + EXAMPLE +
      "CPU3 (259,0):\n Reads Queued:  2,  8KiB\n\nThroughput (R/W): 1KiB/s\n",
  );
  assertEquals(tally.ios, 2);
  assertEquals(tally.skipped["blkparse's own remark"], 1);
  assertEquals(tally.skipped["summary line"], 3);
});

Deno.test("blkparse names line, column and what was expected", async () => {
  const cases = [
    ["Z R 8 + 8", '"Z", expected an action, one of A, B, C, D, F, G, I, M,'],
    ["Q Y 8 + 8", '"Y", expected the kind of I/O, one of R, W, D, F, N, Z'],
    ["Q R x + 8", '"x", expected a sector'],
    ["Q R 8 - 8", '"-", expected "+"'],
    ["Q R 8 + x", '"x", expected a number of sectors'],
    ["Q R 99999999999999 + 8", '"8", expected an I/O that ends below 2^53'],
  ];
  for (const [tail, message] of cases) {
    await assertRejects(
      () => traceRows(EXAMPLE + `8,0 0 1 1.000000001 1 ${tail}\n`),
      SyntaxError,
      message,
    );
  }
  await assertRejects(
    () => traceRows(EXAMPLE + "8,0 0 1 1.5 1 Q R 8 + 8\n", { name: "t.txt" }),
    SyntaxError,
    'Cannot read blkparse text "t.txt": line 10, column 9: found "1.5", ' +
      "expected a time such as 0.000104512",
  );
  await assertRejects(
    () => traceRows(EXAMPLE + "what is this\n"),
    SyntaxError,
    'line 10, column 1: found "what is this", expected an event',
  );
});

Deno.test("blkparse takes the C events where there is nothing else", async () => {
  const { rows, tally, warnings } = await traceRows(
    event("C", "R 0 + 8 [0]") + event("C", "W 8 + 8 (    1234) [5]") +
      event("C", "FN 0 [0]") + event("C", "WS 16 [0]") +
      event("C", "R (12 00 ..) [0]"),
  );
  assertEquals(rows.map((row) => row.slice(0, 3)), [
    [0, 0, 4096],
    [1, 4096, 4096],
    [2, 0, 0],
  ]);
  assertEquals(warnings.map(({ code }) => code), ["completed-events"]);
  assertEquals(Object.values(tally.skipped).reduce((a, b) => a + b), 2);
});

Deno.test("blkparse holds back D and C events, and drops the worse ones", async () => {
  const cases: [string, number[], Record<string, number>, string[]][] = [
    // text, sectors of the I/Os, what is left out, warnings
    [
      event("C", "R 1 + 8 [0]") + event("D", "R 2 + 8 [x]"),
      [2],
      { "C event": 1 },
      ["issued-events"],
    ],
    [
      event("C", "R 1 + 8 [0]") + event("D", "R 2 + 8 [x]") +
      event("Q", "R 3 + 8 [x]"),
      [3],
      { "C event": 1, "D event": 1 },
      [],
    ],
    [
      event("C", "R 1 + 8 [0]").repeat(HELD_EVENTS + 1) +
      event("D", "R 2 + 8 [x]"),
      Array(HELD_EVENTS + 1).fill(1),
      { "D event": 1 },
      ["completed-events"],
    ],
    [
      event("D", "R 2 + 8 [x]") +
      event("C", "R 1 + 8 [0]").repeat(HELD_EVENTS + 1),
      [2],
      { "C event": HELD_EVENTS + 1 },
      ["issued-events"],
    ],
  ];
  for (const [text, sectors, skipped, codes] of cases) {
    const { rows, tally, warnings } = await traceRows(text);
    assertEquals(rows.map((row) => (row[1] ?? NaN) / 512), sectors);
    assertEquals(tally.skipped, skipped);
    assertEquals(warnings.map(({ code }) => code), codes);
  }
});

Deno.test("blkparse takes the events that are asked for", async () => {
  const text = event("Q", "R 1 + 8 [x]") + event("D", "R 2 + 8 [x]") +
    event("C", "R 3 + 8 [0]") + event("Q", "R 4 + 8 [x]");
  for (
    const [events, sectors] of [
      ["auto", [1, 4]],
      ["Q", [1, 4]],
      ["D", [2]],
      ["C", [3]],
    ] as const
  ) {
    const { rows, warnings } = await traceRows(text, { events });
    assertEquals(rows.map((row) => (row[1] ?? NaN) / 512), [...sectors]);
    assertEquals(warnings, []); // the user knows
  }
  await assertRejects(
    () => traceRows(event("Q", "R 1 + 8 [x]").repeat(2), { events: "C" }),
    SyntaxError,
    "expected C events, as was asked for; the trace holds 2 Q",
  );
});

Deno.test("blkparse counts a zone append once that completes twice", async () => {
  const append = (sector: number) => event("C", `ZAS ${sector} + 8 [0]`);
  const { rows, tally } = await traceRows(
    append(0) + append(0) + append(8) + append(16) + append(8) + append(16),
    { events: "C" },
  );
  assertEquals(rows.map((row) => (row[1] ?? NaN) / 512), [0, 8, 16]);
  assertEquals(tally.skipped, {
    "C event of a zone append, again with its sector": 3,
  });
});

Deno.test("blkparse reads times before the first event", async () => {
  // blkparse prints u64 of ns; its seconds are an int in 1.2, so that of
  // 18446744073 (2^64 ns) 1266874889 are left.
  const times: [string, number][] = [
    ["1266874889.709547616", -4000],
    ["18446744073.709547616", -4000],
    ["1266874889.709551615", -1],
    ["1266874888.709551616", -1e9],
    ["1266871289.709551616", -3600e9],
    ["-0.000004000", -4000],
    // More than an hour before is taken for what it says: a date, perhaps.
    ["1266871288.000000000", 1266871288e9],
    ["12.000000001", 12e9 + 1],
  ];
  for (const [text, expected] of times) {
    const line = `8,0 0 1 ${text} 1 Q R 8 + 8 [x]\n`;
    assertEquals((await traceRows(line)).rows[0]?.[3], expected, text);
  }
  await assertRejects(
    () => traceRows("8,0 0 1 18446744074.000000000 1 Q R 8 + 8 [x]\n"),
    SyntaxError,
    "< 2^64 ns",
  );
});

Deno.test("blkparse takes only I/Os for devices", async () => {
  const at = (device: string, rest: string) =>
    `${device} 0 1 1.000000001 1 ${rest}\n`;
  const { rows, warnings } = await traceRows(
    at("8,2", "A W 2048 + 8 <- (253,0) 0") + at("8,3", "m N message") +
      at("252,0", "D W 1 + 8 [x]") + at("253,0", "Q N 1 + 8 [x]") +
      at("8,0", "Q W 4096 + 8 [x]") + at("8,0", "Q FN [x]"),
  );
  assertEquals(rows.map((row) => row[1]), [4096 * 512, 0]);
  assertEquals(warnings, []);
  const two = await traceRows(
    at("8,0", "Q W 0 + 8 [x]") + at("8,16", "Q W 0 + 8 [x]"),
  );
  assertEquals(two.rows.map((row) => row[1]), [0, 2 ** 46]);
  assertEquals(two.warnings.map(({ code }) => code), ["several-devices"]);
});

Deno.test("blkparse reads or refuses any line", async () => {
  const word = fc.constantFrom(
    ..."8,0 0 1 0.000000001 Q D C R W F N ZA + 8 -1 [x] (12 9,,9 . 1. 99999999999999999999"
      .split(" "),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { maxLength: 6 }),
      fc.uint8Array({ maxLength: 40 }),
      async (words, tail) =>
        await readsOrRefuses(
          new Uint8Array([
            ...new TextEncoder().encode(
              EXAMPLE + "8,0 0 1 0.000000001 1 " + words.join(" ") + "\n",
            ),
            ...tail,
          ]),
        ),
    ),
    { numRuns: 300 },
  );
});
