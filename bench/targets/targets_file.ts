/** The file of `bench:targets --json`: the targets, and where they were met. */
import { jsonValue } from "../files/parse_json.ts";
import { z } from "zod";

const figure = z.object({
  name: z.string().describe("group/what"),
  value: z.number().nullable().describe("null where it was not measured"),
  unit: z.string(),
  wanted: z.number(),
  bound: z.enum(["at least", "at most"]),
  met: z.boolean().nullable(),
  reason: z.string().optional().describe("why there is no value"),
  load: z.tuple([z.number().nullable(), z.number().nullable()]).optional()
    .describe("load average before and after it was measured"),
});

const targetsFileSchema = z.object({
  schemaVersion: z.literal(1),
  size: z.enum(["tiny", "quick", "full"]),
  machine: z.looseObject({
    date: z.string(),
    cpuModel: z.string().nullable(),
    cpuCount: z.number().nullable(),
    loadAverage: z.array(z.number()).nullable(),
    deno: z.string(),
    commit: z.string().nullable(),
  }),
  targets: z.array(figure),
});

export type TargetsFile = z.infer<typeof targetsFileSchema>;

export type TargetEntry = TargetsFile["targets"][number];

/** @throws {SyntaxError} If it is not what `bench:targets --json` writes. */
export function readTargets(text: string, path: string): TargetsFile {
  try {
    return targetsFileSchema.parse(jsonValue(text));
  } catch {
    throw new SyntaxError(
      `Cannot read "${path}": it is not what bench:targets --json writes, ` +
        "expected such a file",
    );
  }
}
