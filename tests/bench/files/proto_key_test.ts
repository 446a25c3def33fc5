/** The key that schemas pass over: refused wherever JSON is read. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { z } from "zod";
import { parseKernelResult } from "../../../bench/kernel/result.ts";
import { parse } from "../../../bench/oracle/row_schema.ts";
import { readRecord } from "../../../bench/study/machine_code.ts";
import { readStudy } from "../../../bench/study/study_file.ts";
import { readTargets } from "../../../bench/targets/targets_file.ts";
import { parseJson } from "../../../bench/result/read_result.ts";
import { readPlan } from "../../../bench/sweep/plan.ts";
import { JsonTextError, readJsonText } from "../../../sim/text/json_text.ts";

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
        "expected one that a form has",
    );
    const error = assertThrows(() => readJsonText(text), JsonTextError);
    assertEquals(error.position, { line: 2, column: 9 });
  }
  await assertRejects(
    () => readPlan('{"axes": {"__proto__": [1]}}', "p.json"),
    SyntaxError,
    'Cannot read plan "p.json": line 1, column 11: found the key ' +
      '"__proto__", expected one that a form has',
  );
});

Deno.test("readers of single forms refuse the key as well, wherever it is", () => {
  const beside = '{"a": 1, "__proto__": {}}';
  const within = '{"a": [{"__proto__" : 1}]}';
  const found = 'found the key "__proto__", expected';
  const row = (text: string) => () =>
    parse(z.object({}).loose(), { text, where: "rows, line 2" });
  for (const text of [beside, within]) {
    assertThrows(row(text), SyntaxError, `oracle row: ${found} one that a row`);
    assertThrows(
      () => readStudy(text, "s.json"),
      TypeError,
      `"s.json": ${found}`,
    );
    assertThrows(() => readRecord(text), SyntaxError, found);
  }
  // A recorded kernel has figures by name: that of this name would be lost.
  assertThrows(
    () => parseKernelResult(within, "k.json"),
    SyntaxError,
    `Cannot read k.json: ${found} a result of`,
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
