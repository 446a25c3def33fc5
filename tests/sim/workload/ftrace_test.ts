import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { findTraceFormat } from "../../../sim/workload/trace_formats.ts";
import { readsOrRefuses, traceRows } from "./trace_rows.ts";

/** A line of tracefs, as Linux 6.6 and later print it. */
function event(time: string, name: string, rest: string): string {
  return `             fio-2345    [001] ..... ${time}: ${name}: ${rest}\n`;
}

const QUEUE = event("12.000123", "block_bio_queue", "259,0 WS 8 + 8 [fio]");
const ISSUE = event(
  "12.000126",
  "block_rq_issue",
  "259,0 WS 4096 () 16 + 8 none,0,0 [fio]",
);
const COMPLETE = event(
  "12.000201",
  "block_rq_complete",
  "259,0 WS () 24 + 8 none,0,0 [0]",
);

Deno.test("ftrace takes block_bio_queue, block_rq_issue or block_rq_complete", async () => {
  const text = "# tracer: nop\n#\n" + QUEUE + ISSUE + COMPLETE +
    event("12.000300", "block_plug", "[fio]") +
    event("12.000301", "sched_switch", "prev_comm=fio") +
    event("12.000302", "block_bio_remap", "8,0 W 0 + 8 <- (8,1) 8");
  for (
    const [events, sector] of [
      ["auto", 8],
      ["Q", 8],
      ["D", 16],
      ["C", 24],
    ] as const
  ) {
    const { format, rows } = await traceRows(text, { events });
    assertEquals(format, "ftrace block events");
    assertEquals(rows.map((row) => row.slice(0, 3)), [[1, sector * 512, 4096]]);
  }
  const { tally, rows } = await traceRows(text);
  // Times count from the first line that has one.
  assertEquals(rows[0]?.[3], 0);
  assertEquals(tally.skipped, {
    "remark of the tracer": 2,
    "D event": 1,
    "C event": 1,
    "block_plug event": 1,
    "event of something else": 1,
    "block_bio_remap event": 1,
  });
});

Deno.test("ftrace reads what trace-cmd, perf and the blk tracer print", async () => {
  const cases: [string, number[]][] = [
    [
      "cpus=2\n             fio-2345  [001]  1712.000126: block_rq_issue:" +
      "       8,0 R 4096 () 8 + 8 [fio]\n",
      [0, 4096, 4096],
    ],
    [
      "my app: x-1 [000] d.h1. 1.5: block_rq_issue: 8,0 R 4096 () 8 + 8 [a b]\n",
      [0, 4096, 4096],
    ],
    [
      "fio  2345/2345  [001]    12.000201:  block:block_rq_complete: " +
      "8,16 D () 2048 + 16 [0]\n",
      [3, 2048 * 512, 8192],
    ],
    [
      " fio-2345 ( 2345) [001] ..... 12.000123:   8,0    Q   R 2048 + 8 [fio]\n",
      [0, 2048 * 512, 4096],
    ],
    [
      event("1.0", "block_rq_issue", "8,0 FF 0 () 0 + 0 [kworker/0:1H]"),
      [2, 0, 0],
    ],
    [
      event("1.0", "block_rq_issue", "8,0 ZAS 4096 () 8 + 8 be,0,4 [f2fs]"),
      [1, 4096, 4096],
    ],
  ];
  for (const [text, expected] of cases) {
    const { format, rows } = await traceRows(text);
    assertEquals(format, "ftrace block events", text);
    assertEquals(rows.map((row) => row.slice(0, 3)), [expected], text);
  }
});

Deno.test("ftrace leaves out commands of nothing and warns of lost events", async () => {
  const { rows, tally, warnings } = await traceRows(
    QUEUE + "CPU:1 [LOST 12 EVENTS]\n" +
      event("12.1", "block_rq_issue", "8,0 N 0 () 0 + 0 [nvme]") +
      event("12.2", "block_bio_queue", "8,0 R 36 + 0 [x]"),
  );
  assertEquals(rows.length, 1);
  assertEquals(warnings.map(({ code }) => code), ["lost-events"]);
  assertEquals(tally.skipped, {
    "remark of lost events": 1,
    "D event": 1,
    "I/O of zero length": 1,
  });
});

Deno.test("ftrace names line, column and what was expected", async () => {
  const cases: [string, string][] = [
    [
      "what is this\n",
      'column 1: found "what is this", expected an event with',
    ],
    [
      event("1.0", "block_bio_queue", "8:0 R 8 + 8 [x]"),
      'found "8:0", expected a device such as 259,0',
    ],
    [
      event("1.0", "block_bio_queue", "8,0 Y 8 + 8 [x]"),
      'found "Y", expected the kind of I/O',
    ],
    [
      event("1.0", "block_bio_queue", "8,0 R 8 8 [x]"),
      'found "8", expected "+"',
    ],
    [" x-1 [0] 1.0: 8,0 QQ R 8 + 8 [x]\n", 'found "QQ", expected an action'],
  ];
  for (const [text, message] of cases) {
    await assertRejects(() => traceRows(QUEUE + text), SyntaxError, message);
  }
  await assertRejects(
    () =>
      traceRows(event("1.0", "block_rq_issue", "8,0 R 4096 8 + 8 [x]"), {
        format: findTraceFormat("ftrace"),
      }),
    SyntaxError,
    "expected a command in parentheses",
  );
});

Deno.test("ftrace reads or refuses any line", async () => {
  const word = fc.constantFrom(
    ...["1.0:", "12.5:", "block_bio_queue:", "block_rq_issue:", "8,0", "R"],
    ...["FF", "4096", "()", "(12", ")", "+", "8", "[x]", "[LOST", "Q", "-1"],
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { maxLength: 9 }),
      fc.uint8Array({ maxLength: 40 }),
      async (words, tail) =>
        await readsOrRefuses(
          new Uint8Array([
            ...new TextEncoder().encode(QUEUE + words.join(" ") + "\n"),
            ...tail,
          ]),
        ),
    ),
    { numRuns: 300 },
  );
});

Deno.test("ftrace reads what Linux 6.18 printed (tests/data/ftrace/)", async () => {
  // Counted with grep: reads, writes, others and bytes of each event.
  const cases: [string, "auto" | "D" | "C", number[]][] = [
    ["events.txt", "auto", [9, 7, 6, 15 * 4096 + 2 ** 20]],
    ["events.txt", "D", [9, 6, 6, 15 * 4096]],
    ["events.txt", "C", [9, 6, 6, 15 * 4096]],
    ["blk_tracer.txt", "auto", [13, 12, 0, 25 * 4096]],
    ["blk_tracer.txt", "D", [12, 12, 0, 24 * 4096]],
  ];
  for (const [name, events, expected] of cases) {
    const text = await Deno.readTextFile(
      new URL(`../../data/ftrace/${name}`, import.meta.url),
    );
    const { format, tally, warnings } = await traceRows(text, { events });
    const { reads, writes, others, bytes } = tally;
    assertEquals(format, "ftrace block events");
    assertEquals([reads, writes, others, bytes], expected, `${name} ${events}`);
    assertEquals(warnings, []);
  }
});
