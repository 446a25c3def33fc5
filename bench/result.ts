/**
 * The result file: what `lab run --json` writes and every later step reads.
 *
 * Programs outside rely on these keys (design.md, section 6): adding one is
 * fine, changing what one means raises {@linkcode RESULT_SCHEMA_VERSION}.
 * Sizes are in bytes, times in ns; what is missing is `null`.
 */
import { z } from "zod";
import type { LabResult } from "./result_types.ts";
import { simulationSchema } from "./simulate/schema.ts";
import { workersSchema } from "./workers/group_schema.ts";

export type {
  FootprintFigures,
  Interval,
  LabResult,
  ResultAgreement,
  ResultCell,
  ResultCounts,
  ResultFootprint,
  ResultHarness,
  ResultInput,
  ResultIos,
  ResultLayout,
  ResultLeftOut,
  ResultModelled,
  ResultModelledLevel,
  ResultModelledStretch,
  ResultNoiseFloor,
  ResultSample,
  ResultSamples,
  ResultWarmUp,
  TouchedPerIo,
  Verdict,
} from "./result_types.ts";

/** The version of the result file that this lab writes. */
export const RESULT_SCHEMA_VERSION = 1;

/** The name that a result file carries in `tool.name`. */
export const TOOL_NAME = "bvec-lab";

/** More than any run has, and few enough for a report of all of them. */
const MOST_LAYOUTS = 1024;
const MOST_CELLS = 65536;

const name = z.string().min(1);
const count = z.number().int().min(0);
const positive = z.number().gt(0);

const interval = z.looseObject({
  median: positive,
  low: positive.nullable(),
  high: positive.nullable(),
}).refine(
  ({ median, low, high }) =>
    low === null || high === null
      ? low === high
      : low <= median && median <= high,
  {
    message: "expected low <= median <= high, or no ends at all",
  },
);

const exact = z.number().min(0);

const counts = z.object({
  biosPerIo: exact,
  requestsPerIo: exact,
  segmentsPerIo: exact,
  prpEntriesPerIo: exact,
  bvecBytesPerIo: exact,
  bvecLinesPerIo: exact,
}).catchall(z.number());

const warning = z.looseObject({
  code: name,
  message: z.string(),
  hint: z.string(),
});

const samples = z.looseObject({
  total: count,
  capped: z.boolean(),
  values: z.array(
    z.looseObject({ birth: count, round: count, nsPerIo: positive }),
  ),
});

const openRecord = z.record(z.string(), z.unknown());

const modelledStretch = {
  ios: count,
  referencesPerIo: exact,
  levels: z.array(z.looseObject({
    name,
    missesPerIo: exact,
    readMissesPerIo: exact,
    writeMissesPerIo: exact,
    writebacksPerIo: exact,
  })),
  stallCyclesPerIo: z.looseObject({ cycles: exact, low: exact, high: exact }),
};

const modelled = z.looseObject({
  cpu: name,
  depth: count,
  warmUpIos: count,
  ...modelledStretch,
  cold: z.looseObject(modelledStretch),
});

const touched = z.looseObject({
  accessesPerIo: exact,
  writesPerIo: exact,
  straddlesPerIo: exact,
  bytesPerIo: exact,
  linesPerIo: exact,
});

const footprintFigures = {
  total: touched,
  structures: z.record(z.string(), touched),
  stages: z.record(z.string(), touched),
};

/** Older labs have less of it. */
const footprint = z.looseObject({
  tracedIos: count,
  lineBytes: positive,
  ...footprintFigures,
  atDepth: z.looseObject({ depth: count, ...footprintFigures }),
}).partial();

const layout = z.looseObject({
  name,
  nsPerIo: interval.nullable(),
  ratio: interval.nullable(),
  verdict: z.enum(["faster", "slower", "no difference shown"]).nullable(),
  counts,
  bytesPerSegment: positive.nullish(),
  recognition: name.optional(),
  iosPerSecond: positive.nullish(),
  adjustedPValue: z.number().min(0).max(1).nullish(),
  detectable: exact.nullish(),
  betweenBirthSpread: exact.nullish(),
  outliers: count.optional(),
  samples: samples.nullish(),
  percentiles: z.record(z.string(), positive.nullable()).nullish(),
  warmUps: z.array(
    z.looseObject({
      birth: count,
      steady: z.boolean(),
      nsPerIo: z.array(positive),
    }),
  ).optional(),
  footprint: footprint.nullish(),
  modelled: modelled.nullish(),
});

const verdict = z.enum(["faster", "slower", "no difference shown"]);

const agreement = z.looseObject({
  engines: z.array(name),
  tau: z.number().min(-1).max(1).nullable(),
  opposed: z.array(name),
  oneSided: z.array(name),
  words: z.string(),
  layouts: z.array(z.looseObject({
    name,
    ratios: z.array(interval.nullable()),
    verdicts: z.array(verdict.nullable()),
  })),
  times: z.array(z.looseObject({
    name,
    nsPerIo: z.array(interval.nullable()),
    factor: positive.nullable(),
  })).optional(),
});

const cell = z.looseObject({
  workload: name,
  abi: name,
  recognition: name,
  engine: name,
  agreement: agreement.nullish(),
  ios: z.looseObject({
    total: count,
    reads: count,
    writes: count,
    others: count,
    bytes: count,
    skipped: count,
    rounded: count.optional(),
    cut: count.optional(),
  }),
  digest: z.string(),
  verifiedBytes: count.optional(),
  timedIos: count.optional(),
  skippedByReason: z.record(z.string(), count).optional(),
  layouts: z.array(layout).max(MOST_LAYOUTS, {
    error: `expected at most ${MOST_LAYOUTS} layouts`,
  }),
  baseline: name.optional(),
  description: z.string().optional(),
  setting: z.string().optional(),
  submitter: name.optional(),
  kernel: name.optional(),
  placement: z.string().optional(),
  rounds: count.optional(),
  births: count.optional(),
  harness: z.array(z.looseObject({ name, nsPerIo: interval.nullable() }))
    .optional(),
  noiseFloor: z.looseObject({ ratio: interval, difference: exact }).nullish(),
  workers: workersSchema.optional(),
  simulated: simulationSchema.optional(),
  leftOut: z.array(z.looseObject({ name, reason: z.string() })).optional(),
  complete: z.boolean().optional(),
  warnings: z.array(warning).optional(),
});

/** Checks a result file of this version; unknown keys pass. */
export const resultSchema: z.ZodType<LabResult> = z.looseObject({
  schemaVersion: z.literal(RESULT_SCHEMA_VERSION),
  tool: z.looseObject({ name: z.literal(TOOL_NAME), version: name }),
  environment: openRecord,
  config: openRecord,
  seed: z.number().int(),
  inputs: z.array(z.looseObject({
    name,
    sizeBytes: count.nullable(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).nullable(),
  })).optional(),
  warnings: z.array(warning),
  interrupted: z.boolean().optional(),
  complete: z.boolean().optional(),
  cells: z.array(cell).max(MOST_CELLS, {
    error: `expected at most ${MOST_CELLS} cells`,
  }),
});

/**
 * Gives the JSON Schema of the result file, as committed in
 * `bench/result.schema.json`.
 *
 * @returns The schema (draft 2020-12).
 *
 * @example The keys that every result has
 * ```ts
 * import { resultJsonSchema } from "@bvec/lab/bench";
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
    ...z.toJSONSchema(resultSchema, { io: "input" }),
    title: "bvec-lab result file",
  };
}
