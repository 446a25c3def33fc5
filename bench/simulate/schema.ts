/**
 * Checks what a result file says of a simulation; unknown keys pass.
 */
import { z } from "zod";
import { exact, name, wholeCount } from "../files/schema_parts.ts";

export const simulationResultSchema = z
  .looseObject({
    device: name.describe("The device model."),
    arrivals: name.describe("How I/Os arrive."),
    plan: z.string().nullable().describe(
      "Name of the fault plan; null for none.",
    ),
    planSeed: z.number().int().nullable().describe(
      "Seed of its chances; null for none.",
    ),
    layouts: z.array(z.looseObject({
      layout: name.describe("Name of the layout."),
      recognition: name.describe("How it recognised P2P memory."),
      ios: wholeCount.describe("I/Os that ended."),
      verifiedBytes: wholeCount.describe("Bytes that were checked in buffers."),
      elapsedNs: exact.describe("Simulated time, in ns."),
      iosPerSecond: exact.nullable().describe("I/Os per simulated second."),
      utilisation: exact.nullable().describe(
        "Share of the time that the device was at work.",
      ),
      latency: z.looseObject({
        meanNs: exact.describe("Mean latency, in ns."),
        leastNs: exact.describe("Shortest latency, in ns."),
        mostNs: exact.describe("Longest latency, in ns."),
        percentilesNs: z.record(z.string(), exact.nullable()).describe(
          "Percentiles of the latency in ns; null where there are too few samples.",
        ),
      }).nullable().describe("Simulated latencies of the I/Os that had a bio."),
      rules: z.array(z.looseObject({
        kind: name.describe("Kind of fault."),
        rule: wholeCount.describe("Its number in the plan, from 0."),
        chosen: wholeCount.describe("I/Os that it was to hit."),
        injected: wholeCount.describe("I/Os that it did hit."),
        hits: wholeCount.describe("How often it hit."),
      })).describe("What became of each rule of the plan."),
      statuses: z.record(z.string(), wholeCount).describe(
        "I/Os by the name of their status.",
      ),
      statusDigest: z.string().describe(
        "Digest of all statuses, in the order of I/Os.",
      ),
      counts: z.record(z.string(), wholeCount).describe(
        "What happened on the way.",
      ),
      leaks: wholeCount.describe(
        "Resources still in use at the end; 0 is right.",
      ),
    })).describe("One entry for each layout."),
  });
