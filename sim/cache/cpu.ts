/**
 * A CPU as the cache model sees it: its hierarchy, what an access costs at
 * each level, and where every number comes from. Also the form of a CPU file.
 */
import { z } from "zod";
import { readJsonForm, shownText } from "../pci/json_form.ts";
import { resolveLevels } from "./config.ts";

const latencySchema = z.strictObject({
  /** Load-to-use cycles when the data comes from here. */
  cycles: z.number().int().min(1).max(100_000),
  /** How the number is known. */
  basis: z.enum(["documented", "measured", "assumed"]),
  /** The document, page or measurement; what was assumed and why. */
  source: shownText(),
});

const levelSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z][\w.-]*$/),
  sizeBytes: z.number().int().positive(),
  ways: z.union([z.number().int().positive(), z.literal("full")]),
  lineBytes: z.number().int().positive(),
  policy: z.enum(["lru", "fifo", "plru", "random"]).optional(),
  write: z.enum(["back", "through"]).optional(),
  allocate: z.boolean().optional(),
  inclusion: z.enum(["none", "inclusive", "exclusive"]).optional(),
  prefetch: z.enum(["none", "nextLine"]).optional(),
  holds: z.enum(["unified", "data", "instruction"]).optional(),
  /** Where size, ways and line come from. */
  source: shownText(),
  latency: latencySchema,
});

const cpuSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: shownText(),
  title: shownText(),
  levels: z.array(levelSchema).min(1),
  memory: latencySchema,
  /** What the model leaves out or takes as given. */
  notes: z.array(shownText()),
});

/** What an access costs at one place, and how that is known. */
export interface CacheLatency {
  /** Load-to-use cycles when the data comes from here. */
  readonly cycles: number;
  /** How the number is known. */
  readonly basis: "documented" | "measured" | "assumed";
  /** The document or measurement; what was assumed and why. */
  readonly source: string;
}

/** One cache of a CPU. */
export interface CpuLevel {
  /** Name shown in results. */
  readonly name: string;
  /** Capacity in bytes. */
  readonly sizeBytes: number;
  /** Lines per set. */
  readonly ways: number | "full";
  /** Bytes per line. */
  readonly lineBytes: number;
  /** Replacement; LRU unless told. */
  readonly policy?: "lru" | "fifo" | "plru" | "random";
  /** Where a write that hits goes; back unless told. */
  readonly write?: "back" | "through";
  /** Whether a write that misses allocates; true unless told. */
  readonly allocate?: boolean;
  /** What holds between this level and those above; nothing unless told. */
  readonly inclusion?: "none" | "inclusive" | "exclusive";
  /** Prefetch; none unless told. */
  readonly prefetch?: "none" | "nextLine";
  /** What a first level holds; everything unless told. */
  readonly holds?: "unified" | "data" | "instruction";
  /** Where size, ways and line come from. */
  readonly source: string;
  /** What a hit costs. */
  readonly latency: CacheLatency;
}

/** A CPU. */
export interface Cpu {
  /** Version of this form, 1. */
  readonly schemaVersion: 1;
  /** Short name, such as `zen4`. */
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  /** Its caches, first level first. */
  readonly levels: readonly CpuLevel[];
  /** What an access to memory costs. */
  readonly memory: CacheLatency;
  /** What the model leaves out or takes as given. */
  readonly notes: readonly string[];
}

/**
 * Reads a CPU file.
 *
 * @param name Name of the file, for errors.
 * @param text Its content, JSON.
 * @returns The CPU.
 * @throws {SyntaxError} If it is not JSON or has not the form of a CPU.
 * @throws {RangeError} If its hierarchy cannot exist.
 *
 * @example A preset is a CPU file
 * ```ts
 * import { cpuPreset, parseCpu } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * const text = JSON.stringify(cpuPreset("zen4"));
 * assertEquals(parseCpu("zen4.json", text).title, cpuPreset("zen4").title);
 * ```
 */
export function parseCpu(name: string, text: string): Cpu {
  const { value } = readJsonForm(text, {
    kind: "CPU file",
    fileName: name,
    schema: cpuSchema,
  });
  // Optional keys are absent here, never undefined: JSON cannot say undefined.
  const cpu = value as Cpu;
  resolveLevels({ levels: cpu.levels });
  return cpu;
}

/**
 * Gives the form of a CPU file as JSON Schema.
 *
 * @returns The schema.
 *
 * @example It is an object with levels
 * ```ts
 * import { cpuJsonSchema } from "@bvec/lab/sim";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cpuJsonSchema().type, "object");
 * ```
 */
export function cpuJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(cpuSchema) as Record<string, unknown>;
}
