/**
 * Checks what a result file says of a simulation; unknown keys pass.
 */
import { z } from "zod";
import type { ResultSimulation } from "./result_types.ts";

const name = z.string().min(1);
const count = z.number().int().min(0);
const exact = z.number().min(0);

/** The schema. */
export const simulationSchema: z.ZodType<ResultSimulation> = z.looseObject({
  device: name,
  arrivals: name,
  plan: z.string().nullable(),
  planSeed: z.number().int().nullable(),
  layouts: z.array(z.looseObject({
    layout: name,
    recognition: name,
    ios: count,
    verifiedBytes: count,
    elapsedNs: exact,
    iosPerSecond: exact.nullable(),
    utilisation: exact.nullable(),
    latency: z.looseObject({
      meanNs: exact,
      leastNs: exact,
      mostNs: exact,
      percentilesNs: z.record(z.string(), exact.nullable()),
    }).nullable(),
    rules: z.array(z.looseObject({
      kind: name,
      rule: count,
      chosen: count,
      injected: count,
      hits: count,
    })),
    statuses: z.record(z.string(), count),
    statusDigest: z.string(),
    counts: z.record(z.string(), count),
    leaks: count,
  })),
});
