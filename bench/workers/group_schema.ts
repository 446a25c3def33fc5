/**
 * Checks what a result file says of groups of workers; unknown keys pass.
 */
import { z } from "zod";
import type { ResultWorkers } from "./group_types.ts";

const name = z.string().min(1);
const count = z.number().int().min(0);
const atLeastOne = z.number().int().min(1);
const exact = z.number().min(0);
const interval = z.looseObject({
  median: z.number().gt(0),
  low: z.number().gt(0).nullable(),
  high: z.number().gt(0).nullable(),
});
const verdict = z.enum(["faster", "slower", "no difference shown"]);
const sizes = z.looseObject({ count, mean: exact, most: count });

/** The schema. */
export const workersSchema: z.ZodType<ResultWorkers> = z.looseObject({
  workers: atLeastOne,
  devices: count,
  poll: z.boolean(),
  completeOn: name,
  depth: atLeastOne,
  scaling: z.array(z.looseObject({
    layout: name,
    workers: atLeastOne,
    devices: count,
    iosPerSecond: interval,
    perWorker: z.array(exact),
    births: atLeastOne.optional(),
    speedUp: interval,
    speedUpVerdict: verdict.nullish(),
    efficiency: interval,
    ratio: interval.nullable(),
    ratioVerdict: verdict.nullish(),
  })),
  groups: z.array(z.looseObject({
    layout: name,
    digest: z.string(),
    verifiedBytes: count,
    latency: z.looseObject({
      samples: count,
      meanNs: exact,
      leastNs: exact,
      mostNs: exact,
      percentilesNs: z.record(z.string(), exact),
    }).nullable(),
    commandBatch: sizes.nullable(),
    completionBatch: sizes.nullable(),
    ringOccupancy: sizes.nullable(),
    ringEntries: count.nullable(),
    remoteFrees: count,
    observedIos: count,
    submitterSleeps: count,
    deviceSleeps: count,
    sharing: z.looseObject({
      iosPerWorker: count,
      structures: z.array(z.looseObject({
        structure: name,
        lines: count,
        writtenByMany: count,
        falselyShared: count,
        handedOver: count,
      })),
    }),
  })),
});
