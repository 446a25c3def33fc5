/**
 * A CPU as the cache model sees it: its hierarchy, what an access costs at
 * each level, and where every number comes from. Also the form of a CPU file.
 */
import { checkString } from "../../layouts/value_text.ts";
import { z } from "zod";
import { readJsonForm, shownText } from "../text/json_form.ts";
import { resolveLevels } from "./config.ts";

const latencySchema = z.strictObject({
  cycles: z.number().int().min(1).max(100_000).describe(
    "Load-to-use cycles when the data comes from here.",
  ),
  basis: z.enum(["documented", "measured", "assumed"]).describe(
    "How the number is known.",
  ),
  source: shownText().describe(
    "The document, page or measurement; what was assumed and why.",
  ),
});

const levelSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z][\w.-]*$/).describe(
    "Name shown in results, such as L1D.",
  ),
  sizeBytes: z.number().int().positive().describe("Capacity in bytes."),
  ways: z.union([z.number().int().positive(), z.literal("full")]).describe(
    "Lines of a set; full for one set.",
  ),
  lineBytes: z.number().int().positive().describe("Bytes of a line."),
  policy: z.enum(["lru", "fifo", "plru", "random"]).optional().describe(
    "Which line leaves a full set; default: lru.",
  ),
  write: z.enum(["back", "through"]).optional().describe(
    "Where a write that hits goes; default: back.",
  ),
  allocate: z.boolean().optional().describe(
    "Whether a write that misses fetches its line; default: true.",
  ),
  inclusion: z.enum(["none", "inclusive", "exclusive"]).optional().describe(
    "What holds between this level and those above; default: none.",
  ),
  prefetch: z.enum(["none", "nextLine"]).optional().describe(
    "Whether a miss also fetches the next line; default: none.",
  ),
  holds: z.enum(["unified", "data", "instruction"]).optional().describe(
    "What a first level holds; default: unified.",
  ),
  source: shownText().describe("Where size, ways and line come from."),
  latency: latencySchema.describe("What a hit costs."),
});

/** A CPU: each key, and nothing beside them. */
export const cpuSchema = z.strictObject({
  schemaVersion: z.literal(1).describe("Version of this form."),
  name: shownText().describe("Short name, such as zen4."),
  title: shownText().describe("What it is, for people."),
  levels: z.array(levelSchema).min(1).describe(
    "Its caches, first level first.",
  ),
  memory: latencySchema.describe("What an access to memory costs."),
  notes: z.array(shownText()).describe(
    "What the model leaves out or takes as given.",
  ),
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
  /** Replacement; default: LRU. */
  readonly policy?: "lru" | "fifo" | "plru" | "random";
  /** Where a write that hits goes; default: back. */
  readonly write?: "back" | "through";
  /** Whether a write that misses allocates; default: true. */
  readonly allocate?: boolean;
  /** What holds between this level and those above; default: nothing. */
  readonly inclusion?: "none" | "inclusive" | "exclusive";
  /** Prefetch; default: none. */
  readonly prefetch?: "none" | "nextLine";
  /** What a first level holds; default: everything. */
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
 * @throws {SyntaxError} If it is not JSON or not a CPU description.
 * @throws {RangeError} If its hierarchy cannot exist.
 *
 * @example A preset is a CPU file
 * ```ts
 * import { cpuPreset, parseCpu } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const text = JSON.stringify(cpuPreset("zen4"));
 * assertEquals(parseCpu("zen4.json", text).title, cpuPreset("zen4").title);
 * ```
 */
export function parseCpu(name: string, text: string): Cpu {
  checkString("read a CPU file", "name", name);
  checkString("read a CPU file", "text", text);
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
