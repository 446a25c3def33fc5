import { z } from "zod";
import { assert, assertEquals } from "@std/assert";
import {
  RESULT_SCHEMA_VERSION,
  resultSchema,
} from "../../../bench/result/result_schema.ts";
import { resultJsonSchema } from "../../../bench/result/result_json_schema.ts";
import { cpuSchema } from "../../../sim/cache/cpu.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";

// After a wanted change: deno task docs
Deno.test("resultJsonSchema() equals the committed file", async () => {
  const file = new URL("../../../bench/result.schema.json", import.meta.url);
  const committed = JSON.parse(await Deno.readTextFile(file));

  assertEquals(committed, JSON.parse(JSON.stringify(resultJsonSchema())));
});

/** Paths of properties, with their descriptions. */
function* properties(
  schema: unknown,
  path: string,
): Generator<[string, unknown]> {
  if (typeof schema !== "object" || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key !== "properties") {
      yield* properties(value, path);
      continue;
    }
    for (const [name, property] of Object.entries(value as object)) {
      const where = `${path}.${name}`;
      yield [where, Reflect.get(property, "description")];
      yield* properties(property, where);
    }
  }
}

Deno.test("JSON Schemas describe every property, in a sentence", () => {
  for (
    const [name, schema, least] of [
      ["result", resultJsonSchema(), 225],
      ["CPU", z.toJSONSchema(cpuSchema), 20],
    ] as const
  ) {
    const found = [...properties(schema, name)];
    assert(found.length >= least, `${found.length} properties of ${name}`);
    const wrong = found.filter(([, text]) =>
      typeof text !== "string" || !/^\S.{4,120}\.$/.test(text)
    );
    assertEquals(wrong, []);
  }
});

Deno.test("committed JSON Schemas describe every property", async () => {
  for (
    const path of [
      "result.schema.json",
      "setup.schema.json",
      "sweep.schema.json",
      "source_audit/audit.schema.json",
    ]
  ) {
    const file = new URL(`../../../bench/${path}`, import.meta.url);
    const found = [
      ...properties(JSON.parse(await Deno.readTextFile(file)), path),
    ];
    assert(found.length >= 40, `${found.length} properties of ${path}`);
    assertEquals(found.filter(([, text]) => typeof text !== "string"), []);
  }
});

Deno.test("resultSchema accepts a result and keeps keys it does not know", () => {
  const known = fixedResult();
  const more = {
    ...known,
    future: { key: 1 },
    cells: [{ ...fixedCell(), future: 2 }],
  };

  assertEquals(known.schemaVersion, RESULT_SCHEMA_VERSION);
  assertEquals(
    JSON.stringify(resultSchema.parse(more)).includes("future"),
    true,
  );
  assertEquals(JSON.parse(JSON.stringify(resultSchema.parse(known))), known);
});

Deno.test("resultSchema takes null for everything that was not timed", () => {
  const untimed = fixedLayout({
    nsPerIo: null,
    ratio: null,
    verdict: null,
    iosPerSecond: null,
    samples: null,
    footprint: null,
    modelled: null,
  });
  const result = fixedResult({ cells: [fixedCell({ layouts: [untimed] })] });

  assertEquals(resultSchema.safeParse(result).success, true);
});

Deno.test("resultSchema requires the six counts and takes more", () => {
  const { bvecLinesPerIo: _, ...five } = fixedLayout().counts;
  const accepts = (counts: unknown) =>
    resultSchema.safeParse({
      ...fixedResult(),
      cells: [{ ...fixedCell(), layouts: [{ ...fixedLayout(), counts }] }],
    }).success;

  assertEquals(accepts(five), false);
  assertEquals(accepts({ ...five, bvecLinesPerIo: 8 }), true);
  assertEquals(accepts({ ...five, bvecLinesPerIo: 8, more: 1.5 }), true);
  assertEquals(accepts({ ...five, bvecLinesPerIo: 8, more: "x" }), false);
  assertEquals(accepts({ ...five, bvecLinesPerIo: NaN }), false);
});
