/** The key that schemas pass over: refused wherever JSON is read. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
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
