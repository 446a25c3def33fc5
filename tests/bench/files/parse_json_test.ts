/** What JSON.parse() lets pass is refused wherever a stranger's JSON is read. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { z } from "zod";
import { parseKernelResult } from "../../../bench/kernel/result.ts";
import { parse } from "../../../bench/oracle/row_schema.ts";
import { readRecord } from "../../../bench/study/machine_code.ts";
import { readStudy } from "../../../bench/study/study_file.ts";
import { readTargets } from "../../../bench/targets/targets_file.ts";
import { jsonValue, parseJson } from "../../../bench/files/parse_json.ts";
import { readResult } from "../../../bench/result/read_result.ts";
import { fixedResult } from "../report/fixed_result.ts";
import { readPlan } from "../../../bench/sweep/plan.ts";
import {
  JsonTextError,
  MOST_JSON_DEPTH,
  readJsonText,
} from "../../../sim/text/json_text.ts";

Deno.test("JSON with a key __proto__ is refused at its line and column", async () => {
  for (
    const key of [
      "__proto__",
      "\\u005f_proto_\\u005F",
      "__\\u0070\\u0072\\u006f\\u0074\\u006F__",
    ]
  ) {
    const text = `{"axes": {},\n "a": [{"${key}" : {}}]}`;
    assertEquals(Object.hasOwn(JSON.parse(text).a[0], "__proto__"), true);
    assertThrows(
      () => parseJson(text, "r.json"),
      SyntaxError,
      'Cannot read "r.json": line 2, column 9: found the key "__proto__", ' +
        "expected another name",
    );
    const error = assertThrows(() => readJsonText(text), JsonTextError);
    assertEquals(error.position, { line: 2, column: 9 });
  }
  await assertRejects(
    () => readPlan('{"axes": {"__proto__": [1]}}', "p.json"),
    SyntaxError,
    'Cannot read plan "p.json": line 1, column 11: found the key ' +
      '"__proto__", expected another name',
  );
});

Deno.test("readers of single forms refuse the key as well, wherever it is", () => {
  const beside = '{"a": 1, "__proto__": {}}';
  const within = '{"a": [{"__proto__" : 1}]}';
  const found = 'found the key "__proto__", expected';
  const row = (text: string) => () =>
    parse(z.object({}).loose(), { text, where: "rows, line 2" });
  for (const text of [beside, within]) {
    assertThrows(row(text), SyntaxError, `oracle row: ${found} another name`);
    assertThrows(() => readStudy(text, "s.json"), SyntaxError, found);
    assertThrows(() => readRecord(text), SyntaxError, found);
  }
  // A recorded kernel has figures by name: that of this name would be lost.
  assertThrows(
    () => parseKernelResult(within, "k.json"),
    SyntaxError,
    `Cannot read "k.json": line 1, column 9: ${found} another name`,
  );
  assertEquals(row('{"a": "__proto__"}')(), { a: "__proto__" });
});

Deno.test("a file of targets with the key is none", async () => {
  const url = new URL("../../../bench/results/targets.json", import.meta.url);
  const text = await Deno.readTextFile(url);
  readTargets(text, "t.json");
  assertThrows(
    () => readTargets(text.replace("{", '{"__proto__": {},'), "t.json"),
    SyntaxError,
    'Cannot read "t.json": it is not what bench:targets',
  );
});

Deno.test("a name __proto__ in a text of JSON is no key", () => {
  for (
    const value of [
      { name: "__proto__" },
      { names: ["__proto__"] },
      { text: '"__proto__": 1' },
      { 'x"__proto__': 1 },
      { __PROTO__: 1 },
    ]
  ) {
    const text = JSON.stringify(value);
    assertEquals(parseJson(text, "r.json"), value);
    assertEquals(
      readJsonText(text).value,
      Object.assign(
        Object.create(null),
        value,
      ),
    );
  }
});

Deno.test("a key that is given twice is refused, the same name elsewhere is not", () => {
  const twice: [string, string, number][] = [
    ['{"seed": 1, "seed": 2}', "seed", 13],
    ['[{"a": {"a": 1}, "b": [{"a": 1}], "\\u0061": 2}]', "a", 35],
    ['{"": 1,"":2}', "", 8],
    ['{"a": ["b"], "a": 1}', "a", 14],
    ['{"a\\"": 1, "a\\"" : 2}', 'a"', 12],
  ];
  for (const [text, key, column] of twice) {
    JSON.parse(text);
    const found = `found the key ${JSON.stringify(key)} twice, expected each`;
    const place = `line 1, column ${column}`;
    assertThrows(
      () => parseJson(text, "r.json"),
      SyntaxError,
      `Cannot read "r.json": ${place}: ${found}`,
    );
    const error = assertThrows(() => readJsonText(text), JsonTextError, found);
    assertEquals(error.position.column, column);
  }
  for (
    const text of [
      '{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": "a"}, "a", "a"]}',
      '{"a": "b", "b": "a"}',
      '["a", "a"]',
    ]
  ) assertEquals(parseJson(text, "r.json"), JSON.parse(text));
});

Deno.test("parseJson() finds in any value what it was made from", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => {
    const isUsable = !text.includes("__proto__");
    if (isUsable) assertEquals(parseJson(text, "a"), JSON.parse(text));
  }));
});

Deno.test("parseJson() says that a file is empty, and keeps its name on one line", () => {
  for (const text of ["", " \n"]) {
    assertThrows(
      () => parseJson(text, "a\u001b[31m.json"),
      SyntaxError,
      'Cannot read "a\\x1b[31m.json": the file is empty, expected JSON',
    );
  }
});

Deno.test("parseJson() takes as many levels as are known, brackets in strings are none", () => {
  const nested = (levels: number) =>
    "[".repeat(levels) + '"[[{"' + "]".repeat(levels);
  const most = nested(MOST_JSON_DEPTH);
  assertEquals(parseJson(most, "a"), JSON.parse(most));
  for (const text of [nested(MOST_JSON_DEPTH + 1), nested(100_000)]) {
    assertThrows(
      () => parseJson(text, "a"),
      SyntaxError,
      'Cannot read "a": line 1, column 65: found more than 64 levels, ' +
        "expected fewer",
    );
  }
  // Not JSON at all: refused all the same, and without running out of stack.
  assertThrows(() => jsonValue("[".repeat(100_000)), JsonTextError);
  assertEquals(parseJson("[[],[],{}]", "a"), [[], [], {}]);
});

Deno.test("readResult() refuses what is nested too deeply, with its place", () => {
  const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
  const text = JSON.stringify(fixedResult()).replace(
    '"config":{',
    () => `"config":{"z":${deep},`,
  );
  assertThrows(
    () => readResult(text, "deep.json"),
    SyntaxError,
    "found more than 64 levels",
  );
});

Deno.test("readResult() tells 1e400 as no null", () => {
  const text = JSON.stringify(fixedResult()).replace(
    '"seed":1',
    '"seed":1e400',
  );
  assertThrows(
    () => readResult(text, "a.json"),
    TypeError,
    "seed is Infinity, expected a number",
  );
});
