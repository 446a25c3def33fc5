import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { setupJsonSchema } from "../../../bench/setup/setup_schema.ts";

const FILE = new URL("../../../bench/setup.schema.json", import.meta.url);

// After a wanted change: deno task docs
Deno.test("setupJsonSchema() equals the committed file", async () => {
  assertEquals(
    JSON.parse(await Deno.readTextFile(FILE)),
    JSON.parse(JSON.stringify(setupJsonSchema())),
  );
});

/** Paths of the properties of a schema that say nothing of themselves. */
function undescribed(schema: unknown, path = ""): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === "properties"
      ? Object.entries(Object(value)).filter(([, property]) =>
        Object(property).description === undefined
      ).map(([name]) => `${path}/${name}`)
      : []),
    ...undescribed(value, `${path}/${key}`),
  ]);
}

Deno.test("each property of a setup is described", () => {
  const schema = setupJsonSchema();
  assertEquals(undescribed(schema), []);
  assertEquals(
    undescribed({ properties: { a: {}, b: { description: "b" } } }),
    [
      "/a",
    ],
  );
  assert(Object.keys(Object(schema.properties)).length > 25);
});

Deno.test("the schema alone takes a setup, and refuses a wrong one", () => {
  const read = z.fromJSONSchema(
    JSON.parse(JSON.stringify(setupJsonSchema())),
  );
  const takes = (setup: unknown) => read.safeParse(setup).success;
  assert(takes({ layouts: ["phyr"], abis: ["lp64"], machine: { sgl: true } }));
  assert(takes({ simulation: { arrivals: { kind: "even", perSecond: 1e5 } } }));
  assert(!takes({ engine: "d" }));
  assert(!takes({ layout: ["phyr"] }));
  assert(!takes({ machine: { sgl: "yes" } }));
  assert(!takes({ limits: { maxSegments: 0 } }));
});
