/**
 * Checks the measured figures of a result file, and how they were measured;
 * unknown keys pass.
 */
import { z } from "zod";
import { exact, name, positive, wholeCount } from "../files/schema_parts.ts";

export const interval = z.looseObject({
  median: positive.describe("The median."),
  low: positive.nullable().describe(
    "Lower end of the 95 % interval; null where one measurement was made.",
  ),
  high: positive.nullable().describe(
    "Upper end of the 95 % interval; null where one measurement was made.",
  ),
}).refine(
  ({ median, low, high }) =>
    low === null || high === null
      ? low === high
      : low <= median && median <= high,
  {
    message: "expected low <= median <= high, or no ends at all",
  },
);

export const verdict = z.enum(["faster", "slower", "no difference shown"]);

export const samples = z.looseObject({
  total: wholeCount.describe("Samples that were measured."),
  capped: z.boolean().describe("Whether values holds fewer than that."),
  values: z.array(
    z.looseObject({
      build: wholeCount.describe(
        "Which build (fresh isolate or object) of the layout, from 0.",
      ),
      round: wholeCount.describe("The round inside that build, from 0."),
      nsPerIo: positive.describe("Time per I/O of the batch, in ns."),
    }),
  ).describe("The samples that were kept, in the order of measuring."),
});

export const warmUpSchema = z.looseObject({
  build: wholeCount.describe("Which build of the layout, from 0."),
  steady: z.boolean().describe("Whether the last batches showed no trend."),
  nsPerIo: z.array(positive).describe(
    "Times per I/O of all its batches, in ns.",
  ),
});

export const coldTime = z.looseObject({
  nsPerIo: interval.describe("Time per I/O, in ns."),
  ratio: interval.describe("Time relative to the baseline, both cold."),
  verdict: verdict
    .describe("What the run can say about that ratio."),
});

const slowTurns = z.looseObject({
  turns: wholeCount.describe("Turns of all builds, each counted once."),
  slow: wholeCount.describe("Those of them during which it was slow."),
  again: wholeCount.describe("Turns that were taken in their place."),
  kept: wholeCount.describe(
    "Turns that were slow again and again, and are counted as they are.",
  ),
  slowdown: positive.describe(
    "How many times as long fixed work took where the CPU was slow, in the " +
      "slowest turn; 1 without any.",
  ),
});

export const timing = z.looseObject({
  clock: z.enum(["thread CPU", "process CPU"]).describe(
    "Whose CPU time times are.",
  ),
  cacheState: z.enum(["warm"]).describe(
    "The cache state of all times that say none.",
  ),
  sliceIos: z.looseObject({
    warm: wholeCount.describe("I/Os of a warm slice."),
    cold: wholeCount.describe("I/Os of a cold slice, before the warm one."),
    group: wholeCount.optional().describe(
      "Different I/Os of a turn, which its slices go round.",
    ),
  }).describe("I/Os that were measured at a time."),
  slowTurns: slowTurns.optional().describe(
    "Warm turns during which the CPU was slow, told by fixed work that is " +
      "timed between their parts; of this run's builds.",
  ),
  earlierBuilds: wholeCount.optional().describe(
    "Builds that an earlier run timed (lab run --repeat), the first of all.",
  ),
  compilers: z.array(name).optional().describe(
    "What built the paths, in turn: build b is by the b-th of them, modulo.",
  ),
  arenaBytes: wholeCount.nullish().describe("Bytes of all arenas of a build."),
  hugePageBytes: wholeCount.nullish().describe(
    "Bytes of the process in huge pages; null where nobody says.",
  ),
});

const builds = z.array(z.array(positive));

export const turns = z.looseObject({
  name: name.describe("Name of the layout, or of the control."),
  warm: builds.describe(
    "Times per I/O in ns on warm caches, a list for each build.",
  ),
  cold: builds.describe("The same on what others left in the caches."),
});

/** The baseline compared with a second copy of itself. */
export const noiseFloor = z.looseObject({
  ratio: interval.describe("The ratio that identical code showed."),
  difference: exact.describe("Distance of that ratio from 1; 0.01 is 1 %."),
});
