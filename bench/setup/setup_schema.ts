/** The JSON Schema of a setup, for editors and other programs. */
import { z } from "zod";
import { runSchema } from "./run_fields.ts";

/**
 * Returns the JSON Schema of what `lab run --setup FILE` reads, as committed in
 * `bench/setup.schema.json`. A field that is left out has its default.
 *
 * @returns The schema (draft 2020-12), with a description on each property.
 *
 * @example What every setup may have
 * ```ts
 * import { setupJsonSchema } from "./setup_schema.ts";
 * import { assert } from "@std/assert";
 *
 * assert("recognitions" in Object(setupJsonSchema().properties));
 * ```
 */
export function setupJsonSchema(): Record<string, unknown> {
  return {
    // What JSON has no form for, such as a layout of one's own, may be anything.
    ...z.toJSONSchema(runSchema, { io: "input", unrepresentable: "any" }),
    title: "bvec-lab setup",
  };
}
