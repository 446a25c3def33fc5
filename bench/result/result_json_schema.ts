/**
 * The result file as JSON Schema, for programs in other languages. A short file
 * says of layouts after the first only what differs, which this allows.
 */
import { z } from "zod";
import { footprint, modelled } from "./exact_schema.ts";
import { wholeSchema } from "./result_schema.ts";

/**
 * Returns the JSON Schema of the result file, as committed in
 * `bench/result.schema.json`.
 *
 * @returns The schema (draft 2020-12).
 *
 * @example The keys that every result has
 * ```ts
 * import { resultJsonSchema } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resultJsonSchema().required, [
 *   "schemaVersion",
 *   "tool",
 *   "environment",
 *   "config",
 *   "seed",
 *   "warnings",
 *   "cells",
 * ]);
 * ```
 */
export function resultJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(wholeSchema, {
      io: "input",
      override: ({ zodSchema, jsonSchema }) => {
        if (SHORT_PARTS.some((part) => part === zodSchema)) shorten(jsonSchema);
      },
    }),
    title: "bvec-lab result file",
  };
}

/** What a short file says of layouts after the first as what differs. */
const SHORT_PARTS: readonly unknown[] = [footprint, modelled];

/** In what differs, nothing is required, and what is lacking is listed. */
function shorten(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  Reflect.deleteProperty(node, "required");
  const others = Reflect.get(node, "additionalProperties");
  for (const value of Object.values(node)) shorten(value);
  if (typeof others !== "object" || Reflect.get(others, "type") !== "object") {
    return;
  }
  const lacking = { type: "array", items: { type: "string" } };
  Reflect.set(node, "additionalProperties", { anyOf: [others, lacking] });
}
