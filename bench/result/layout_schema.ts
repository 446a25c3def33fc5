/** Checks what one layout did in a cell; unknown keys pass. */
import { z } from "zod";
import { exact, name, positive, wholeCount } from "../files/schema_parts.ts";
import { counts, footprint, machineCode, modelled } from "./exact_schema.ts";
import {
  coldTime,
  interval,
  samples,
  verdict,
  warmUpSchema,
} from "./timing_schema.ts";

export const layout = z.looseObject({
  name: name.describe("Name of the layout."),
  nsPerIo: interval.nullable().describe(
    "Time per I/O, in ns; null where nothing was timed.",
  ),
  ratio: interval.nullable().describe(
    "Time relative to the baseline; 1 for the baseline itself.",
  ),
  verdict: verdict.nullable()
    .describe("What the run can say about that ratio; null without one."),
  counts: counts.describe("Exact figures per I/O; more of them may be there."),
  bytesPerSegment: positive.nullish().describe(
    "Bytes that one segment takes in a full table of this layout.",
  ),
  recognition: name.optional().describe(
    "How this layout recognised P2P memory.",
  ),
  iosPerSecond: positive.nullish().describe(
    "I/Os per second of one worker, from the median.",
  ),
  adjustedPValue: z.number().min(0).max(1).nullish().describe(
    "p of no difference, corrected over the layouts of the cell (Holm).",
  ),
  byCompiler: z.array(z.looseObject({
    compiler: name.describe("Compiler and version."),
    ratio: interval.describe("Time relative to the baseline."),
  })).optional().describe(
    "The ratio as each compiler built it, where there were several.",
  ),
  detectable: exact.nullish().describe(
    "Smallest difference that this run could have shown; 0.03 is 3 %.",
  ),
  betweenBuildSpread: exact.nullish().describe(
    "Standard deviation between builds; 0.03 is 3 %.",
  ),
  outliers: wholeCount.optional().describe(
    "Samples that lie far outside; none was removed.",
  ),
  samples: samples.nullish().describe("What the timings came from."),
  percentiles: z.record(z.string(), positive.nullable()).nullish().describe(
    "Percentiles of the samples in ns; null where there are too few for one.",
  ),
  wallNsPerIo: interval.nullish().describe(
    "Wall time per I/O of the same, in ns; other work makes it longer.",
  ),
  cold: coldTime.nullish().describe(
    "The first I/Os of a turn, on what others left in the caches.",
  ),
  warmUps: z.array(
    warmUpSchema,
  ).optional().describe("The warm-ups, whose batches are in no figure."),
  footprint: footprint.nullish().describe(
    "Bytes and lines touched, exact; without samples, what differs from like.",
  ),
  modelled: modelled.nullish().describe(
    "What a cache model makes of it; without samples, what differs from like.",
  ),
  machineCode: machineCode.nullish().describe(
    "What its path in C costs, counted exactly; null if it was not.",
  ),
});
