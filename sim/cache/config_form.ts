/** The form of a cache hierarchy. */
import { z } from "zod";
import {
  anyNumber,
  someText,
  wholeNumber,
} from "../../layouts/option_check.ts";
import type { CacheLevelConfig, HierarchyConfig } from "./config.ts";

// Sizes, ways and lines: `resolveLevel()` names the field to blame.
const number = anyNumber();

/** Settings of a level with a few named values. */
const policies = {
  policy: z.enum(["lru", "fifo", "plru", "random"]).optional(),
  write: z.enum(["back", "through"]).optional(),
  allocate: z.boolean().optional(),
  inclusion: z.enum(["none", "inclusive", "exclusive"]).optional(),
  prefetch: z.enum(["none", "nextLine"]).optional(),
  holds: z.enum(["unified", "data", "instruction"]).optional(),
} as const;

/** One level: a CPU's says its latency and source as well. */
const levelSchema = z.strictObject(
  {
    name: someText(),
    sizeBytes: number,
    ways: z.union([number, z.literal("full")], { error: "a number or full" }),
    lineBytes: number,
    ...policies,
    source: z.unknown().optional(),
    latency: z.unknown().optional(),
  } satisfies Record<keyof CacheLevelConfig | "source" | "latency", z.ZodType>,
);

/** A hierarchy: each key, and nothing beside them. */
export const hierarchySchema = z.strictObject(
  {
    levels: z.array(levelSchema),
    mode: z.enum(["dinero", "cachegrind"]).optional(),
    seed: wholeNumber(0).optional(),
    missClasses: z.boolean().optional(),
  } satisfies Record<keyof HierarchyConfig, z.ZodType>,
);

/** Defaults of a level that was written as text. */
export const levelDefaultsSchema = z.strictObject({ policy: policies.policy });
