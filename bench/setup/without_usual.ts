/** Values that go without saying have no place in a result. */
import { z } from "zod";
import { RUN_FIELDS } from "./options.ts";
import type { LabRunOptions } from "./run_fields.ts";

/**
 * Leaves out what its absence says as well, such as `engine: "js"`, and what
 * is there without a value.
 */
export function withoutUsual(setup: LabRunOptions): LabRunOptions {
  const usual = RUN_FIELDS.filter(({ path: [key = ""], schema, note }) => {
    const value = setup[key as keyof LabRunOptions];
    return schema instanceof z.ZodOptional && value !== undefined &&
      note.isUsual?.(value) === true;
  }).map(({ path: [key] }) => key);
  return Object.fromEntries(
    Object.entries(setup).filter(([key, value]) =>
      value !== undefined && !usual.includes(key)
    ),
  ) as unknown as LabRunOptions;
}
