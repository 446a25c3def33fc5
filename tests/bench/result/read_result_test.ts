import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  readResult,
  readResultFile,
} from "../../../bench/result/read_result.ts";
import { fixedResult } from "../report/fixed_result.ts";

const whole = JSON.stringify(fixedResult());

function complaint(text: string): string {
  try {
    readResult(text, "a.json");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}

Deno.test("readResult() reads what was written", () => {
  assertEquals(JSON.parse(JSON.stringify(readResult(whole, "a.json"))), {
    ...fixedResult(),
  });
});

Deno.test("readResult() refuses a newer version by name", () => {
  const newer = JSON.stringify({
    ...fixedResult(),
    schemaVersion: 2,
    tool: { name: "bvec-lab", version: "9.1.0" },
    cells: "of another shape",
  });

  assertThrows(
    () => readResult(newer, "a.json"),
    RangeError,
    'Cannot read "a.json": schemaVersion is 2 (bvec-lab 9.1.0), expected at ' +
      "most 1",
  );
});

Deno.test("readResult() says where a truncated file ends", () => {
  assertThrows(
    () => readResult('{\n  "schemaVersion": 1,\n  "to', "a.json"),
    SyntaxError,
    'Cannot read "a.json": line 3, column 6: found the end of the text (truncated?), expected the rest of a string',
  );
});

Deno.test("readResult() names the place of what is not JSON", () => {
  assertEquals(
    complaint('{\n "seed": NaN}'),
    'Cannot read "a.json": line 2, column 10: found "NaN", expected a value',
  );
  assertEquals(
    complaint("{'a': 1}"),
    `Cannot read "a.json": line 1, column 2: found "'", expected a key in quotes`,
  );
  assertEquals(
    complaint('{"a": 1,, "b": 2}'),
    'Cannot read "a.json": line 1, column 9: found ",", expected a key in quotes',
  );
  assertEquals(
    complaint(" \n"),
    'Cannot read "a.json": the file is empty, expected JSON',
  );
});

Deno.test("readResult() names the tool of another tool's JSON", () => {
  assertEquals(
    complaint('{"context": {}, "benchmarks": []}'),
    'Cannot read "a.json": found no key "tool" (its keys: context, ' +
      "benchmarks), expected a result of bvec-lab",
  );
  assertEquals(
    complaint('{"tool": "fio", "version": 3}'),
    'Cannot read "a.json": found tool "fio", expected a result of bvec-lab',
  );
  assertEquals(
    complaint("[1, 2]"),
    'Cannot read "a.json": it holds a list of 2, expected a result of bvec-lab',
  );
  assertEquals(
    complaint("null"),
    'Cannot read "a.json": it holds null, expected a result of bvec-lab',
  );
});

Deno.test("readResult() names the key that was edited to nonsense", () => {
  const edits: [from: string, to: string, key: string][] = [
    [
      '"total":100000',
      '"total":-1',
      "cells[0].ios.total is -1, expected at least 0",
    ],
    ['"total":100000', '"total":1.5', "cells[0].ios.total is 1.5, expected "],
    ['"segmentsPerIo":32', '"segmentsPerIo":"32"', 'PerIo is "32", expected '],
    // A count that not every result has.
    [
      '"segmentsPerIo":32',
      '"segmentsPerIo":32,"linesPerIo":-5',
      "counts.linesPerIo is -5, expected at least 0",
    ],
    [
      '"verdict":"faster"',
      '"verdict":"best"',
      'verdict is "best", expected one of: faster, ',
    ],
    [
      '"digest":"9f86d081884c7d65",',
      "",
      "cells[0].digest is missing, expected a string",
    ],
    [
      '"low":108',
      '"low":1080',
      "layouts[1].nsPerIo is an object, expected low",
    ],
    ['"cells":[', '"cells":0,"x":[', "cells is 0, expected a list"],
  ];
  for (const [from, to, key] of edits) {
    assert(whole.includes(from), from);
    const message = complaint(whole.replace(from, to));
    assert(message.includes(key), `${to}: ${message}`);
    assert(!message.includes("\n"), message);
  }
});

Deno.test("readResult() finds the cut of any truncated result", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: whole.length - 1 }), (cut) => {
      const message = complaint(whole.slice(0, cut));
      const found = Number(
        /a\.json": line 1, column (\d+):/.exec(message)?.[1],
      );
      // Inside a word such as `null` the engine complains at its beginning.
      assert(found <= cut + 1 && found > cut - 6, `${cut}: ${message}`);
    }),
  );
});

Deno.test("readResult() names the version of a newer file without a tool", () => {
  assertEquals(
    complaint('{"schemaVersion":99}'),
    'Cannot read "a.json": schemaVersion is 99, expected at most 1; use a ' +
      "newer bvec-lab",
  );
  // Another tool may count its own versions under the same key.
  assertEquals(
    complaint('{"schemaVersion":99,"tool":"fio"}'),
    'Cannot read "a.json": found tool "fio", expected a result of bvec-lab',
  );
});

Deno.test("readResultFile() says why a file cannot be read", async () => {
  for (
    const [path, reason] of [
      ["tests/no-such-file.json", "no such file"],
      ["tests", "it is a directory"],
      ["deno.json/a.json", "a part of the path is not a directory"],
    ] as const
  ) {
    const error = await assertRejects(
      () => readResultFile(path),
      Deno.errors.NotFound,
    );
    assertEquals(
      error.message,
      `Cannot read "${path}": ${reason}, expected a result file`,
    );
  }
});

Deno.test("readResult() says what is missing without JavaScript's word for it", () => {
  const { warnings: _, ...rest } = fixedResult();
  assertThrows(
    () => readResult(JSON.stringify(rest), "a.json"),
    TypeError,
    'Cannot read "a.json": warnings is missing, expected a list',
  );
  const error = assertThrows(() =>
    readResult(JSON.stringify(rest), "a.json")
  ) as Error;
  assertEquals(error.message.includes("undefined"), false);
});

Deno.test("readResult() prints a stranger's keys and values printably", () => {
  const wild = { ...fixedResult(), cells: { "\x1b[2J": 1 }, tool: "\x9b31m" };
  const error = assertThrows(() =>
    readResult(JSON.stringify(wild), "a.json")
  ) as Error;
  assertEquals(/\p{Cc}/u.test(error.message), false);
  assertEquals(error.message.includes("\\x9b31m"), true, error.message);
});

Deno.test("readResult() refuses a cell or a layout that is there twice", () => {
  const [cell] = fixedResult().cells;
  if (cell === undefined) throw new Error("no cell");
  const [base] = cell.layouts;
  if (base === undefined) throw new Error("no layout");
  const read = (change: Parameters<typeof fixedResult>[0]) => () =>
    readResult(JSON.stringify(fixedResult(change)), "a.json");

  assertThrows(
    read({ cells: [cell, cell] }),
    TypeError,
    "cells[1] is the cell of cells[0] again (rand4k-hot, lp64, page, js",
  );
  assertThrows(
    read({ cells: [{ ...cell, layouts: [base, base] }] }),
    TypeError,
    'cells[0] has layout "page_offset" more than once, expected each once',
  );
});
