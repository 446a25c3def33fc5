import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { blkparseFormat } from "../../../sim/workload/blkparse_format.ts";
import { findTraceFormat } from "../../../sim/workload/trace_formats.ts";
import { traceRows } from "./trace_rows.ts";

Deno.test("blkparseFormat() reads the formats that people use", async () => {
  const read = [0, 2048 * 512, 4096, 104512];
  const cases: [format: string, line: string, row: number[]][] = [
    // Each format as found in a public script, and what blkparse prints.
    ["%T.%t %d %S %N\\n", "0.000104512 R 2048 4096", read],
    ["%T %t %d %S %n %a\\n", "0 000104512 R 2048 8 Q", read],
    ["%T %t %c %p %d %S %N \\n", "0 000104512 1 4711 R 2048 4096 ", read],
    ["%M %m %d %a %N %S %5T.%9t\\n", "8 0 R Q 4096 2048     0.000104512", read],
    ["%d,%T,%S,%n\\n", "R,0,2048,8", [0, 2048 * 512, 4096, 0]],
    [
      "%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\\n",
      "  8,0    3       17     0.000104512  4711  Q   R 2048 + 8 [a b]]",
      read,
    ],
    ["%-5a|%d\\t%S%%%n\\n", "Q    |R\t2048%8", [0, 2048 * 512, 4096, 0]],
    ["%z %d %S %n", "12:00:01.000104 R 2048 8", [0, 2048 * 512, 4096, 0]],
  ];
  for (const [text, line, row] of cases) {
    const { rows, format } = await traceRows(`${line}\n`, {
      format: findTraceFormat(text),
    });
    assertEquals(format, "blkparse -f text");
    assertEquals(rows, [row], text);
  }
});

Deno.test("blkparseFormat() takes events by %a, and warns without it", async () => {
  const lines = "Q R 0 8\nD R 8 8\nC R 16 8\nUT N 0 0\nC FN 5 0\n";
  const format = blkparseFormat("%a %d %S %n\\n");
  const chosen = async (events: "auto" | "D" | "C") =>
    (await traceRows(lines, { format, events })).rows.map((row) => row[1]);
  assertEquals(await chosen("auto"), [0]);
  assertEquals(await chosen("D"), [4096]);
  assertEquals(await chosen("C"), [8192, 0]); // a flush
  const { rows, warnings } = await traceRows("R 0 8\nR 8 8\n", {
    format: blkparseFormat("%d %S %n\\n"),
  });
  assertEquals(rows.length, 2);
  assertEquals(warnings.map(({ code }) => code), ["no-actions"]);
  await assertRejects(
    () =>
      traceRows("R 0 8\n", {
        format: blkparseFormat("%d %S %n\\n"),
        events: "D",
      }),
    RangeError,
    "which holds I/Os and no events",
  );
});

Deno.test("blkparseFormat() passes messages, remarks and the summary", async () => {
  const { tally } = await traceRows(
    "Input file t.blktrace.0 added\nR 0 8\n" +
      "8,0 0 0 0.000200000 0 m N cfq 7 slice expired\n\n" +
      "CPU0 (8,0):\n Reads Queued: 1, 4KiB\n",
    { format: blkparseFormat("%d %S %n\\n") },
  );
  assertEquals(tally.skipped, {
    "blkparse's own remark": 1,
    "m event": 1,
    "blank line": 1,
    "summary line": 2,
  });
});

Deno.test("blkparseFormat() refuses what tells no I/O", () => {
  const cases: [string, string][] = [
    ["%T.%t %d %n", "found %T %t %d %n, expected %d, %S, and %n or %N"],
    ["%d %S %n %S", "found %S twice, expected each specifier once"],
    ["%d %S %n %q", "found %q, expected one of %a, %c"],
    ["%d %S\\n%n", "found several lines, expected a format of one line"],
    ["%d %S\\x%n", "found \\x, expected \\n, \\t, \\r or \\b"],
    ["%", "found no specifiers, expected"],
    ["%d%S%n".padEnd(1025), "found 1025 characters, expected at most 1024"],
  ];
  for (const [text, message] of cases) {
    assertThrows(() => blkparseFormat(text), RangeError, message);
  }
});

Deno.test("blkparseFormat() names line, column and what was expected", async () => {
  const format = blkparseFormat("%a %d %S %n\\n");
  const cases: [string, string][] = [
    ["Q R 0", 'line 2, column 1: found "Q R 0", expected a line of the format'],
    ["Q Y 0 8", 'line 2, column 3: found "Y", expected the kind of I/O'],
    ["K R 0 8", "expected an action, one of A, B"],
    ["Q R 99999999999999999999 8", "expected a sector below 2^53"],
    // No time is spent on a long line that matches in many ways.
    ["Q R" + " ".repeat(60000) + "x", "expected a line of the format"],
  ];
  for (const [line, message] of cases) {
    await assertRejects(
      () => traceRows(`Q R 0 8\n${line}\n`, { format }),
      SyntaxError,
      message,
    );
  }
});
