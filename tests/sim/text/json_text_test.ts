import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { JsonTextError, readJsonText } from "../../../sim/text/json_text.ts";

const complaint = (text: string): string => {
  const error = assertThrows(() => readJsonText(text), JsonTextError);
  const { line, column } = error.position;
  return `${line}:${column}: ${error.found}`;
};

Deno.test("readJsonText() reads what JSON.parse() reads", () => {
  // All but a key __proto__, which is refused.
  const values = fc.jsonValue({ maxDepth: 8 }).filter((value) =>
    !JSON.stringify(value).includes('"__proto__":')
  );
  fc.assert(fc.property(values, (value) => {
    for (const space of [undefined, 1, "\t"]) {
      const text = JSON.stringify(value, null, space);
      assertEquals(
        JSON.stringify(readJsonText(text).value),
        JSON.stringify(JSON.parse(text)),
      );
    }
  }));
});

Deno.test("readJsonText() finds a node, or the deepest one above it", () => {
  const { positionOf } = readJsonText('{"a": 1,\n "b": [7, {"c": null}]}');
  const at = (...path: (string | number)[]) => {
    const { line, column } = positionOf(path);
    return `${line}:${column}`;
  };
  assertEquals(at(), "1:1");
  assertEquals(at("a"), "1:7");
  assertEquals(at("b"), "2:7");
  assertEquals(at("b", 0), "2:8");
  assertEquals(at("b", 1, "c"), "2:17");
  assertEquals([at("b", 1, "d"), at("b", 9), at("z", "a")], [
    "2:11",
    "2:7",
    "1:1",
  ]);
});

Deno.test("readJsonText() takes strings and blanks of any length", () => {
  // A pattern for the whole of it would overflow the stack.
  const long = "x".repeat(12 << 20);
  assertEquals(readJsonText(`"${long}"`).value, long);
  assertEquals(readJsonText(`${" ".repeat(12 << 20)}1`).value, 1);
  assertEquals(
    complaint(`"${long}`).slice(0, 25),
    `1:${long.length + 2}: found the end`,
  );
});

Deno.test("readJsonText() bounds numbers, values and levels", () => {
  assertEquals(
    complaint('{"a": 1e400}'),
    '1:7: found "1e400", expected a number that a double holds',
  );
  assertEquals(
    complaint(`[-1e999]`),
    '1:2: found "-1e999", expected a number that a double holds',
  );
  assertEquals(
    complaint("1".repeat(1 << 20)),
    `1:1: found "${"1".repeat(20)}", expected a value`,
  );
  // Each zero takes 2 characters, the first one stands at column 2; the array
  // is a value, too.
  const most = 1 << 20;
  assertEquals(
    complaint(`[${"0,".repeat(most)}0]`),
    `1:${2 * most}: found "0", expected at most ${most} values`,
  );
  assertEquals(
    complaint("[".repeat(100_000)),
    '1:66: found "[", expected at most 64 levels',
  );
});
