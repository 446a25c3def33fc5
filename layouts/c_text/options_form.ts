/** The form of how C text becomes a layout. */
import { z } from "zod";
import { someText } from "../option_check.ts";
import type { LayoutFromCOptions } from "./options.ts";

const texts = z.record(z.string(), z.string());

/** Each key of `LayoutFromCOptions`, and nothing beside them. */
export const optionsSchema = z.strictObject(
  {
    file: z.string().optional(),
    struct: someText().optional(),
    name: someText().optional(),
    config: z.array(someText()).optional(),
    types: texts.optional(),
    defines: texts.optional(),
    roles: someText().optional(),
    source: z.strictObject({
      author: z.string().optional(),
      date: z.string().optional(),
      subject: z.string().optional(),
      url: someText().optional(),
    }).optional(),
  } satisfies Record<keyof LayoutFromCOptions, z.ZodType>,
);
