/**
 * Checks what a result file says of groups of workers; unknown keys pass.
 */
import { z } from "zod";
import { exact, name, wholeCount } from "../files/schema_parts.ts";
import { interval, verdict } from "./timing_schema.ts";

const atLeastOne = z.number().int().min(1);
const sizes = z.looseObject({
  count: wholeCount.describe("How many were counted."),
  mean: exact.describe("Mean size; 0 for none."),
  most: wholeCount.describe("Largest size."),
});

export const workersSchema = z.looseObject({
  workers: atLeastOne.describe("Submitters of the largest group."),
  devices: wholeCount.describe(
    "Workers that are devices; 0 where each submitter polls its own.",
  ),
  poll: z.boolean().describe("Whether workers that wait never sleep."),
  completeOn: name.describe("Where I/Os end: submitter, other or ipi."),
  hwQueues: atLeastOne.optional().describe(
    "Hardware queues; fewer than submitters are shared.",
  ),
  depth: atLeastOne.describe("I/Os in flight of each submitter at most."),
  scaling: z.array(z.looseObject({
    layout: name.describe("Name of the layout."),
    workers: atLeastOne.describe("Submitters."),
    devices: wholeCount.describe("Devices that serve them."),
    iosPerSecond: interval.describe(
      "I/Os per second of all submitters together.",
    ),
    perWorker: z.array(exact).describe(
      "I/Os per second of each submitter in the median measurement.",
    ),
    builds: atLeastOne.optional().describe("Builds of each group."),
    speedUp: interval.describe("Against the smallest group of the layout."),
    speedUpVerdict: verdict.nullish().describe(
      "Whether the interval of that lies on one side of 1.",
    ),
    efficiency: interval.describe(
      "Speed-up for each submitter more; 1 is ideal.",
    ),
    ratio: interval.nullable().describe(
      "Time per I/O against the baseline in a group of the same size.",
    ),
    ratioVerdict: verdict.nullish().describe(
      "Whether the interval of that lies on one side of 1.",
    ),
  })).describe("Each layout with each number of submitters."),
  groups: z.array(z.looseObject({
    layout: name.describe("Name of the layout."),
    digest: z.string().describe(
      "Digest of the set of its commands, equal to that of one worker.",
    ),
    verifiedBytes: wholeCount.describe(
      "Bytes that were moved through the rings and checked.",
    ),
    latency: z.looseObject({
      samples: wholeCount.describe("I/Os whose latency was looked at."),
      meanNs: exact.describe("Mean latency, in ns."),
      leastNs: exact.describe("Shortest latency, in ns."),
      mostNs: exact.describe("Longest latency, in ns."),
      percentilesNs: z.record(z.string(), exact).describe(
        "Percentiles of the latency in ns, p50 to p99.99.",
      ),
    }).nullable().describe("Latencies of all submitters."),
    commandBatch: sizes.nullable().describe(
      "Commands that a device took in one go; null without devices.",
    ),
    completionBatch: sizes.nullable().describe(
      "Completions that a submitter took in one go.",
    ),
    ringOccupancy: sizes.nullable().describe(
      "Commands in a ring when its doorbell rang.",
    ),
    ringEntries: wholeCount.nullable().describe("Entries of a ring."),
    queueLock: z.looseObject({
      acquisitions: wholeCount.describe("How often it was taken."),
      contended: wholeCount.describe("How often another submitter held it."),
    }).nullish().describe(
      "Locks of submission rings, where hardware queues lie apart.",
    ),
    sent: z.looseObject({
      requests: wholeCount.describe("Requests found done for others."),
      interrupts: wholeCount.describe("Interrupts sent for them."),
    }).nullish().describe(
      "What was sent from the CPU of an interrupt to the submitter's.",
    ),
    remoteFrees: wholeCount.describe(
      "Objects that another worker freed than the one that took them.",
    ),
    observedIos: wholeCount.describe("I/Os that were observed."),
    submitterSleeps: wholeCount.describe("How often submitters slept."),
    deviceSleeps: wholeCount.describe("How often devices slept."),
    sharing: z.looseObject({
      iosPerWorker: wholeCount.describe(
        "I/Os of each submitter that were traced, at most.",
      ),
      structures: z.array(z.looseObject({
        structure: name.describe("The structure."),
        lines: wholeCount.describe(
          "Distinct lines of 64 bytes that were touched.",
        ),
        writtenByMany: wholeCount.describe(
          "Lines that more than one worker wrote to.",
        ),
        falselyShared: wholeCount.describe(
          "Of those, lines in which nobody touched a byte that another wrote.",
        ),
        handedOver: wholeCount.describe(
          "Lines that one worker wrote to and another one read.",
        ),
      })).describe("Structures whose lines are shared, most written first."),
      writtenByMany: wholeCount.optional().describe(
        "Lines of all structures that more than one worker wrote to.",
      ),
      handedOver: wholeCount.optional().describe(
        "Lines that one worker wrote to and another one read.",
      ),
      writtenByManyHolding: wholeCount.optional().describe(
        "Of those that several wrote to, lines that hold bytes of a bio_vec.",
      ),
      handedOverHolding: wholeCount.optional().describe(
        "Of those handed over, lines that hold bytes of a bio_vec.",
      ),
      tracedIos: wholeCount.optional().describe(
        "I/Os that were traced, of all submitters.",
      ),
      atomics: z.array(z.looseObject({
        structure: name.describe("The structure."),
        field: name.describe("The field."),
        kind: name.describe("atomic, or lock, where taking it counts."),
        count: wholeCount.describe("Operations of all traced I/Os."),
      })).optional().describe(
        "Operations on fields that only locked instructions change.",
      ),
    }).describe("The cache lines that workers of a group share; exact."),
  })).describe("The largest group of each layout."),
});
